"""Values for the contract suite; tests name what matters to them."""

from datetime import timedelta
from typing import Any

from bot.domain.ids import NoteId, PlaceId, PostId
from bot.domain.matches import Stance
from bot.domain.notes import Judgement, Note, derive_note_id
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.policy import Outcome, Reason
from tests.builders import ASIA, CHANNEL, COMMUNITY, NOON

POST = PostId(70_000_000_000_001_000)
MINUTE = timedelta(minutes=1)


def build_note(number: int = 0, **changes: Any) -> Note:
    """Return a pending note; another number is another post, a minute later."""
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "place": CHANNEL,
        "channel": CHANNEL,
        "post": PostId(POST + number),
        "slug": ASIA,
        "revision": 1,
        "probability": 0.97,
        "stance": Stance.ASSERT,
        "span": (0, 20),
        "threshold": 0.9,
        "matcher": "fake-1",
        "created_at": NOON + number * MINUTE,
    } | changes
    key = derive_note_id(PlaceId(values["channel"]), values["post"], values["slug"])
    return Note(**({"id": key} | values))


def build_delivery(key: str = "key", **changes: Any) -> Delivery:
    """Return a waiting delivery that is due at noon."""
    values: dict[str, Any] = {
        "key": key,
        "kind": DeliveryKind.ATTACH_NOTE,
        "community": COMMUNITY,
        "channel": CHANNEL,
        "created_at": NOON,
        "due_at": NOON,
        "note": NoteId(f"note of {key}"),
        "reply_to": POST,
    }
    return Delivery(**(values | changes))


def build_judgement(**changes: Any) -> Judgement:
    """Return a judgement that attached a note."""
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "channel": CHANNEL,
        "post": POST,
        "slug": ASIA,
        "outcome": Outcome.ATTACH,
        "reason": Reason.CONFIDENT,
        "probability": 0.97,
        "stance": Stance.ASSERT,
        "at": NOON,
    }
    return Judgement(**(values | changes))
