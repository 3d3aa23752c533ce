"""Likes: recording reactions, reading back what was missed, and ranking; never a platform."""
