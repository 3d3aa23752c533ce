"""Text in, matches out: which fact-checks a text raises, how surely, and why.

Knows numpy, tokenizers and the domain's values; knows no network, no database, no platform.
"""
