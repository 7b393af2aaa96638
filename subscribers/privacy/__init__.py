"""What we hold of people: given to them, erased, forgotten in time; not who may be mailed."""
