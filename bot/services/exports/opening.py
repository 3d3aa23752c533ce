"""Opens what `footnote replay` is given: one export, a folder of them, or a thread file.

Knows how to tell the formats apart and how to merge several channels into one order of time.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Post, Where
from bot.services.errors import InvalidInputError
from bot.services.exports.discord_json import Progress, read_messages
from bot.services.exports.values import ExportedPost, ReadingTally
from bot.services.thread_files import ThreadFile, read_thread_file

HEAD = 4096
NAME_SHOWN = 100
THREAD_COMMUNITY = CommunityId(1)
THREAD_PLACE = PlaceId(1)
BETWEEN_POSTS = timedelta(minutes=1)
"""Where a thread file gives no time, a post is taken to follow the one before it by this."""
THREAD_SUFFIXES = frozenset({".md", ".markdown", ".txt"})
ASK_FOR_JSON = "export the channel again with the format JSON"


class Source(Protocol):
    """Something that posts can be read from, oldest first, once."""

    @property
    def name(self) -> str:
        """What to call it in a report."""
        ...

    @property
    def size(self) -> int:
        """Bytes to be read, for a progress bar."""
        ...

    @property
    def tally(self) -> ReadingTally:
        """What was read so far, and what was wrong with it."""
        ...

    def posts(self, progress: Progress = ...) -> Iterator[ExportedPost]:
        """Yield the posts, oldest first."""
        ...


@dataclass(slots=True)
class ChannelExports:
    """One or more JSON exports, merged by time; a file is open only while its posts are due."""

    name: str
    files: Sequence[Path]
    tally: ReadingTally = field(default_factory=ReadingTally)

    @property
    def size(self) -> int:
        """Bytes to be read."""
        return sum(file.stat().st_size for file in self.files)

    def posts(self, progress: Progress = lambda _: None) -> Iterator[ExportedPost]:
        """Yield the posts of all files, oldest first; a message in two files comes once."""
        last: tuple[PlaceId, PostId] | None = None
        for post in self._merged(progress):
            key = (post.post.where.channel, post.post.id)
            if key == last:
                self.tally.repeated += 1
                continue
            last = key
            self.tally.posts += 1
            yield post

    def _merged(self, progress: Progress) -> Iterator[ExportedPost]:
        if len(self.files) == 1:
            yield from read_messages(self.files[0], self.tally, progress)
            return
        waiting = self._starts()
        heap: list[tuple[datetime, PostId, int, ExportedPost, Iterator[ExportedPost]]] = []
        while waiting or heap:
            while waiting and (not heap or waiting[-1][0] <= heap[0][0]):
                _, index = waiting.pop()
                stream = read_messages(self.files[index], self.tally, progress)
                _push(heap, index, stream)
            if heap:
                _, _, index, post, stream = heapq.heappop(heap)
                yield post
                _push(heap, index, stream)

    def _starts(self) -> list[tuple[datetime, int]]:
        """Return when each file's first post was written, latest first; damage is told later."""
        starts: list[tuple[datetime, int]] = []
        for index, file in enumerate(self.files):
            tally = ReadingTally()
            first = next(read_messages(file, tally), None)
            if first is not None:
                starts.append((first.post.created_at, index))
            else:
                self.tally.absorb(tally)
        return sorted(starts, reverse=True)


def _push(
    heap: list[tuple[datetime, PostId, int, ExportedPost, Iterator[ExportedPost]]],
    index: int,
    stream: Iterator[ExportedPost],
) -> None:
    post = next(stream, None)
    if post is not None:
        heapq.heappush(heap, (post.post.created_at, post.post.id, index, post, stream))


