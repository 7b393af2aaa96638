"""Everything about mail as files in a Maildir, instead of mail that is sent; nothing of others."""
