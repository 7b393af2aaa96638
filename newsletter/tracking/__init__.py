"""What the provider tells us afterwards."""
