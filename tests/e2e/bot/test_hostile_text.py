"""What members and imported fact-checks say never mentions, formats or links through the bot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox, readable
from tests.e2e.bot.live import ASIA, CLAIM, Live, live, live_settings, write_library
from tests.e2e.bot.plain import mentions_in, urls_in

pytestmark = pytest.mark.thorough

SAID = CLAIM.rstrip(".")
EVIL = "evil.example"
POSTS = {
    "everyone": "@everyone {said} @here",
    "members": "<@{member}> {said} <@!{member}> <@&{member}> <#{member}>",
    "a masked link": "[{said}](https://evil.example/a)",
    "a bare link": "{said} https://evil.example/b?c=d",
    "an angled link": "{said} <https://evil.example/e>",
    "markdown": "**{said}** __and__ ~~this~~ ||that|| `code` # head",
    "a command": "</check:123> {said} <t:1:R> <:smile:123> <id:customize>",
    "backslashes": "{said} \\\\@everyone \\\\<@{member}> \\\\[x](https://evil.example/f)",
    "a broken link": "{said} [x]( https://evil.example/g )\\](https://evil.example/h)",
}


OUR_LINKS = ("https://example.org/", "https://discord.com/channels/")


def harmless(text: str) -> bool:
    """Tell whether a text mentions nobody and links only to sources and to the bot's own note."""
    links = [url for url in urls_in(text) if not url.startswith(OUR_LINKS)]
    return not mentions_in(text) and not links


def nobody_is_pinged(requests: list[Any]) -> bool:
    """Tell whether every message that was sent allows no mention."""
    sent = [r.body for r in requests if r.method in ("POST", "PATCH") and isinstance(r.body, dict)]
    messages = [body.get("data") or body for body in sent]
    texts = [m for m in messages if m.get("content") or m.get("embeds")]
    return bool(texts) and all(m["allowed_mentions"]["parse"] == [] for m in texts)


@pytest.mark.parametrize("name", POSTS)
async def test_what_a_member_writes_stays_text_wherever_it_is_shown(
    running: Live, name: str
) -> None:
    sandbox = running.sandbox
    member = sandbox.member("Priya").id
    written = POSTS[name].format(said=SAID, member=member)
    post = sandbox.member("Mika").say("general", f"<@{sandbox.state.bot_id}> {written}")
    note = await running.note_on(post)
    sol = sandbox.member("Sol")
    why = await sol.press(note, "Why this note?").answer()
    checked = await sol.menu("Check this message", post).answer()
    found = await sol.slash("check", claim=written).answer()
    assert SAID in why.text.replace("\\", "")
    for text in (readable(note), why.text, checked.text, found.text):
        assert harmless(text), text
    assert nobody_is_pinged(sandbox.requests)
    assert [m.mentions for m in sandbox.bot_messages("general")] == [[]]


async def test_what_an_imported_fact_check_says_stays_text(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    hostile = "@everyone <@1> [press](https://evil.example/a) https://evil.example/b **x**"
    claim = "Prompting a picture takes no skill at all"
    record = {
        "slug": "hostile",
        "claim": f"{claim} {hostile}",
        "variants": [claim],
        "rating": "false",
        "summary": f"Nobody says so. {hostile} [1]",
        "details": f"{hostile} [1] [2](https://evil.example/c) [3]",
        "checked_on": "2026-11-22",
        "topics": [],
        "sources": [
            {
                "n": n,
                "title": f"A title ](https://evil.example/d) {hostile}",
                "publisher": f"Press {hostile}",
                "url": url,
                "published": None,
                "supports": hostile,
                "title_verified": True,
            }
            for n, url in enumerate(
                ("https://example.org/s", "https://example.org/a)b", "javascript:alert(1)"), 1
            )
        ],
    }
    write_library(tmp_path, record)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        text = f"<@{sandbox.state.bot_id}> {claim}"
        _, note = await running.raise_claim("general", text)
        sol = sandbox.member("Sol")
        details = await sol.press(note, "Sources & details").answer()
        why = await sol.press(note, "Why this note?").answer()
        checked = await sol.slash("check", claim="hostile").answer()
        choices = await sol.autocomplete("check", "claim", claim="prompting").answer()
        for shown in (readable(note), details.text, why.text, checked.text):
            assert harmless(shown), shown
        assert "javascript:" not in str(urls_in(details.text))
        assert choices.choices[0]["value"] == "hostile"
    assert nobody_is_pinged(sandbox.requests)


def test_the_check_itself_sees_links_and_mentions() -> None:
    for bad in (
        "[x](https://evil.example)", "https://evil.example", "<@1>", "<@&1>", "<#1>", "@everyone",
        "a @here", "<https://evil.example>", "\\[x](https://evil.example)", "\\\\<@1>", "<t:1:R>",
    ):  # fmt: skip
        assert not harmless(bad), bad
    assert harmless(
        f"\\<@1> @\u200beveryone https:\u200b//evil.example [x](https://example.org/{ASIA})"
    )
