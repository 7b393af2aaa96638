"""A local SendGrid: the same API and rules, and a mailbox to read.

Start reading at `account.Account` (what it knows), `submission.submit` (how a request is judged)
and `server.Emulator` (how tests use it).  Nothing in here knows the rest of the product.
"""
