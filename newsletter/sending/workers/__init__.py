"""What makes senders look for work: threads here, processes elsewhere. What they do: `delivery`."""
