"""Reads a discussion from a plain text file: Markdown with author headings, or a forum paste.

Knows the format that docs/replay.md describes; knows nothing of Discord, ids or matching.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.services.errors import InvalidInputError

FILE_LIMIT = 32 * 1024 * 1024
"""Bytes; a thread file is read whole, so a larger one is a mistake."""
TITLE_LIMIT = 200
NAME_LIMIT = 80
LIKES_LIMIT = 1_000_000
MARK_LIMIT = 1_000
"""Characters of a heading or like line; what is longer is text."""
SHORT_REPLY_WORDS = 3
"""In a paste, a paragraph of so few words is somebody's whole answer."""

_TITLE = re.compile(r"#[ \t]+(?P<title>\S.*)")
_HEADING = re.compile(r"##[ \t]+(?P<heading>\S.*)")
_FENCE_START = re.compile(r"[ \t]{0,3}(?P<mark>```|~~~)[^`]*")
_FENCE_END = re.compile(r"[ \t]{0,3}(?P<mark>```|~~~)[ \t]*")
_TIME = re.compile(
    r"(?:^|[ \t]*(?:[·•|,–—-])[ \t]*|[ \t]+)"
    r"(?P<time>\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?"
    r"[ \t]*(?:Z|UTC|[+-]\d{2}:?\d{2})?)$"
)
_LIKE_COUNT = re.compile(r"[*_]*(?P<count>\d{1,9}) likes?[*_]*", re.IGNORECASE)
_LIKE_NAMES = re.compile(r"[*_]*likes?:[*_]*[ \t]*(?P<names>.*?)[*_]*", re.IGNORECASE)
_UNREADABLE = dict.fromkeys(
    [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0xD800, 0xE000)],
    "\N{REPLACEMENT CHARACTER}",
)
"""NUL and the other control characters, and surrogates that stand alone."""


