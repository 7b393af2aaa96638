"""The system check: does everything around the mail hold?  `newsletter doctor`, and the desk.

Each check asks something (the database, the provider, the DNS, our own site) and judges the answer
by a function of its own, which asks nothing.  Begin with `results.py` (what a check says), then
`checks.py` (all checks in their order) and `runner.py` (how they are run: each with a time limit,
and none stops another).

- `surroundings.py`: what the checks are about, read once
- `configuration.py`, `database.py`, `backups.py`, `machine.py`: this machine
- `provider.py`, `webhook.py`: the account at the provider
- `site.py`: our own address, asked as a reader would
- `domain_records.py`, `signing_records.py`, `authentication.py`: the DNS of the sending domains
- `bulk_senders.py`: the rules of Gmail, Yahoo and Microsoft, from what the others found
- `kept.py`: the last result, which the desk shows

Nothing is changed anywhere, and nobody is mailed.
"""
