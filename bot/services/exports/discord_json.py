"""Streams the JSON export of DiscordChatExporter: its header, then one message at a time.

Knows that tool's format; holds one message in memory, never the file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import ijson

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Post, Where
from bot.services.errors import InvalidInputError
from bot.services.exports.values import ExportedPost, Reaction, ReadingTally
from bot.services.storable import LARGEST_ID

Progress = Callable[[int], None]
"""Called with the number of bytes that were read since the last call."""

DEPTH_LIMIT = 32
"""Real exports nest 6 levels deep."""
TEXT_LIMIT = 40_000
"""Characters; Discord ends a message at 4,000 and Discourse a post at 32,000."""
PROBLEMS_SHOWN = 5
CHUNK = 64 * 1024

POST_TYPES = frozenset({"Default", "Reply", "0", "19"})
"""What members write. Everything else is Discord's own notice, or a command's answer."""
THREAD_TYPES = frozenset(
    {"GuildPublicThread", "GuildPrivateThread", "GuildNewsThread", "10", "11", "12"}
)
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_ID = re.compile(r"\d{1,19}", re.ASCII)


Json = Mapping[str, object]
Events = Iterator[tuple[str, object]]


class _DamagedError(Exception):
    """The file is no valid JSON from here on."""


class _MalformedError(ValueError):
    """One message lacks what every message has."""


@dataclass(frozen=True, slots=True)
class ChannelHeader:
    """What an export says of its channel before the first message."""

    where: Where
    name: str


class _CountedFile:
    """Tells how far the reading is, and hides a byte order mark from the parser."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self._at_start = True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress(len(data))
        if self._at_start and data:
            self._at_start = False
            return data.removeprefix(b"\xef\xbb\xbf") or self.read(size)
        return data


def read_messages(
    path: Path, tally: ReadingTally, progress: Progress = lambda _: None
) -> Iterator[ExportedPost]:
    """Yield the posts of one export file in the file's order.

    A damaged or truncated file ends the iteration; `tally` then says where and that it ended
    early. Messages that cannot be read are counted and left out.

    Raises:
        InvalidInputError: the file cannot be read, or is no export of a channel, or lists its
            newest message first.
    """
    header: ChannelHeader | None = None
    last: datetime | None = None
    seen = kept = 0
    try:
        with path.open("rb") as file:
            for item in _header_then_messages(_events(_CountedFile(file, progress)), path.name):
                if isinstance(item, ChannelHeader):
                    header = item
                    continue
                seen += 1
                post = _read_message(item, cast("ChannelHeader", header), seen, path.name, tally)
                if post is None:
                    continue
                if last is not None and kept == 1 and post.post.created_at < last:
                    raise InvalidInputError(
                        f"{path.name} lists its newest message first; export it again with the "
                        "oldest first."
                    )
                last = post.post.created_at
                kept += 1
                yield post
    except OSError as problem:
        raise InvalidInputError(f"{path} cannot be read: {problem.strerror}.") from problem
    except _DamagedError as problem:
        if header is None:
            raise InvalidInputError(
                f"{path.name} {problem} before its first message; it is no complete "
                "DiscordChatExporter JSON export."
            ) from problem
        tally.ended_early = True
        tally.problems.append(
            f"{path.name} {problem} after {seen:,} message{'' if seen == 1 else 's'}; "
            "what stands before that was read."
        )


def _events(file: _CountedFile) -> Events:
    """Yield the parser's events, with its errors told as what they mean."""
    try:
        yield from ijson.basic_parse(file, buf_size=CHUNK)
    except ijson.IncompleteJSONError as problem:
        early = "premature EOF" in str(problem) or "Incomplete" in str(problem)
        raise _DamagedError("ends early" if early else "is not valid JSON") from problem
    except ijson.JSONError as problem:
        raise _DamagedError("is not valid JSON") from problem
    except UnicodeDecodeError as problem:
        raise _DamagedError("holds text that is not valid Unicode") from problem


def _header_then_messages(events: Events, name: str) -> Iterator[ChannelHeader | Json]:
    """Yield the channel's header once, then each message as it was parsed."""
    top: dict[str, object] = {}
    for event, value in events:
        if event == "start_array" and not top:
            raise InvalidInputError(
                f"{name} is a JSON list, no DiscordChatExporter export (which is one object "
                "with guild, channel and messages)."
            )
        if event != "map_key":
            continue
        key = cast("str", value)
        event, value = next(events)
        if key != "messages":
            top[key] = _build(events, event, value, name)
            continue
        if event != "start_array":
            break
        yield _read_header(top, name)
        for event, value in events:
            if event == "end_array":
                break
            message = _build(events, event, value, name)
            yield message if isinstance(message, dict) else {}
        top[key] = True
    if top.get("messages") is not True:
        raise InvalidInputError(
            f"{name} is JSON but no DiscordChatExporter export: it has no list of messages."
        )


