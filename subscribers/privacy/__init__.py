"""What we hold of people: given to them, erased when they ask, and forgotten in time."""
