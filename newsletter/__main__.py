"""Run the command by `python -m newsletter`."""

from newsletter.cli import main

main()
