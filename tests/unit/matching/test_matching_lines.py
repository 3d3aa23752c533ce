"""The contract of `footnote match`: JSON lines in, JSON lines out, one clear sentence otherwise."""

import json

import pytest

from bot.matching.matcher import Matcher
from bot.services.errors import UserFacingError
from bot.services.matching_lines import LINE_LIMIT, match_lines


def test_answers_come_in_the_order_of_the_messages(matcher: Matcher) -> None:
    lines = [json.dumps({"id": name, "text": "hello there"}) for name in ("b", "a", "c")]
    answers = [json.loads(answer) for answer in match_lines(matcher, lines)]
    assert [answer["id"] for answer in answers] == ["b", "a", "c"]


def test_an_answer_has_the_agreed_form(matcher: Matcher) -> None:
    message = {"id": 7, "text": "Hi all.\nAsia embraces AI art instead of resisting it!"}
    (answer,) = match_lines(matcher, [json.dumps(message).encode()], top=2)
    found = json.loads(answer)
    assert found["id"] == 7
    assert found["decision"] == "attach"
    assert found["stance"] == "assert"
    assert len(found["matches"]) == 2
    assert found["matches"][0]["slug"] == "asia-embraces-ai-art"
    assert found["matches"][0]["sentence"] == "Asia embraces AI art instead of resisting it!"
    assert found["matches"][0]["score"] >= found["matches"][1]["score"]


def test_an_answer_says_why_where_it_is_asked_to(matcher: Matcher) -> None:
    line = json.dumps({"id": 7, "text": "Asia embraces AI art instead of resisting it!"})
    (answer,) = match_lines(matcher, [line], top=1, explain=True)
    (found,) = json.loads(answer)["matches"]
    assert found["why"]["contributions"]["base"] < 0
    assert "score_whole" in found["why"]["features"]
    assert found["why"]["gates"]["requires"] is True


def test_a_message_without_an_id_gets_the_number_of_its_line(matcher: Matcher) -> None:
    lines = ['{"text": "hi"}', "", '{"id": null, "text": "hi"}', '{"text": "hi"}']
    answers = [json.loads(answer)["id"] for answer in match_lines(matcher, lines)]
    assert answers == [1, None, 4]


def test_blank_lines_are_skipped_and_counted(matcher: Matcher) -> None:
    with pytest.raises(UserFacingError, match="Line 3"):
        list(match_lines(matcher, ['{"id": 1, "text": "x"}', "", "{"]))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "not JSON"),
        ("[1, 2]", "not a message"),
        ('{"id": 1}', '"text"'),
        ('{"id": 1, "text": 5}', '"text"'),
        (b"\xff\xfe{}", "not"),
        ("[" * 100_000, "not JSON"),
        (b"x" * (LINE_LIMIT + 1), "longer"),
    ],
)
def test_a_line_that_is_no_message_is_named(matcher: Matcher, line: str | bytes, says: str) -> None:
    with pytest.raises(UserFacingError, match=says) as error:
        list(match_lines(matcher, [line]))
    assert str(error.value).startswith("Line 1 ")
    assert len(str(error.value)) < 200
