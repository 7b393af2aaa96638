"""The programs that stay: web server, clock, senders; how they start and stop, not their work."""
