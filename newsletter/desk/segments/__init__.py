"""The pages of segments: a list, and a form with a builder and a live count. No filter language."""
