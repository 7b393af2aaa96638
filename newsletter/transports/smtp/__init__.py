"""Everything about mail servers: submission, login, what their replies mean; nothing of others."""
