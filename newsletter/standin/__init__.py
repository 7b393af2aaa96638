"""A local SendGrid: the same API and rules, and a mailbox to read."""
