"""The whole job in ten seconds: a workspace, an issue, 1,000 people, one send. No use case."""
