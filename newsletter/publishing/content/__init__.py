"""What an issue says, from its fields, texts and pictures to data; no web page and no check."""
