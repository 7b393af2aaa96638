"""How events arrive: when, how often, in what order, and with which forged posts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class DeliveryConditions:
    """How events arrive; by default quickly, once and in order.

    `every`: seconds between posts (SendGrid: about 30).  `largest`: bytes in a post.
    `duplicates`, `missing`, `late`: the share of events that come twice, of `processed` events
    that never come, and of events that come up to `late_by` seconds late.  `shuffled`: without
    any order.  `senders`: posts at the same time.  `timeout`: seconds to wait for an answer.
    `forged`, `replayed`: the share of posts that somebody else also makes, with a signature
    of their own, or repeats a minute later, with the original signature.
    """

    every: float = 0.5
    largest: int = 768_000
    duplicates: float = 0.0
    missing: float = 0.0
    late: float = 0.0
    late_by: float = 6 * 3600
    shuffled: bool = False
    forged: float = 0.0
    replayed: float = 0.0
    senders: int = 4
    timeout: float = 10.0
    seed: int = 0
