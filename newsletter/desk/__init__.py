"""The screens of the editors, on Wagtail's admin."""
