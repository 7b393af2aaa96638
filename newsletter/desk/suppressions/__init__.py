"""The desk's pages of suppressed addresses: found, added by hand, removed with a reason."""
