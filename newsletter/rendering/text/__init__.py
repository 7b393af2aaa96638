"""Editors' Markdown and its plain text: reading, marks, scripts; no templates and no recipients."""
