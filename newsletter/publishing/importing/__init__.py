"""Issues written elsewhere, read from files and saved as drafts; no page of the desk."""
