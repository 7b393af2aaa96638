"""Lists of issues, sends, subscribers and their lists, with their searches."""
