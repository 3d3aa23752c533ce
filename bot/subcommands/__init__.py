"""Groups of subcommands of `footnote`, and what all of them are given. Knows no rules."""
