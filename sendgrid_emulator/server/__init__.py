"""Sockets, TLS, the process, and the control API; no rule and no state of SendGrid's own."""
