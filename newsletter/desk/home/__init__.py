"""The first page of the desk and the rows on it; it counts and changes nothing itself."""