def _build(events: Events, event: str, value: object, name: str, depth: int = 0) -> object:
    """Build one value from its events, at most `DEPTH_LIMIT` levels deep."""
    if event not in ("start_map", "start_array"):
        return value
    if depth == DEPTH_LIMIT:
        raise InvalidInputError(
            f"{name} nests its values more than {DEPTH_LIMIT} levels deep, which no "
            "DiscordChatExporter export does."
        )
    if event == "start_array":
        values: list[object] = []
        for event, value in events:
            if event == "end_array":
                break
            values.append(_build(events, event, value, name, depth + 1))
        return values
    built: dict[str, object] = {}
    for event, key in events:
        if event == "end_map":
            break
        event, value = next(events)
        built[cast("str", key)] = _build(events, event, value, name, depth + 1)
    return built


def _read_header(top: Json, name: str) -> ChannelHeader:
    channel = top.get("channel")
    guild = top.get("guild")
    if not isinstance(channel, dict) or not isinstance(guild, dict):
        raise InvalidInputError(
            f"{name} is JSON but no DiscordChatExporter export: its guild and channel must stand "
            "before its messages."
        )
    try:
        is_thread = str(channel.get("type")) in THREAD_TYPES
        # The tool's "category" is the parent: of a thread that is the channel or forum.
        above = _optional_id(channel.get("categoryId"))
        where = Where(
            community=CommunityId(_id(guild.get("id"))),
            channel=PlaceId(_id(channel.get("id"))),
            parent=PlaceId(above) if is_thread and above else None,
            category=PlaceId(above) if not is_thread and above else None,
            is_thread=is_thread,
        )
    except _MalformedError as problem:
        raise InvalidInputError(
            f"{name} is JSON but no DiscordChatExporter export: its guild or channel has no id."
        ) from problem
    return ChannelHeader(where, _text(channel.get("name"))[:100] or str(where.channel))


def _read_message(
    message: Json, header: ChannelHeader, number: int, name: str, tally: ReadingTally
) -> ExportedPost | None:
    """Return the post that a message is; count what is none."""
    try:
        if str(message.get("type", "Default")) not in POST_TYPES:
            tally.system_messages += 1
            return None
        post = _post(message, header)
    except _MalformedError as problem:
        tally.unreadable += 1
        if len(tally.problems) < PROBLEMS_SHOWN:
            tally.problems.append(f"{name}: message {number} has {problem} and was left out.")
        return None
    if len(post.post.text) > TEXT_LIMIT:
        tally.too_long += 1
        if len(tally.problems) < PROBLEMS_SHOWN:
            tally.problems.append(
                f"{name}: message {number} is {len(post.post.text):,} characters long, more than "
                "any member can write, and was left out."
            )
        return None
    return post


def _post(message: Json, header: ChannelHeader) -> ExportedPost:
    author = message.get("author")
    if not isinstance(author, dict):
        raise _MalformedError("no author")
    where = header.where
    post = Post(
        id=PostId(_id(message.get("id"))),
        where=where,
        author=MemberId(_id(author.get("id"))),
        created_at=_moment(message.get("timestamp")),
        text=_text(message.get("content")),
        by_person=author.get("isBot") is not True,
        edited_at=_moment(message["timestampEdited"]) if message.get("timestampEdited") else None,
    )
    reactions = message.get("reactions")
    return ExportedPost(
        post=post,
        place=header.name,
        link=f"https://discord.com/channels/{where.community or '@me'}/{where.channel}/{post.id}",
        reactions=tuple(_reactions(reactions)) if isinstance(reactions, list) else (),
    )


def _reactions(reactions: list[object]) -> Iterator[Reaction]:
    for reaction in reactions:
        if not isinstance(reaction, dict) or not isinstance(reaction.get("emoji"), dict):
            continue
        emoji, count, users = reaction["emoji"], reaction.get("count"), reaction.get("users")
        yield Reaction(
            emoji=_text(emoji.get("name")),
            emoji_id=_optional_id(emoji.get("id")),
            count=max(0, count) if isinstance(count, int) else 0,
            members=_people(users) if isinstance(users, list) else None,
        )


def _people(users: list[object]) -> tuple[MemberId, ...]:
    people = (u for u in users if isinstance(u, dict) and u.get("isBot") is not True)
    ids = (_optional_id(user.get("id")) for user in people)
    return tuple(MemberId(member) for member in ids if member)


def _id(value: object) -> int:
    """Read an id; the tool writes them as text, others as numbers."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _ID.fullmatch(text) or int(text) > LARGEST_ID:
        raise _MalformedError("no valid id")
    return int(text)


def _optional_id(value: object) -> int:
    try:
        return _id(value)
    except _MalformedError:
        return 0


def _moment(value: object) -> datetime:
    """Read a moment with any offset; one without is taken as UTC."""
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise _MalformedError("no valid timestamp") from problem


def _text(value: object) -> str:
    """Return a text without NUL and lone surrogates, which nothing downstream can hold."""
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else ""
