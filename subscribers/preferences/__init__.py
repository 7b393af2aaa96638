"""What a person chooses about their own mail: pauses, address, language, and why they leave."""
