"""How people come to a list by themselves: form, guards, confirmation, and consent. No mail."""
