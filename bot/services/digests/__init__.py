"""Digests: built when a period has ended, stored once, posted part by part, shown again later."""
