"""Moderators' actions: planned, recorded as cases, carried out once, ended on time, exchanged."""
