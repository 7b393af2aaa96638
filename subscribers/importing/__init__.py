"""Files of people, read and brought into a list; what other systems mean by words: `exports`."""
