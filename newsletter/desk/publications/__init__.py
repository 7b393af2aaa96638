"""The publications and their settings: look, sender, rhythm and language; not their slots."""
