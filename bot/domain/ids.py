"""Identifiers as distinct types, so that a post id can never be passed for a member id.

Discord's ids are 64-bit snowflakes; a fact-check's slug and a note's id are text.
"""

from typing import NewType

CommunityId = NewType("CommunityId", int)
PlaceId = NewType("PlaceId", int)
"""A channel, forum, category or thread: anything that can be watched or posted in."""
PostId = NewType("PostId", int)
MemberId = NewType("MemberId", int)
Slug = NewType("Slug", str)
NoteId = NewType("NoteId", str)
"""Derived from the post and the fact-check; also the nonce and the marker of the message."""

STARTER_COMMUNITY = CommunityId(0)
"""Owner of the starter library, which every community sees until it overrides a record."""
