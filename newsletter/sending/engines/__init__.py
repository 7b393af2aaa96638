"""What rings the bell for the senders."""
