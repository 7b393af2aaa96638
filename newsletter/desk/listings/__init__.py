"""Lists of issues, publications, sends, subscribers and their lists, with their searches."""
