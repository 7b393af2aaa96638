"""Everything about SendGrid: submission, cancellation, email log, webhook; nothing of others."""
