"""What a good sender never does, checked on accepted mail; not the rules of SendGrid's API."""
