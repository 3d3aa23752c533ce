"""Whatever is posted, there is an answer and never an exception."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.matching.matcher import Matcher
from bot.services.matching_lines import match_lines

ODD = [
    "",
    " ",
    "\x00",
    "a" * 100_000,
    "ai art " * 14_000,
    "Asia embraces AI art. " * 4_500,
    "😀🎨" * 20_000,
    "\ud800\udfff lone \udc00 surrogates about AI art",
    "\u200b\u200d\ufeff" * 5_000,
    "الذكاء الاصطناعي يسرق الفن " * 50,
    "AI искусство は 盗み です وفن",
    "`" * 9_000,
    "[" * 9_000 + "](",
    "<:" * 9_000,
    ">" * 9_000,
    "[quote" * 3_000,
    "*_~|" * 4_000,
    "http://" * 3_000,
    "?!.…" * 4_000,
    '"' * 9_999,
    "no not never isn't " * 3_000,
]

pieces = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(
        ["> ", "\n", "```", "`", "||", "**", "AI art", "Asia embraces ", "https://x.y/", "<@1>"]
    ),
    st.sampled_from(
        ["Miyazaki ", "is ", "not ", "70% ", "gen z ", "? ", "according to ", "\u200b"]
    ),
)


def check(matcher: Matcher, text: str) -> None:
    reading = matcher.read(text)
    for match in reading.matches:
        start, end = match.span
        assert match.sentence == text[start:end]
        assert math.isfinite(match.probability)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_an_odd_text_is_answered(matcher: Matcher, text: str) -> None:
    check(matcher, text)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(pieces, max_size=25).map("".join))
def test_any_text_is_answered(matcher: Matcher, text: str) -> None:
    check(matcher, text)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(pieces, max_size=12).map("".join))
def test_any_text_survives_as_a_json_line(matcher: Matcher, text: str) -> None:
    (line,) = match_lines(matcher, [json.dumps({"id": 1, "text": text})])
    answer = json.loads(line)
    assert line.isascii()
    assert all(match["sentence"] in text for match in answer["matches"])
