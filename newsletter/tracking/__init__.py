"""What providers report after submission, and what follows from it; the same for all of them.

How one provider signs, names and logs things lies in its folder in `newsletter.transports`.
"""
