"""Makes `python -m bot` the same as `footnote`."""

from bot.cli import main

main()
