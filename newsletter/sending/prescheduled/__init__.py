"""Mail that waits at the provider, and can be cancelled there. Nothing that goes at once."""
