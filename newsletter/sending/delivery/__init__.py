"""From a batch to a recorded answer: claim, compose, submit, decide, record; `dispatch` first."""
