"""Every engine keeps what the ledger promises, on every database that it works on."""

from __future__ import annotations
