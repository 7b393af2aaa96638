"""From a draft to a counted audience: approve, queue, start, resend. Submits nothing."""
