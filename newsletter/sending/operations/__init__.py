"""What a person, or a dry run, does with a send: pause, resume, cancel, try. No screens."""
