"""What was changed about a person, by whom and why: written once, never changed."""
