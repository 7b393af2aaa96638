"""What became of batches whose answer was lost: by evidence, or by a person. Submits nothing."""
