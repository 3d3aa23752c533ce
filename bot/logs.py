"""Structured logs on standard error: one line for people or one JSON object, without secrets.

Every finished line passes the redaction, so a token in a message, an argument, an address or a
traceback never comes out. Knows nothing of the settings; never logs the text of a message.
"""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterable, Mapping
from typing import Literal, TextIO

REDACTED = "[redacted]"

_SHAPES = (
    # A bot's token: user id, time and signature, each in URL-safe base64.
    re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{18,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{25,}"),
    # The answer address of an interaction, or a webhook: whoever has it can post.
    re.compile(r"(?<=/)(?P<path>(?:interactions|webhooks)/\d+/)[^\s/?\"'\\]+"),
    # "aW50ZXJhY3Rpb246" is "interaction:", how such a token begins when it stands alone.
    re.compile(r"aW50ZXJhY3Rpb246[A-Za-z0-9_=-]+"),
    re.compile(
        r"(?i)(?P<path>\b(?:authorization['\"]?\s*[:=]\s*['\"]?)?\b(?:bot|bearer) )[\w.~+/=-]{20,}"
    ),
    # The password in a database's address.
    re.compile(r"(?<![a-z0-9+.-])(?P<path>[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)"),
)
_SHORTEST_SECRET = 4
"""A shorter one would blank half of every line; nobody can call it a secret."""

_LEAST = {
    "discord": logging.INFO,
    "aiohttp": logging.INFO,
    "alembic": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "apscheduler": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "asyncpg": logging.WARNING,
    "sqlalchemy": logging.WARNING,
}
"""Libraries that would log whole payloads or statements with their values, and so what members
wrote: no setting takes them below these levels."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Redactor:
    """Replaces secrets in text: the ones it was given, and whatever has the shape of one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        given = sorted({each for each in secrets if len(each) >= _SHORTEST_SECRET}, key=len)
        self._given = tuple(reversed(given))

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._given:
            text = text.replace(secret, REDACTED)
        for shape in _SHAPES:
            text = shape.sub(_keep_path, text)
        return text


def _keep_path(found: re.Match[str]) -> str:
    return (found.groupdict().get("path") or "") + REDACTED


class ConsoleFormatter(logging.Formatter):
    """One line for people: time, level, logger, message, then `key=value` for every extra."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, followed by the traceback where there is one."""
        line = f"{_moment(record)} {record.levelname.lower():7} {record.name}: "
        line += _one_line(record.getMessage())
        for key, value in _extras(record).items():
            line += f" {key}={_quoted(str(value))}"
        if trace := _trace(record):
            line += "\n" + trace
        return self._redact(line)


class JsonFormatter(logging.Formatter):
    """One JSON object on one line; extras are keys of their own."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the object."""
        entry: dict[str, object] = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        for key, value in _extras(record).items():
            plain = value is None or isinstance(value, bool | int | float)
            entry.setdefault(key, value if plain else self._redact(str(value)))
        if trace := _trace(record):
            entry["trace"] = self._redact(trace)
        return json.dumps(entry, ensure_ascii=False)


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    format: Literal["console", "json"] = "console",
    secrets: Iterable[str] = (),
    *,
    stream: TextIO | None = None,
) -> None:
    """Send all logs to `stream` (standard error) in one form; call it again to change it."""
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if format == "json" else ConsoleFormatter(redact))
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(wanted)
    for name, least in _LEAST.items():
        logging.getLogger(name).setLevel(max(wanted, least))
    logging.captureWarnings(capture=True)


def _moment(record: logging.LogRecord) -> str:
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{seconds}.{int(record.msecs):03d}Z"


def _extras(record: logging.LogRecord) -> Mapping[str, object]:
    return {key: value for key, value in vars(record).items() if key not in _STANDARD}


def _trace(record: logging.LogRecord) -> str:
    parts = []
    if record.exc_info:
        parts.append("".join(traceback.format_exception(*record.exc_info)).rstrip())
    if record.stack_info:
        parts.append(record.stack_info)
    return "\n".join(parts)


def _one_line(text: str) -> str:
    """Escape what could start a line of its own or steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _quoted(text: str) -> str:
    if text and all(c.isprintable() and c not in ' "=' for c in text):
        return text
    return json.dumps(text, ensure_ascii=False)
