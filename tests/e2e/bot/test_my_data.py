"""`/mydata` and `/optout` over the wire: shown, exported, forgotten, and not recorded any more."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.state import Message
from tests.e2e.bot.live import CHAT, Live
from tests.e2e.moderation.acting import ask

PLACE = "ai-art-talk"


async def lived(running: Live, who: str = "Sol") -> Message:
    """Let a member write, react and rate; return their post."""
    person = running.sandbox.member(who)
    own = person.say(PLACE, CHAT)
    post, note = await running.raise_claim(PLACE)
    person.react(post, "👍")
    running.sandbox.member("Mika").react(own, "❤️")
    await person.press(note, "Helpful").answer()
    await running.done()
    return own


def rows_about(running: Live, member: str, *tables: str) -> dict[str, int]:
    """Return in how many rows of each table a member's id stands."""
    found = {}
    for table in tables or ("post", "reaction", "liked_post", "tally_member", "rating", "member"):
        count = sum(member in json.dumps(row, default=str) for row in running.rows(table))
        if count:
            found[table] = count
    return found


async def forget(running: Live, words: str, who: str = "Sol") -> str:
    person = running.sandbox.member(who)
    form = person.slash("mydata forget")
    assert (await form.answer()).kind == "modal"
    answer = await person.submit_modal(form, {"words": words}).answer()
    assert answer.ephemeral
    return answer.text


async def test_a_member_sees_exports_and_forgets_what_is_stored(running: Live) -> None:
    await lived(running)
    me = running.sandbox.member("Sol").id
    before = rows_about(running, me)
    assert set(before) == {"post", "reaction", "liked_post", "tally_member", "rating"}

    shown = (await ask(running, "mydata show", by="Sol")).text
    assert "posts that you wrote: ids and times, no text: 1 row" in shown
    assert "ratings that you gave to notes: 1 row" in shown

    export = await ask(running, "mydata export", by="Sol")
    document = exported(export.message)
    assert {table: len(each["rows"]) for table, each in document["tables"].items()} == before
    assert document["tables"]["post"]["rows"][0]["author_id"] == me
    assert CHAT not in json.dumps(document)

    assert "type “forget me” to confirm" in await forget(running, "yes please")
    assert rows_about(running, me) == before
    receipt = await forget(running, "Forget  me")
    assert "- ratings that you gave to notes: 1 erased" in receipt
    assert "posts that you wrote: ids and times, no text: 1 made anonymous" in receipt
    assert rows_about(running, me) == {}
    assert "Nothing is stored about you" in (await ask(running, "mydata show", by="Sol")).text


def exported(message: Message | None) -> dict[str, Any]:
    assert message is not None
    (file,) = message.attachments
    document: dict[str, Any] = json.loads(file.data)
    return document


async def test_who_opted_out_is_not_recorded_again(running: Live) -> None:
    own = await lived(running)
    person, me = running.sandbox.member("Sol"), running.sandbox.member("Sol").id
    await ask(running, "optout", by="Sol")
    receipt = await forget(running, "forget me")
    assert "You stay opted out" in receipt
    post = running.sandbox.member("Mika").say(PLACE, "something else about cats and rain")
    person.react(post, "👍")
    await running.done()
    assert rows_about(running, me, "reaction", "tally_member", "member") == {"member": 1}
    running.sandbox.member("Noor").react(post, "👍")
    running.sandbox.member("Mika").react(own, "🔥")
    await running.done()
    assert rows_about(running, me, "reaction") == {}
