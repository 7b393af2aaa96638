"""What a person chooses about their own mail: pauses, address, language; not for others."""
