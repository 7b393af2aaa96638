"""The pages on which people come from a file into a list, and from a list into a file."""
