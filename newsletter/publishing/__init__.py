"""Publications and their issues: what editors write and the web shows. Sends nothing."""
