"""The record: shown, amended, exchanged; what was done by hand; and the audit of commands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox import Answer
from tests.e2e.bot.live import Live
from tests.e2e.moderation.acting import REASON, ask, cases, mod

pytestmark = pytest.mark.thorough

THEIRS = {
    "cases": [
        {
            "case_number": 7,
            "user_id": "424242424242424242",
            "user_name": "somebody",
            "mod_id": "434343434343434343",
            "mod_name": "else",
            "type": 1,
            "created_at": "2024-05-06T07:08:09Z",
            "is_hidden": False,
            "pp_id": None,
            "pp_name": None,
            "notes": [
                {"mod_id": "1", "mod_name": "else", "body": "raid", "created_at": "2024-05-06"}
            ],
        }
    ]
}


async def import_file(running: Live, data: bytes, **options: Any) -> Answer:
    noor = running.sandbox.member("Noor")
    chosen = {"mode": "bumpImportedCases"} | options
    return await noor.slash("case import", files={"file": ("cases.json", data)}, **chosen).answer()


async def test_a_case_is_listed_shown_amended_and_found(running: Live) -> None:
    mika = running.sandbox.member("Mika")
    await mod(running, "note", member=mika.id)
    assert "**Case 1 · note**" in (await ask(running, "case list", member=mika.id)).text
    edited = await ask(running, "case edit", number=1, reason="A better reason")
    assert "A better reason" in edited.text
    assert f"which was: {REASON}" in edited.text
    noted = await ask(running, "case note", number=1, text="talked to them")
    assert "talked to them" in noted.text
    assert "**Case 1 · note**" in (await ask(running, "case search", words="BETTER")).text
    assert "no such cases" in (await ask(running, "case search", words="nowhere")).text
    assert (await ask(running, "case show", number=99)).text == "There is no case 99 here."


async def test_cases_of_another_bot_are_imported_and_exported(running: Live) -> None:
    await mod(running, "note", member=running.sandbox.member("Mika").id)
    dry = await import_file(running, json.dumps(THEIRS).encode(), dry_run=True)
    assert "The file is fine: 1 case." in dry.text
    assert len(cases(running)) == 1
    done = await import_file(running, json.dumps(THEIRS).encode())
    assert "1 case was imported" in done.text
    assert [(c["number"], c["kind"], c["reason"]) for c in cases(running)] == [
        (1, "note", REASON),
        (8, "ban", "raid"),
    ]
    exported = await ask(running, "case export", by="Noor")
    assert exported.message is not None
    (file,) = exported.message.attachments
    assert [c["case_number"] for c in json.loads(file.data)["cases"]] == [1, 8]
    assert "Case 9:" in await mod(running, "note", member=running.sandbox.member("Sol").id)


async def test_a_file_that_is_no_export_is_refused_whole(running: Live) -> None:
    twice = {"cases": THEIRS["cases"] * 2}
    for data, sentence in {
        b"\xff\xfe": "no JSON",
        b"[]": "no list “cases”",
        json.dumps(twice).encode(): "Case number 7 is given twice.",
    }.items():
        assert sentence in (await import_file(running, data)).text
    assert cases(running) == []


async def test_what_is_done_by_hand_becomes_a_case_once(running: Live) -> None:
    tomas, mika = running.sandbox.member("Tomas"), running.sandbox.member("Mika")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    tomas.change_member(mika, "calm down", communication_disabled_until=until)
    tomas.ban(mika, "enough")
    await running.sandbox.eventually(lambda: len(cases(running)) == 2)
    await running.done()
    # What is heard within the same moment is recorded side by side, in any order.
    assert {(c["kind"], c["reason"], c["by_id"]) for c in cases(running)} == {
        ("timeout", "calm down", int(tomas.id)),
        ("ban", "enough", int(tomas.id)),
    }


async def test_our_own_actions_are_not_recorded_twice(running: Live) -> None:
    await mod(running, "kick", member=running.sandbox.member("Mika").id)
    await running.done()
    await running.sandbox.settled()
    assert [case["kind"] for case in cases(running)] == ["kick"]


async def test_the_audit_holds_what_was_done_refused_and_tried(running: Live) -> None:
    mika = running.sandbox.member("Mika")
    await mod(running, "note", member=mika.id)
    await mod(running, "note", by="Sol", member=mika.id)
    await mod(running, "timeout", member=mika.id, duration="never")
    await mod(running, "kick", member=mika.id, dry_run=True)
    await ask(running, "case list")
    await running.sandbox.eventually(lambda: len(running.rows("audit_entry")) == 4)
    found = {(row["command"], row["outcome"]) for row in running.rows("audit_entry")}
    assert found == {
        ("mod note", "done"),
        ("mod note", "refused"),
        ("mod timeout", "refused (what was given does not fit)"),
        ("mod kick (dry run)", "done"),
    }
    shown = await ask(running, "audit", by="Noor")
    assert "`mod note` · refused" in shown.text
    refused = await ask(running, "audit", by="Sol", forge=True)
    assert refused.text == "You need the permission “Manage Server” for this."
