"""How often visitors may try something, for all processes; not how fast mail leaves."""
