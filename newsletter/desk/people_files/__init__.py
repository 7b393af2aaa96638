"""The pages on which people come from a file, or go into one; reading: `subscribers.importing`."""
