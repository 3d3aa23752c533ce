"""The checker finds drift, and the sandbox's events have the shapes that REST documents."""

from typing import Any

import pytest

from bot.sandbox import Sandbox, payloads
from bot.sandbox.demo import demo_world
from bot.sandbox.guild_payloads import guild_create
from bot.sandbox.pulse import Event
from bot.sandbox.rest import Recorded
from bot.sandbox.routes import ALL_ROUTES
from bot.sandbox.snowflakes import SandboxClock
from tests.openapi_contract import (
    ABSENT,
    check_request,
    check_response,
    check_schema,
    description,
)

pytestmark = [
    pytest.mark.openapi,
    pytest.mark.skipif(ABSENT, reason="Discord's OpenAPI description is not beside the checkout"),
]

POST = "/channels/{channel_id}/messages"


def recorded(body: Any, status: int = 200, answer: Any = None) -> Recorded:
    return Recorded("POST", POST, "/channels/1/messages", {}, body, [], {}, status, answer)


def test_a_good_request_has_no_faults() -> None:
    assert check_request(recorded({"content": "Hello", "nonce": "a", "enforce_nonce": True})) == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"contents": "Hello"}, "contents"),
        ({"embeds": [{"titel": "Hello"}]}, "titel"),
        ({"content": 5}, "content"),
        ({"components": [{"type": 99}]}, "components"),
        ({"message_reference": {"message_id": "not an id"}}, "message_id"),
    ],
)
def test_a_typing_mistake_in_a_request_is_found(body: Any, part: str) -> None:
    faults = check_request(recorded(body))
    assert any(part in f for f in faults), faults


def test_an_answer_without_a_required_key_is_found() -> None:
    world = demo_world(SandboxClock())
    who = next(iter(world.users.values()))
    body = payloads.user(who)
    assert check_schema("UserResponse", body) == []
    del body["public_flags"]
    assert check_schema("UserResponse", body) != []
    assert check_response(recorded({}, answer=body)) != []


def test_every_route_of_the_sandbox_is_one_of_discord() -> None:
    paths = description()["paths"]
    strange = [
        f"{r.method} {r.template}"
        for r in ALL_ROUTES
        if r.method.lower() not in paths.get(r.template, {})
    ]
    assert strange == []


SHAPES = {
    "MESSAGE_CREATE": "MessageResponse",
    "MESSAGE_UPDATE": "MessageResponse",
    "CHANNEL_UPDATE": "GuildChannelResponse",
    "THREAD_CREATE": "ThreadResponse",
    "THREAD_UPDATE": "ThreadResponse",
    "GUILD_MEMBER_ADD": "GuildMemberResponse",
    "GUILD_MEMBER_UPDATE": "GuildMemberResponse",
    "GUILD_AUDIT_LOG_ENTRY_CREATE": "AuditLogEntryResponse",
}


async def test_events_have_the_shapes_of_rest() -> None:
    sandbox = Sandbox.demo()
    told: list[Event] = []
    sandbox.state.bus.listen(told.append)
    mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
    said = mika.say("general", f"Hello {tomas.mention}", files=[("a.txt", b"a")])
    mika.edit(mika.say("general", "Answer", reply_to=said), "Better answer")
    tomas.react(said, "👍")
    thread, _ = mika.forum_post("debates", "Question", "Text", tags=["open question"])
    mika.create_thread("general", "Talk", message=said)
    tomas.change_channel(thread, locked=True, archived=True)
    sandbox.member("Noor").change_channel("general", topic="New", rate_limit_per_user=5)
    tomas.change_member(mika, nick="Mi")
    tomas.ban(sandbox.member("Sol"), "Reason")
    seen = {event.name for event in told}
    faults = [
        fault
        for event in told
        if event.name in SHAPES
        for fault in check_schema(SHAPES[event.name], event.data)
    ]
    assert faults == []
    assert set(SHAPES) - {"GUILD_MEMBER_ADD"} <= seen


def test_guild_create_has_the_shape_of_a_guild() -> None:
    world = demo_world(SandboxClock())
    body = guild_create(world, world.guild, for_user=world.bot_id, all_members=True)
    assert check_schema("GuildResponse", body) == []
    for member in body["members"]:
        assert check_schema("GuildMemberResponse", member) == []
    for channel in body["channels"]:
        assert check_schema("GuildChannelResponse", channel | {"guild_id": body["id"]}) == []
