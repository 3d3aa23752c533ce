"""What moderators do to members: done, refused, or only said, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.audit import Action
from bot.sandbox.people import Person
from tests.e2e.bot.live import Live
from tests.e2e.bot.plain import mentions_in, urls_in
from tests.e2e.moderation.acting import REASON, ask, cases, logged, mod, told

pytestmark = pytest.mark.thorough

OTHERS = {"timeout": {"duration": "2h"}}


def mika(running: Live) -> Person:
    """Return Mika, a member or not any more."""
    users = running.sandbox.state.users.values()
    user = next(user for user in users if user.global_name == "Mika")
    return Person(running.sandbox.state, user, running.sandbox.state.guild)


def is_member(running: Live, person: Person) -> bool:
    return person.id in running.sandbox.state.guild.members


async def test_a_timeout_is_set_told_and_recorded(running: Live) -> None:
    text = await mod(running, "timeout", member=mika(running).id, duration="2h")
    assert text.startswith(f"Case 1: <@{mika(running).id}> is timed out")
    assert "They were told by direct message." in text
    assert mika(running).member.timed_out_until is not None
    assert logged(running.sandbox, Action.MEMBER_UPDATE) == [
        f"Footnote case 1 · by Tomas · {REASON}"
    ]
    (message,) = told(mika(running))
    assert REASON in str(message.embeds[0])
    (case,) = cases(running)
    assert (case["kind"], case["state"], case["reason"]) == ("timeout", "done", REASON)
    assert case["ends_at"] is not None


async def test_a_timeout_is_ended(running: Live) -> None:
    await mod(running, "timeout", member=mika(running).id, duration="2h")
    text = await mod(running, "untimeout", member=mika(running).id)
    assert "has ended" in text
    assert mika(running).member.timed_out_until is None
    assert [case["ended_at"] is not None for case in cases(running)] == [True, False]


async def test_a_kicked_member_was_told_before(running: Live) -> None:
    text = await mod(running, "kick", member=mika(running).id)
    assert "was kicked" in text
    assert not is_member(running, mika(running))
    assert len(told(mika(running))) == 1
    assert logged(running.sandbox, Action.MEMBER_KICK) == [f"Footnote case 1 · by Tomas · {REASON}"]


async def test_a_ban_deletes_messages_tells_before_and_is_lifted(running: Live) -> None:
    mika(running).say("general", "buy my coins")
    text = await mod(running, "ban", member=mika(running).id, delete_messages="1 day")
    assert "is banned" in text
    assert mika(running).id in running.sandbox.state.guild.bans
    assert running.sandbox.messages("general") == []
    assert len(told(mika(running))) == 1
    lifted = await mod(running, "unban", user=mika(running).id)
    assert "no longer banned" in lifted
    assert running.sandbox.state.guild.bans == {}


async def test_a_member_who_takes_no_direct_messages_is_acted_on_all_the_same(
    running: Live,
) -> None:
    running.sandbox.state.refuses_dms.add(mika(running).id)
    text = await mod(running, "ban", member=mika(running).id)
    assert "They take no direct messages." in text
    assert mika(running).id in running.sandbox.state.guild.bans


async def test_a_warning_counts_points_and_suggests_what_follows(running: Live) -> None:
    first = await mod(running, "warn", member=mika(running).id, points=2)
    assert "Points in the last 90 days: 2." in first
    second = await mod(running, "warn", member=mika(running).id, points=1)
    assert "Points in the last 90 days: 3." in second
    assert "a timeout of 1 hour is suggested" in second
    assert mika(running).member.timed_out_until is None
    assert len(told(mika(running))) == 2


async def test_an_automatic_timeout_follows_where_the_community_wants_it(running: Live) -> None:
    await ask(running, "mod points", by="Noor", points=2, length="30m", automatic=True)
    text = await mod(running, "warn", member=mika(running).id, points=2)
    assert f"Case 2: <@{mika(running).id}> is timed out" in text
    assert mika(running).member.timed_out_until is not None
    _, timeout = cases(running)
    assert (timeout["kind"], timeout["by_id"]) == ("timeout", None)


async def test_a_note_is_recorded_and_nobody_is_told(running: Live) -> None:
    await mod(running, "note", member=mika(running).id)
    assert [case["kind"] for case in cases(running)] == ["note"]
    assert told(mika(running)) == []


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(running: Live) -> None:
    for action in ("warn", "note", "timeout", "kick", "ban"):
        options = OTHERS.get(action, {})
        text = await mod(running, action, member=mika(running).id, dry_run=True, **options)
        assert text.startswith("**Dry run: nothing was changed.**"), action
        assert REASON in text
    assert cases(running) == []
    assert running.rows("outbox") == []
    assert is_member(running, mika(running))
    assert mika(running).member.timed_out_until is None
    assert told(mika(running)) == []


async def test_a_plain_member_is_refused(running: Live) -> None:
    for action in ("warn", "note", "timeout", "untimeout", "kick", "ban"):
        options = OTHERS.get(action, {})
        text = await mod(running, action, by="Sol", member=mika(running).id, **options)
        assert text.startswith("You need the permission"), action
    assert cases(running) == []


async def test_nobody_acts_on_the_owner_themselves_or_the_bot(running: Live) -> None:
    owner, tomas = (running.sandbox.member(name).id for name in ("Noor", "Tomas"))
    assert "to the owner" in await mod(running, "ban", member=owner)
    assert "to yourself" in await mod(running, "kick", member=tomas)
    assert "to myself" in await mod(running, "kick", member=running.sandbox.state.bot_id)
    assert cases(running) == []


async def test_a_moderator_cannot_act_on_another_of_the_same_rank(running: Live) -> None:
    sol = running.sandbox.member("Sol")
    tomas = running.sandbox.member("Tomas")
    running.sandbox.member("Noor").change_member(sol, roles=list(tomas.member.role_ids))
    text = await mod(running, "kick", member=sol.id)
    assert text == "Your highest role must stand above theirs."


async def test_the_bot_cannot_act_above_its_own_role(running: Live) -> None:
    noor, sol = running.sandbox.member("Noor"), running.sandbox.member("Sol")
    noor.change_member(sol, roles=list(noor.member.role_ids))
    text = await mod(running, "kick", by="Noor", member=sol.id)
    assert text.startswith("My highest role must stand above theirs")
    assert cases(running) == []


async def test_the_moderator_role_is_as_good_as_the_permission(running: Live) -> None:
    sol = running.sandbox.member("Sol")
    (role,) = sol.member.role_ids
    refused = await mod(running, "note", by="Sol", member=mika(running).id)
    assert refused.startswith("You need the permission")
    await ask(running, "mod settings", by="Noor", moderator_role=role)
    text = await mod(running, "note", by="Sol", member=mika(running).id)
    assert text.startswith("Case 1: noted")


async def test_a_duration_that_cannot_be_is_answered_in_one_sentence(running: Live) -> None:
    for duration, sentence in {
        "0": "longer than zero",
        "-1d": "cannot be negative",
        "1e9 years": "longer than any calendar",
        "29 days": "28 days at most",
        "soon": "is no duration",
        "until 2020-01-01": "is in the past",
    }.items():
        text = await mod(running, "timeout", member=mika(running).id, duration=duration)
        assert sentence in text
    assert cases(running) == []


async def test_a_member_who_left_is_not_kicked_but_can_be_banned(running: Live) -> None:
    mika(running).leave()
    text = await mod(running, "kick", member=mika(running).id)
    assert text == "This person is not a member of this server (any more)."
    banned = await mod(running, "ban", member=mika(running).id)
    assert "is banned" in banned
    assert mika(running).id in running.sandbox.state.guild.bans


async def test_a_deleted_role_gives_no_rank(running: Live) -> None:
    running.sandbox.member("Mika").member.role_ids.append("999999999999999999")
    assert "was kicked" in await mod(running, "kick", member=mika(running).id)


async def test_a_long_reason_with_markup_stays_a_text(running: Live) -> None:
    hostile = ("@everyone <@1> **x** [y](https://evil.example/) https://evil.example " * 40)[:2000]
    text = await mod(running, "warn", member=mika(running).id, reason=hostile)
    assert text.startswith("Case 1:")
    (case,) = cases(running)
    assert case["reason"] == hostile.strip()
    (message,) = told(mika(running))
    shown = message.embeds[0]["description"]
    assert urls_in(shown) == []
    assert mentions_in(shown) == []
    answer = await ask(running, "case show", number=1)
    assert "Case 1" in answer.text
    await mod(running, "kick", member=mika(running).id, reason=hostile)
    (line,) = logged(running.sandbox, Action.MEMBER_KICK)
    assert len(line) == 512


async def test_two_moderators_at_once_make_one_action_and_the_second_is_told(
    running: Live,
) -> None:
    options: dict[str, Any] = {"member": mika(running).id, "reason": REASON}
    both = [
        running.sandbox.member(name).slash("mod ban", forge=True, **options)
        for name in ("Tomas", "Noor")
    ]
    texts = [(await waiting.answer()).text for waiting in both]
    first, second = sorted(texts, key=lambda text: "Nothing was done twice." in text)
    assert first.startswith("Case 1:")
    assert "Nothing was done twice." in second
    assert len(cases(running)) == 1
    assert len(logged(running.sandbox, Action.MEMBER_BAN_ADD)) == 1
    assert len(told(mika(running))) == 1


async def test_reasons_are_offered_from_the_templates(running: Live) -> None:
    await ask(running, "mod templates", by="Noor", action="add", text="Spam")
    await ask(running, "mod templates", by="Noor", action="add", text="Off topic")
    waiting = running.sandbox.member("Tomas").autocomplete("mod warn", "reason", reason="spa")
    assert (await waiting.answer()).choices == ({"name": "Spam", "value": "Spam"},)
    await ask(running, "mod templates", by="Noor", action="remove", text="Spam")
    listed = await ask(running, "mod templates", by="Noor")
    assert listed.text == "- Off topic"
