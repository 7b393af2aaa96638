"""The slots of each publication, shown and changed by people; not the rhythm that makes them."""
