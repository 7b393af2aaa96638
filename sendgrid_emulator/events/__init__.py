"""What becomes of accepted mail and how webhooks hear of it; not the calls that change settings."""
