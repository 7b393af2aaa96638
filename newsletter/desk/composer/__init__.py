"""Pages about one issue before it goes out, and what stands around its form; not its approval."""
