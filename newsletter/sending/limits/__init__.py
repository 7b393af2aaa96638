"""How fast and how much mail may leave: rates, warm-up, throttling. Holds no send."""
