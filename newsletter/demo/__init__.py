"""The whole job in half a minute: a workspace, an issue, a thousand people, one slot, one send."""
