"""Tags for the templates of the desk; none for mail or public pages."""
