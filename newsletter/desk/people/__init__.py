"""People in the desk: find them, one person with their timeline, and what is held of them."""
