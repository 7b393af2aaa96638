"""Bring issues in from files: Markdown with metadata, and the text of published issues."""
