"""From a batch to a recorded answer: claim, compose, submit, record. Begin with `dispatch`."""
