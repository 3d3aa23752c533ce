import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Literal

import pytest

from bot import logs

# Built from parts, so that no scanner takes the test for a leak.
TOKEN = ".".join(("MTE4NjI5NDQ4MTU0NzI2MTk1MA", "GqWeRt", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9"))
SECRET = "local sandbox secret"
PASSWORD = "hunter2-hunter2"

Form = Literal["console", "json"]


@pytest.fixture(autouse=True)
def _logging_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    for name in logs._LEAST:
        logging.getLogger(name).setLevel(logging.NOTSET)


def begin(form: Form, level: Literal["debug", "info"] = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(level, form, [SECRET, ""], stream=stream)
    return stream


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_secret_never_comes_out(form: Form) -> None:
    stream = begin(form)
    log = logging.getLogger("bot.test")
    log.info(f"message {TOKEN}")  # noqa: G004 - the very thing to test
    log.info("argument %s and %r", SECRET, {"token": TOKEN})
    log.info("header Authorization: Bot %s", "x" * 30)
    log.info("https://discord.com/api/v10/webhooks/123456/abc-DEF_123/messages/@original")
    log.info("POST /interactions/123456/%s/callback", "aW50ZXJhY3Rpb246MTIz")
    log.info("postgresql+asyncpg://bot:%s@db/footnote", PASSWORD)
    log.info("extra", extra={"address": f"https://x/?token={TOKEN}"})
    try:
        try:
            raise ValueError(TOKEN)
        except ValueError as inner:
            raise RuntimeError(f"with {SECRET}") from inner
    except RuntimeError:
        log.exception("it went wrong")
    out = stream.getvalue()
    assert "it went wrong" in out
    assert "RuntimeError" in out
    for hidden in (TOKEN, SECRET, PASSWORD, "abc-DEF_123", "aW50ZXJhY3Rpb246MTIz", "x" * 30):
        assert hidden not in out
    assert out.count(logs.REDACTED) >= 9
    assert "/webhooks/123456/[redacted]/messages/@original" in out


def test_what_is_no_secret_stays_as_it_is() -> None:
    stream = begin("console")
    plain = "note asia-embraces-ai-art on 118629448154726195 by bot.services.watching, v1.2.3, 0.97"
    logging.getLogger("bot").info(plain)
    assert plain in stream.getvalue()
    assert logs.REDACTED not in stream.getvalue()


def test_a_console_line_is_one_line_with_its_extras() -> None:
    stream = begin("console")
    logging.getLogger("bot.x").warning(
        "first\nsecond \x1b[31m", extra={"post": 7, "why": "two words", "none": ""}
    )
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(r'warning bot.x: first\nsecond \x1b[31m post=7 why="two words" none=""')


def test_a_json_line_is_one_object() -> None:
    stream = begin("json")
    logging.getLogger("bot.x").info("said\nso", extra={"post": 7, "slug": "a-b", "level": "x"})
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry.pop("time").endswith("Z")
    assert entry == {
        "level": "info", "logger": "bot.x", "message": "said\nso", "post": 7, "slug": "a-b",
    }  # fmt: skip


def test_libraries_that_log_payloads_are_held_back_when_debugging() -> None:
    stream = begin("console", "debug")
    logging.getLogger("discord.gateway").debug("WebSocket Event: %s", {"content": "private words"})
    logging.getLogger("sqlalchemy.engine").info("INSERT with parameters")
    logging.getLogger("bot.x").debug("ours")
    logging.getLogger("discord.gateway").info("connected")
    out = stream.getvalue()
    assert "private words" not in out
    assert "parameters" not in out
    assert "ours" in out
    assert "connected" in out


def test_configuring_again_replaces_the_first_form() -> None:
    first = begin("console")
    second = begin("json")
    logging.getLogger("bot").info("once")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


def test_standard_error_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(stream=sys.stderr)
    logging.getLogger("bot").info("hello")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hello" in captured.err
