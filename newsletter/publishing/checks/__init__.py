"""What is wrong with an issue before it leaves, and what somebody accepted; it changes no issue."""
