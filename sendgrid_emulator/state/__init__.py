"""What one account holds: mail, batches, suppressions, time; not what follows from it."""
