"""`python -m newsletter.standin`: the stand-in as a program of its own."""

from __future__ import annotations

import argparse
import sys

from newsletter.standin.server import HOST, PORT, run


def main() -> int:
    """Read the command line and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="newsletter.standin", description=__doc__)
    parser.add_argument("--host", default=HOST, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="default: %(default)s; 0: any")
    options = parser.parse_args()
    try:
        run(options.host, options.port)
    except OSError as error:
        sys.stderr.write(f"stand-in: cannot listen on port {options.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
