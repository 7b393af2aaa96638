"""People, lists and consent: who may be mailed, and how they leave."""
