"""A template's proof: the mail it makes of a trial issue, on a page that follows every change.

with Server(root, "digest", TRIALS) as server:
    print(server.url)
"""

from newsletter.proofs.proof import Fault, Proof, fault_of, make_proof
from newsletter.proofs.server import PORT, Server

__all__ = ["PORT", "Fault", "Proof", "Server", "fault_of", "make_proof"]
