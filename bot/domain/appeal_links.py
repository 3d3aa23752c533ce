"""Signed, expiring links by which a banned member reaches the form for an appeal.

Pure: knows how a link is signed and read; the secret and the present moment are given. Whoever has
the link may use it, as with a letter: so it says nothing but a case, a member and an end.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.domain.appeals import CaseRef, read_key
from bot.domain.ids import MemberId

LINK_LIFE = timedelta(days=30)
LONGEST_TOKEN = 300
_PURPOSE = b"footnote appeal link 1\x00"
"""Signed along, so that nothing else that is signed with the secret passes for a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLink:
    """What a link says."""

    case: CaseRef
    member: MemberId
    until: datetime


def sign(secret: bytes, link: AppealLink) -> str:
    """Return the link's token: what it says, and its signature."""
    said = f"{link.case.key}:{link.member}:{int(link.until.timestamp())}".encode()
    return f"{_encoded(said)}.{_encoded(_signature(secret, said))}"


def read_token(secret: bytes, token: str, now: datetime) -> AppealLink | None:
    """Return what a token says; None where it is not ours, was changed, or is too old."""
    said_part, _, signature_part = token.partition(".")
    said, signature = _decoded(said_part), _decoded(signature_part)
    if said is None or signature is None or len(token) > LONGEST_TOKEN:
        return None
    if not hmac.compare_digest(signature, _signature(secret, said)):
        return None
    # From here on it is what `sign` wrote.
    key, member, until = said.decode().split(":")
    case = read_key(key)
    end = datetime.fromtimestamp(int(until), UTC)
    if case is None or now >= end:
        return None
    return AppealLink(case=case, member=MemberId(int(member)), until=end)


def _signature(secret: bytes, said: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + said, sha256).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encoded(data) == text else None  # one link has one spelling
