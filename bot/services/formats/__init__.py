"""The file formats of fact-checks, one module each: text in, values out.

Knows how records are written down; must never open a file, ask the time or reach the network.
"""
