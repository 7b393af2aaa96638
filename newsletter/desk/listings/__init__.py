"""Lists of issues, sends and lists of people; the search of the menu. No page of one of them."""
