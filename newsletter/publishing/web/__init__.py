"""What visitors and editors see of issues in a browser: archive, feeds, previews; no desk."""
