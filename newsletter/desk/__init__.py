"""The screens of the editors, on Wagtail's admin. What they do lies in the packages below."""
