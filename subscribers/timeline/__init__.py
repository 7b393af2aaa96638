"""What happened to a person, as one timeline: each app adds its own; nothing is stored here."""
