"""Flags: what members, and the platform's AutoMod, bring before the moderators."""
