"""The ways out: one method each."""
