"""Text of others can never mention, format or link through the bot (promise 4)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_io.words import fitted, footer_is_about, link, pages, plain, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** and _it_", r"\*\*bold\*\* and \_it\_"),
        ("# big", r"\# big"),
        ("> quote\n# big", r"\> quote # big"),
        ("- item", r"\- item"),
        ("1. first", r"\1. first"),
        ("||hidden||", r"\|\|hidden\|\|"),
        ("`code`", r"\`code\`"),
        ("[click](https://evil.example)", "\\[click](https:\N{ZERO WIDTH SPACE}//evil.example)"),
        ("<@123> <@&5> <#6>", r"\<@123> \<@&5> \<#6>"),
        ("<t:1:R> <:emoji:123>", r"\<t:1:R> \<:emoji:123>"),
        ("@everyone", "@\N{ZERO WIDTH SPACE}everyone"),
    ],
)
def test_markup_is_shown_letter_by_letter(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(alphabet=st.sampled_from("ab*_`~|<>@#&!:/[]()\\ \n-+1."), max_size=60))
def test_nothing_that_a_member_writes_mentions_or_links(text: str) -> None:
    shown = plain(text)
    assert not re.search(r"(?<!\\)<(?:[@#:]|t:|a:)", shown)
    assert "://" not in shown
    assert "\n" not in shown
    assert "@everyone" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "javascript:alert(1)",
        "https://user@example.org",
        "https:///path",
        "https://exa mple.org",
        "https://[::1",
        "",
    ],
)
def test_only_plain_https_addresses_become_links(url: str) -> None:
    assert link("Label", url) == "Label"


def test_a_link_cannot_be_broken_out_of() -> None:
    shown = link("a](https://evil.example)", "https://example.org/(x)")
    assert shown.endswith("](https://example.org/%28x%29)")
    assert shown.count("](") == 1


@given(st.text(max_size=300), st.integers(2, 80))
def test_shortening_keeps_to_the_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


@given(st.lists(st.text(alphabet="ab c", min_size=1, max_size=200), max_size=12))
def test_pages_keep_every_word_and_the_limit(paragraphs: list[str]) -> None:
    found = pages(paragraphs, 50)
    assert all(0 < len(page) <= 50 for page in found)
    assert "".join("".join(found).split()) == "".join("".join(paragraphs).split())


@pytest.mark.parametrize(
    ("footer", "is_about"),
    [
        ("Case 3 · Guild 5", True),
        ("Fall 3 · Guild 5", True),
        ("3. eset · Guild 5", True),
        ("Case 5 · Guild 5", False),
        ("Case 13 · Guild 5", False),
        ("Case 3 · Guild 5 · abc", False),
        ("Case 3 · Guild", False),
        ("", False),
        (None, False),
    ],
)
def test_a_footer_is_recognised_by_its_number_in_any_language(
    footer: str | None, is_about: bool
) -> None:
    assert footer_is_about(footer, 3, "Guild 5") is is_about


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (18, "one\ntwo\nthree\nfour"),
        (17, "one\n… and 3 more"),
        (12, "… and 4 more"),
    ],
)
def test_a_list_that_is_too_long_ends_with_how_much_is_left_out(limit: int, shown: str) -> None:
    assert fitted(["one", "two", "three", "four"], limit) == shown
    assert fitted([], limit) == ""
