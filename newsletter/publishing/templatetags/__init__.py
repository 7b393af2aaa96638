"""Tags for the public pages; none for mail or the desk."""
