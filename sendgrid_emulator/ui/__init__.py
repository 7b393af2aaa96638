"""The pages for people, their templates and style; whatever programs ask for is elsewhere."""
