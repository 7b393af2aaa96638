"""The ledger of sends, and the way from an edition to a provider; no provider's own words."""
