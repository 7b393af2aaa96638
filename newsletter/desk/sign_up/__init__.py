"""The page of a list's sign-up form: settings, code to copy, previews and numbers."""
