"""Publications and their issues: what editors write."""
