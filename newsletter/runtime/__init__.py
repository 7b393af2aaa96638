"""The programs that stay: web server, clock and senders in one process; how they start and stop."""
