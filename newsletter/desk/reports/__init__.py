"""What became of each issue, how each publication grew, and all of it as files. Only looks."""
