"""How one deployment is set up: config.toml, what Django gets of it, keys and folders."""