@dataclass(frozen=True, slots=True)
class ThreadPost:
    """One post of a thread file.

    Attributes:
        author: the name in the heading; "Member 1", "Member 2", ... in a paste without headings.
        at: an aware UTC datetime, or nothing where the file does not say.
        text: the post's text, its own line breaks kept.
        likes: how many likes the file gives it, one's own not counted.
        liked_by: who gave them, where the file names members.
    """

    author: str
    at: datetime | None
    text: str
    likes: int = 0
    liked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadFile:
    """A discussion as it stands in a file; the title may be empty, the posts may not."""

    title: str
    posts: tuple[ThreadPost, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    in_fence: bool


def read_thread_file(path: Path) -> ThreadFile:
    """Read a thread file from disk.

    Raises:
        InvalidInputError: the file cannot be read, is too large, is not UTF-8, or breaks the
            format; the sentence names the file, and the line where there is one.
    """
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise InvalidInputError(
                f"{path.name} is larger than {FILE_LIMIT // 1024**2} MB, too large for a thread "
                "file; a DiscordChatExporter JSON export may have any size."
            )
        data = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "unknown error"
        raise InvalidInputError(f"{path} cannot be read: {reason}.") from problem
    return parse_thread(decode_text(data, path.name), name=path.name)


def decode_text(data: bytes, name: str) -> str:
    """Return the text of a file, without its byte order mark.

    Raises:
        InvalidInputError: it is not UTF-8.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInputError(f"{name} is encoded as UTF-16; save it as UTF-8 and try again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InvalidInputError(
            f"{name} is not UTF-8 text (byte {problem.start}); save it as UTF-8 and try again."
        ) from problem


def parse_thread(text: str, *, name: str = "the thread") -> ThreadFile:
    """Return the discussion that a text describes.

    With `## Name` headings each heading starts a post. Without any, the text is taken as a paste
    of one forum topic, see docs/replay.md.

    Raises:
        InvalidInputError: there is no post in it, or a line breaks the format.
    """
    lines = tuple(_lines(text))
    title, body = _split_title(lines)
    if any(_heading(line) is not None for line in body):
        posts = tuple(_marked_posts(body, name))
    else:
        posts = tuple(_pasted_posts(body))
    if not posts:
        raise InvalidInputError(f"{name} has no post in it.")
    return ThreadFile(title, posts)


def _lines(text: str) -> Iterator[_Line]:
    """Number the lines, replace what no text may contain, and know which are inside a fence."""
    lines = [raw.translate(_UNREADABLE).rstrip() for raw in re.split(r"\r\n|\r|\n", text)]
    fenced = _fenced(lines)
    for index, line in enumerate(lines):
        yield _Line(index + 1, line, index in fenced)


def _fenced(lines: Sequence[str]) -> frozenset[int]:
    """Return the indices of lines in code blocks; a block that is never closed is none."""
    fenced: set[int] = set()
    start, mark = -1, ""
    for index, line in enumerate(lines):
        if start < 0:
            opening = _FENCE_START.fullmatch(line)
            if opening:
                start, mark = index, opening["mark"]
            continue
        closing = _FENCE_END.fullmatch(line)
        if closing and closing["mark"] == mark:
            fenced.update(range(start, index + 1))
            start = -1
    return frozenset(fenced)


def _heading(line: _Line) -> str | None:
    may_be = not line.in_fence and len(line.text) <= MARK_LIMIT
    match = _HEADING.fullmatch(line.text) if may_be else None
    return match["heading"].strip() if match else None


def _split_title(lines: Sequence[_Line]) -> tuple[str, Sequence[_Line]]:
    """Take the title off: `# Title`, or the first line of a paste that stands alone."""
    start = next((i for i, line in enumerate(lines) if line.text.strip()), len(lines))
    rest = lines[start:]
    if not rest:
        return "", ()
    first = rest[0].text.strip()
    marked = _TITLE.fullmatch(first)
    if marked:
        return marked["title"][:TITLE_LIMIT], rest[1:]
    stands_alone = len(rest) > 2 and not rest[1].text and any(line.text for line in rest[2:])
    if stands_alone and _reads_as_title(rest[0]):
        return first, rest[1:]
    return "", rest


def _reads_as_title(line: _Line) -> bool:
    text = line.text.strip()
    return (
        not line.in_fence
        and _heading(line) is None
        and len(text) <= TITLE_LIMIT
        and not text.endswith((".", "!", ":", ",", ";"))
    )


def _marked_posts(lines: Sequence[_Line], name: str) -> Iterator[ThreadPost]:
    current: tuple[str, datetime | None, int] | None = None
    body: list[str] = []
    for line in lines:
        heading = _heading(line)
        if heading is not None:
            if current is not None:
                yield _finish(current, body, name)
            current, body = (*_parse_heading(heading, line.number, name), line.number), []
        elif current is not None:
            escaped = not line.in_fence and line.text.startswith("\\#")
            body.append(line.text[1:] if escaped else line.text)
        elif line.text.strip():
            raise InvalidInputError(
                f"{name}, line {line.number}: this text stands before the first post; "
                "put a heading such as '## Mika' above it."
            )
    if current is not None:
        yield _finish(current, body, name)


def _parse_heading(heading: str, number: int, name: str) -> tuple[str, datetime | None]:
    match = _TIME.search(heading)
    author = heading[: match.start()].strip() if match else heading
    if not author:
        raise InvalidInputError(f"{name}, line {number}: the heading has a time but no author.")
    if len(author) > NAME_LIMIT:
        raise InvalidInputError(
            f"{name}, line {number}: the author's name has more than {NAME_LIMIT} characters."
        )
    if match is None:
        return author, None
    try:
        return author, _parse_time(match["time"])
    except ValueError as problem:
        raise InvalidInputError(
            f"{name}, line {number}: {match['time']!r} is not a time; "
            "write it as 2026-11-02 18:04 (UTC) or 2026-11-02 18:04+01:00."
        ) from problem


def _parse_time(text: str) -> datetime:
    written = re.sub(r"[ \t]*(?:UTC|Z)$", "+00:00", text.strip())
    written = re.sub(r"[ \t]+(?=[+-]\d)", "", written)
    written = re.sub(r"([T ])(\d:)", r"\g<1>0\2", written)
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError("outside the calendar") from problem


def _finish(heading: tuple[str, datetime | None, int], body: list[str], name: str) -> ThreadPost:
    author, at, number = heading
    likes, liked_by, text_lines = _take_likes(body, author)
    text = "\n".join(text_lines).strip()
    if not text:
        raise InvalidInputError(f"{name}, line {number}: the post by {author} has no text.")
    return ThreadPost(author, at, text, likes, liked_by)


def _take_likes(lines: Sequence[str], author: str) -> tuple[int, tuple[str, ...], Sequence[str]]:
    """Split off a last line that says who liked the post, or how many did."""
    last = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].strip()), None)
    if last is None:
        return 0, (), lines
    parsed = _parse_likes(lines[last].strip(), author)
    return (0, (), lines) if parsed is None else (*parsed, lines[:last])


def _parse_likes(line: str, author: str = "") -> tuple[int, tuple[str, ...]] | None:
    if len(line) > MARK_LIMIT:
        return None
    counted = _LIKE_COUNT.fullmatch(line)
    if counted:
        return min(int(counted["count"]), LIKES_LIMIT), ()
    named = _LIKE_NAMES.fullmatch(line)
    if not named:
        return None
    if re.fullmatch(r"\d{1,9}", named["names"]):
        return min(int(named["names"]), LIKES_LIMIT), ()
    names = tuple(dict.fromkeys(n.strip() for n in named["names"].split(",") if n.strip()))
    return sum(name != author for name in names), names


def _pasted_posts(lines: Sequence[_Line]) -> Iterator[ThreadPost]:
    """Split a paste: like lines end a post, a paragraph of a few words is a reply of its own."""
    posts: list[tuple[list[str], int, tuple[str, ...]]] = []
    open_post: list[str] = []

    def close(likes: int = 0, liked_by: tuple[str, ...] = ()) -> None:
        if open_post:
            posts.append((open_post.copy(), likes, liked_by))
            open_post.clear()

    for paragraph in _paragraphs(lines):
        likes = _parse_likes(paragraph)
        if likes is not None:
            close(*likes)
        elif open_post and _is_short_reply(paragraph) and not open_post[-1].endswith(":"):
            close()
            posts.append(([paragraph], 0, ()))
        else:
            open_post.append(paragraph)
    close()
    for number, (texts, count, liked_by) in enumerate(posts, start=1):
        yield ThreadPost(f"Member {number}", None, "\n\n".join(texts), count, liked_by)


def _paragraphs(lines: Sequence[_Line]) -> Iterator[str]:
    """Join lines up to a blank one; a like line stands by itself even without blank lines."""
    gathered: list[str] = []
    for line in lines:
        alone = not line.in_fence and _parse_likes(line.text.strip()) is not None
        if gathered and (alone or (not line.text and not line.in_fence)):
            yield "\n".join(gathered)
            gathered = []
        if alone:
            yield line.text.strip()
        elif line.text:
            gathered.append(line.text.strip() if not line.in_fence else line.text)
    if gathered:
        yield "\n".join(gathered)


def _is_short_reply(paragraph: str) -> bool:
    return len(paragraph.split()) <= SHORT_REPLY_WORDS and not paragraph.endswith(":")
