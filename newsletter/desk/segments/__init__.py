"""The desk's pages of segments: a list with counts, and a form with a builder and a live count."""
