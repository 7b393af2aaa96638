"""The whole job in ten seconds: a workspace, an issue, a thousand people, one slot, one send."""
