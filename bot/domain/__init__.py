"""Values and policies in pure standard library: no I/O, no clock, no framework."""
