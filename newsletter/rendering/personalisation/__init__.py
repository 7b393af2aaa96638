"""Recipient data in one compiled mail: what waits for it, and how it is filled in; no MJML."""
