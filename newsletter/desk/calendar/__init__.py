"""The slots of each publication, shown and changed by people."""
