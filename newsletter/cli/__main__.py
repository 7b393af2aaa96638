"""Run the command by `python -m newsletter.cli`."""

from newsletter.cli import main

main()
