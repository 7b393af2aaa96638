"""The list of publications and their settings: look, sender, rhythm and language."""
