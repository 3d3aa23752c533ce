"""`/factcheck`: the library from inside Discord, over the wire, with the state read back."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from bot.domain.ids import PlaceId, PostId
from bot.sandbox import Answer, ApiError, InteractionAnswer
from bot.sandbox.faults import Refused
from bot.sandbox.people import Person
from bot.sandbox.permissions import P
from bot.sandbox.state import Message
from bot.tree import NOT_ALLOWED
from tests.e2e.bot.live import ASIA, CLAIM, STEAM, Live, deny
from tests.e2e.bot.test_corrections import described, says

FORM = {
    "claim": "Robots paint every **new** mural, @everyone says.",
    "verdict": "mostly-false",
    "summary": "Most murals are painted by people [1].",
    "details": "A count of murals in three towns found few robots [1].",
    "sources": "https://example.org/murals | Mural Office | A count of murals",
}
SLUG = "robots-paint-every-new-mural-everyone-says"


FILES = {
    ("cat.png", b"\x89PNG\xff"): "is not text in UTF-8",
    ("x.json", b'{"@type": "ClaimReview"'): "Is the file complete?",
    ("x.txt", b"hello there"): "not a known format",
}
ADDRESSES = {
    "http://example.org/": "is not https",
    "https://127.0.0.1/": "private network",
    "https://[::1]/": "private network",
    "https://2130706433/": "private network",
    "https://me:pw@example.org/": "user name or password",
    "https://example.org:8443/": "names a port",
    "ftp://example.org": "is not a web address",
}


async def said(waiting: InteractionAnswer) -> Answer:
    answer = await waiting.answer()
    assert answer.kind == "update" or answer.ephemeral
    return answer


async def sent(person: Person, opened: InteractionAnswer, **values: str) -> Answer:
    """Fill in the form that a command opened, and send it."""
    answer = await opened.answer()
    assert answer.kind == "modal"
    return await said(person.submit_modal(opened, values))


def document(running: Live, slug: str, revision: int) -> dict[str, Any]:
    (row,) = [
        row
        for row in running.rows("fact_check_revision")
        if (row["slug"], row["revision"]) == (slug, revision)
    ]
    return {**json.loads(row["document"]), "by": row["by_member_id"], "reason": row["reason"]}


async def test_a_clean_form_is_published_and_attaches_at_once(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    answer = await sent(noor, noor.slash("factcheck add"), **FORM)
    assert "It is published" in answer.text
    kept = document(running, SLUG, 1)
    assert (kept["status"], kept["by"], kept["verdict"]) == (
        "published",
        int(noor.id),
        "mostly-false",
    )
    _, note = await running.raise_claim(text=FORM["claim"])
    assert "@everyone" not in note.embeds[0]["title"]
    assert note.mentions == []


async def test_an_unfinished_form_is_kept_as_a_draft_with_what_is_missing(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    opened = noor.slash("factcheck add")
    answer = await sent(noor, opened, **(FORM | {"sources": "a book", "verdict": "rather not"}))
    assert "saved as a draft" in answer.text
    assert "Source 1 has no address." in answer.text
    assert "`/factcheck edit` opens it again" in answer.text
    kept = document(running, SLUG, 1)
    assert kept["unknown_verdict"] == "rather not"
    assert "status" not in kept, "a draft is the default"


async def test_an_edit_is_a_revision_that_travels_to_the_note(running: Live) -> None:
    _, note = await running.raise_claim()
    noor = running.sandbox.member("Noor")
    opened = noor.slash("factcheck edit", claim=ASIA)
    await sent(noor, opened, claim=CLAIM, summary="New words.", reason="a new survey")
    await running.sandbox.eventually(lambda: "New words." in described(note))
    assert "Updated <t:" in described(note)
    assert ": summary." in described(note)
    kept = document(running, ASIA, 2)
    assert (kept["by"], kept["reason"]) == (int(noor.id), "a new survey")
    await running.done()
    (shown,) = running.rows("note_shown")
    assert (shown["revision"], shown["shape"]) == (2, "full")


async def test_a_published_fact_check_is_not_edited_into_an_error_and_no_word_is_lost(
    running: Live,
) -> None:
    _, note = await running.raise_claim()
    noor = running.sandbox.member("Noor")
    part = "details and sources"
    opened = noor.slash("factcheck edit", claim=ASIA, part=part)
    typed = {"details": "All is well [7].", "sources": "a book", "reason": "a new survey"}
    refused = await sent(noor, opened, **typed)
    assert "is published, and with this edit it could not be" in refused.text
    assert "Source 1 has no address." in refused.text
    assert "a new survey" in refused.text
    await running.done()
    assert "Surveys and protests" in described(note)
    assert [r for r in running.rows("fact_check_revision") if r["revision"] > 1] == []

    assert refused.message is not None
    (file,) = refused.message.attachments
    assert b"All is well [7]." in file.data
    again = noor.press(refused.message, "Edit again")
    opened_again = await again.answer()
    assert opened_again.modal is not None
    assert "All is well [7]." in json.dumps(opened_again.modal)
    assert "a new survey" in json.dumps(opened_again.modal)
    url = f"https://example.org/{ASIA}/1"
    mended = {"details": "All is well [1].", "sources": url, "reason": "a new survey"}
    await said(noor.submit_modal(again, mended))
    assert document(running, ASIA, 2)["details"] == "All is well [1]."
    sol = running.sandbox.member("Sol").press(note, "Sources & details")
    assert "All is well" in (await sol.answer()).text


async def test_a_file_with_an_error_does_not_replace_what_is_published(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    answer = await said(noor.slash("factcheck export", claim=ASIA, form="markdown"))
    assert answer.message is not None
    text = answer.message.attachments[0].data.decode().replace("[1]", "[9]")
    files = {"file": (f"{ASIA}.md", text.encode())}
    taken = await said(noor.slash("factcheck import", files=files, overwrite=True))
    assert "0 imported" in taken.text
    assert f"“{ASIA}” is published, and with what the file says it could not be" in taken.text
    assert [r for r in running.rows("fact_check_revision") if r["revision"] > 1] == []


@pytest.mark.thorough
async def test_a_form_begins_with_what_is_there(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    part = "details and sources"
    opened = await noor.slash("factcheck edit", claim=ASIA, part=part).answer()
    assert opened.modal is not None
    shown = json.dumps(opened.modal)
    assert f"https://example.org/{ASIA}/1 | Publisher 1 | Report 1 on {ASIA}" in shown


async def test_two_moderators_at_once_get_a_conflict_and_lose_no_words(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    first, second = (noor.slash("factcheck edit", claim=ASIA) for _ in range(2))
    await first.answer(), await second.answer()
    await sent(noor, first, claim=CLAIM, summary="One.", verdict="false", reason="one")
    answer = await sent(noor, second, claim=CLAIM, summary="Two.", verdict="false", reason="two")
    assert "changed by somebody else in the meantime" in answer.text
    assert answer.message is not None
    (file,) = answer.message.attachments
    assert b"Two." in file.data
    assert document(running, ASIA, 2)["summary"] == "One."
    assert not [r for r in running.rows("fact_check_revision") if r["revision"] == 3]


@pytest.mark.thorough
async def test_an_edit_that_discord_refuses_for_good_is_named_until_the_next_one(
    running: Live,
) -> None:
    _, note = await running.raise_claim()
    noor = running.sandbox.member("Noor")
    route = "/channels/{channel_id}/messages/{message_id}"
    running.sandbox.faults.arm(route, Refused(), method="PATCH")
    await said(noor.slash("factcheck pause", claim=ASIA, reason="a source is gone"))
    await running.done()
    status = await said(running.sandbox.member("Tomas").slash("status"))
    assert "1 note shows an older text, because its edit was refused" in status.text
    assert f"/{note.channel_id}/{note.id}" in status.text
    assert "Discord refused (400, 50035)" in status.text
    await said(noor.slash("factcheck retire", claim=ASIA, reason="a source is gone"))
    await running.sandbox.eventually(partial(says, note, "note retired"))
    await running.done()
    assert "older text" not in (await said(noor.slash("status"))).text


@pytest.mark.thorough
async def test_a_note_that_is_taken_back_in_an_archived_thread_goes_when_it_opens(
    running: Live,
) -> None:
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    post, _ = await running.raise_claim(thread)
    noor = running.sandbox.member("Noor")
    noor.change_channel(thread, archived=True, locked=True)
    await running.done()
    await running.services.watching.forget_posts(PlaceId(int(thread.id)), [PostId(int(post.id))])
    await running.done()
    (deletion,) = [row for row in running.rows("outbox") if row["kind"] == "delete-note"]
    assert deletion["state"] == "waiting"
    noor.change_channel(thread, archived=False, locked=False)
    await running.sandbox.eventually(lambda: not running.sandbox.bot_messages(thread))


@pytest.mark.thorough
async def test_a_note_that_is_taken_back_in_a_hidden_channel_is_waited_for(running: Live) -> None:
    post, _ = await running.raise_claim()
    deny(running.sandbox, "ai-art-talk", P.VIEW_CHANNEL)
    await running.done()
    place = PlaceId(int(post.channel_id))
    await running.services.watching.forget_posts(place, [PostId(int(post.id))])
    await running.done()
    (deletion,) = [row for row in running.rows("outbox") if row["kind"] == "delete-note"]
    assert (deletion["state"], deletion["problem"]) == ("waiting", "Discord refused (50001)")


async def test_pausing_and_retiring_collapse_notes_and_resuming_brings_them_back(
    running: Live,
) -> None:
    _, note = await running.raise_claim()
    noor = running.sandbox.member("Noor")
    for command, word in (("pause", "paused"), ("retire", "retired")):
        await said(noor.slash(f"factcheck {command}", claim=ASIA, reason="a source is gone"))
        await running.sandbox.eventually(partial(says, note, f"note {word}"))
        assert described(note).endswith(": a source is gone.")
    await said(noor.slash("factcheck resume", claim=ASIA, reason="found again"))
    await running.sandbox.eventually(lambda: "Surveys and protests" in described(note))
    assert [row["kind"] for row in running.rows("correction")] == ["paused", "retired", "resumed"]
    again = running.sandbox.member("Sol").press(note, "Sources & details")
    assert "Surveys differ" in (await again.answer()).text


@pytest.mark.thorough
async def test_history_and_diff_tell_who_why_and_what(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    opened = noor.slash("factcheck edit", claim=ASIA)
    await sent(noor, opened, claim=CLAIM, summary="New `words`.", verdict="mixed", reason="poll")
    history = await said(noor.slash("factcheck history", claim=ASIA))
    assert f"<@{noor.id}>" in history.text
    assert "poll" in history.text
    assert "Footnote itself" in history.text
    diff = await said(noor.slash("factcheck diff", claim=ASIA))
    assert "+ New ˋwords" in diff.text or "+ New" in diff.text
    assert f"- Surveys and protests disagree about {ASIA}." in diff.text
    nothing = await said(noor.slash("factcheck diff", claim=STEAM))
    assert "only revision 1" in nothing.text


async def test_list_show_and_export_hand_out_the_library(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    listed = await said(noor.slash("factcheck list", status="published"))
    assert f"`{ASIA}` · r1" in listed.text
    assert listed.labels == ["Previous", "Next"]
    shown = await said(noor.slash("factcheck show", claim=ASIA))
    assert "Status: **published**" in shown.text
    for form, ending in (("markdown", "zip"), ("jsonl", "jsonl"), ("claimreview", "json")):
        answer = await said(noor.slash("factcheck export", form=form))
        assert answer.message is not None
        (file,) = answer.message.attachments
        assert file.filename == f"fact-checks.{ending}"
    assert json.loads(file.data)["@graph"][0]["claimReviewed"] == CLAIM


@pytest.mark.thorough
async def test_what_is_exported_can_be_imported_as_a_new_revision(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    answer = await said(noor.slash("factcheck export", claim=ASIA, form="markdown"))
    assert answer.message is not None
    text = answer.message.attachments[0].data.decode().replace("Surveys and", "Polls and")
    files = {"file": (f"{ASIA}.md", text.encode())}
    taken = await said(noor.slash("factcheck import", files=files))
    assert f"`{ASIA}` is there already: left out." in taken.text
    done = await said(noor.slash("factcheck import", files=files, overwrite=True))
    assert "1 imported" in done.text
    assert document(running, ASIA, 2)["summary"].startswith("Polls and")


@pytest.mark.thorough
async def test_what_cannot_be_imported_gets_one_clear_sentence(running: Live) -> None:
    before = running.rows("fact_check_revision")
    noor = running.sandbox.member("Noor")
    for (name, data), sentence in FILES.items():
        answer = await said(noor.slash("factcheck import", files={"file": (name, data)}))
        assert sentence in answer.text
    for address, sentence in ADDRESSES.items():
        answer = await said(noor.slash("factcheck import", address=address))
        assert sentence in answer.text
    assert "Give either a file or an address." in (await said(noor.slash("factcheck import"))).text
    assert running.rows("fact_check_revision") == before


async def test_pause_all_stops_automatic_notes_and_resume_all_lets_them_go_on(
    running: Live,
) -> None:
    noor = running.sandbox.member("Noor")
    await said(noor.slash("factcheck pause-all"))
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.done()
    assert running.notes("ai-art-talk") == []
    (judged,) = running.rows("judgement")
    assert (judged["outcome"], judged["reason"]) == ("suggest", "paused")
    assert (await said(noor.slash("factcheck resume-all"))).text == "Automatic notes go on."
    await running.watch("general")
    await running.raise_claim("general")
    again = await said(noor.slash("factcheck resume-all"))
    assert "not paused" in again.text


FORGED: dict[str, dict[str, Any]] = {
    "add": {},
    "edit": {"claim": ASIA},
    "retire": {"claim": ASIA, "reason": "x"},
    "pause": {"claim": ASIA, "reason": "x"},
    "resume": {"claim": ASIA, "reason": "x"},
    "history": {"claim": ASIA},
    "diff": {"claim": ASIA},
    "list": {},
    "show": {"claim": ASIA},
    "import": {"address": "https://example.org/"},
    "export": {},
    "due": {},
    "pause-all": {},
    "resume-all": {},
}


async def test_every_forged_command_of_a_plain_member_is_refused(running: Live) -> None:
    sol = running.sandbox.member("Sol")
    before = running.rows("fact_check_revision")
    for name, options in FORGED.items():
        with pytest.raises(ApiError):
            sol.slash(f"factcheck {name}", **options)
        answer = await said(sol.slash(f"factcheck {name}", forge=True, **options))
        assert answer.text == NOT_ALLOWED, name
    assert running.rows("fact_check_revision") == before
    await running.done()
    refused = {row["command"] for row in running.rows("audit_entry") if row["outcome"] == "refused"}
    changing = set(FORGED) - {"history", "diff", "list", "show", "due"}
    assert refused == {f"factcheck {name}" for name in changing}


async def test_a_form_that_a_plain_member_sends_is_refused(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    opened = noor.slash("factcheck add")
    await opened.answer()
    answer = await said(running.sandbox.member("Sol").submit_modal(opened, FORM))
    assert answer.text == NOT_ALLOWED
    assert not [r for r in running.rows("fact_check") if r["slug"] == SLUG]
    (entry,) = await running.sandbox.eventually(
        lambda: [r for r in running.rows("audit_entry") if r["outcome"] == "refused"]
    )
    assert entry["command"] == "factcheck form add"


@pytest.mark.thorough
async def test_a_page_of_a_list_turns(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    listed = await said(noor.slash("factcheck list"))
    assert listed.message is not None
    button: Message = listed.message
    button.components[0]["components"][1]["disabled"] = False
    turned = await noor.press(button, "Next").answer()
    assert "page 1 of 1" in turned.text
