"""Footnote: sourced notes on claims, likes and digests for discussion communities."""

__version__ = "0.1.0"
