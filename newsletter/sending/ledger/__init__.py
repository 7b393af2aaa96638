"""What is written down of sends, and how: states, splitting, audit log, job queue. No decisions."""