@dataclass(slots=True)
class ThreadSource:
    """A thread file as posts: ids are made up, members are told apart by their names."""

    name: str
    size: int
    thread: ThreadFile
    begin: datetime
    """When the thread starts, where the file gives no time at all."""
    tally: ReadingTally = field(default_factory=ReadingTally)

    def posts(self, progress: Progress = lambda _: None) -> Iterator[ExportedPost]:
        """Yield the posts, oldest first."""
        where = Where(community=THREAD_COMMUNITY, channel=THREAD_PLACE, is_thread=True)
        members: dict[str, MemberId] = {}
        times = _fill_times([post.at for post in self.thread.posts], self.begin)
        in_order = sorted(zip(times, self.thread.posts, strict=True), key=lambda pair: pair[0])
        for number, (at, post) in enumerate(in_order, start=1):
            author = members.setdefault(post.author, MemberId(len(members) + 1))
            self.tally.posts += 1
            yield ExportedPost(
                post=Post(
                    id=PostId(number), where=where, author=author, created_at=at, text=post.text
                ),
                place=self.thread.title or self.name,
                stated_likes=post.likes,
            )
        progress(self.size)


def _fill_times(times: Sequence[datetime | None], begin: datetime) -> list[datetime]:
    """Give every post a time: a minute after the one before it, where the file is silent."""
    known = next(((i, at) for i, at in enumerate(times) if at is not None), None)
    current = begin if known is None else known[1] - BETWEEN_POSTS * known[0]
    filled: list[datetime] = []
    for at in times:
        current = at if at is not None else current
        filled.append(current)
        current += BETWEEN_POSTS
    return filled


def open_export(path: Path, *, begin: datetime) -> Source:
    """Open an export file, a folder of exports, or a thread file.

    Args:
        path: what the user named.
        begin: when a thread file without any time is taken to start.

    Raises:
        InvalidInputError: there is nothing that can be replayed; the sentence says why.
    """
    if _is_folder(path):
        files = sorted(p for p in path.rglob("*.json") if not _is_asset(p.relative_to(path)))
        if not files:
            raise InvalidInputError(f"{path} holds no .json file; {ASK_FOR_JSON}.")
        return ChannelExports(path.name or str(path), files)
    if _looks_like_json(path):
        return ChannelExports(path.name, [path])
    thread = read_thread_file(path)
    return ThreadSource(path.name, path.stat().st_size, thread, begin)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError) as problem:
        shown = f"{str(path)[:NAME_SHOWN]}…" if len(str(path)) > NAME_SHOWN else str(path)
        raise InvalidInputError(f"{shown} is no name of a file.") from problem


def _is_asset(path: Path) -> bool:
    """Tell whether a file lies in a folder of downloaded media, which can hold .json stickers."""
    return any(part.endswith("_Files") for part in path.parts[:-1])


def _looks_like_json(path: Path) -> bool:
    """Tell a JSON export from a thread file, and refuse what is clearly neither."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError as problem:
        raise InvalidInputError(f"{path} does not exist.") from problem
    except OSError as problem:
        raise InvalidInputError(f"{path} cannot be read: {problem.strerror}.") from problem
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise InvalidInputError(f"{path.name} is empty.")
    for is_it, what in _OTHER_FORMATS:
        if is_it(start):
            raise InvalidInputError(f"{path.name} is {what}; {ASK_FOR_JSON}.")
    written_by_hand = path.suffix.lower() in THREAD_SUFFIXES
    if start[:1] in (b"{", b"[") and not written_by_hand:
        return True
    if path.suffix.lower() == ".json":
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InvalidInputError(
                f"{path.name} is encoded as UTF-16; save it as UTF-8 and try again."
            )
        raise InvalidInputError(f"{path.name} is not JSON; {ASK_FOR_JSON}.")
    return False


def _is_html(start: bytes) -> bool:
    return start[:1] == b"<" and (b"<html" in start.lower() or b"<!doctype" in start[:20].lower())


def _is_csv(start: bytes) -> bool:
    first = start.splitlines()[0].replace(b'"', b"")
    return first.startswith((b"AuthorID,Author,Date", b"Author,Date,Content"))


def _is_plain_text(start: bytes) -> bool:
    lines = start.splitlines()
    return len(lines) > 1 and not lines[0].strip(b"=") and lines[1].startswith(b"Guild:")


def _is_archive(start: bytes) -> bool:
    return start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"SQLite format 3"))


_OTHER_FORMATS: Sequence[tuple[Callable[[bytes], bool], str]] = (
    (_is_html, "an HTML page"),
    (_is_csv, "a CSV export"),
    (_is_plain_text, "a plain-text export of DiscordChatExporter"),
    (_is_archive, "an archive or another binary file"),
)
