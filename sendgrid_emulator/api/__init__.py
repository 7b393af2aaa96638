"""SendGrid's endpoints as functions of an account and a call; nothing here knows of sockets."""
