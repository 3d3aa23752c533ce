"""Thin Discord features: listeners, commands and buttons, independent of each other."""
