"""The pages on which a text becomes a draft: choose or paste, preview, bring in; no reading."""
