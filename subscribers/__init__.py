"""People, lists and consent: who may be mailed, and how they leave. No issues and no sends."""
