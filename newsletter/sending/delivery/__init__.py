"""A batch: claim, compose, submit, decide, record; `dispatch` first. Counts no audience."""
