"""What the API accepts and how it says no: pure functions, without state and network."""
