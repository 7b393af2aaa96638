"""What happened to a person, as one timeline: each app says its own, the newest comes first."""
