"""What providers report after submission, and what follows; no provider's own format.

How one provider signs, names and logs things lies in its folder in `newsletter.transports`.
"""
