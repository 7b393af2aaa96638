"""How one deployment is set up: config.toml, Django's settings, keys, folders. No rows, no mail."""
