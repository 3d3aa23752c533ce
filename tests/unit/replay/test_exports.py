import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import PlaceId
from bot.services.errors import InvalidInputError
from bot.services.exports import ExportedPost, ReadingTally, Source, discord_json, open_export
from tests.unit.replay.exporting import export, message, reaction, user, write

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def opened(path: Path) -> Source:
    return open_export(path, begin=BEGIN)


def posts_of(path: Path) -> list[ExportedPost]:
    return list(opened(path).posts())


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInputError) as caught:
        posts_of(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_message_becomes_a_post_with_its_place_and_time(tmp_path: Path) -> None:
    edited = message(
        1, "hi", at="2026-11-01T12:00:00.1234567+02:00", timestampEdited="2026-11-01T11:00:00Z"
    )
    (exported,) = posts_of(write(tmp_path / "e.json", export([edited])))

    post = exported.post
    assert (post.id, post.author) == (400000000000000001, 300000000000000001)
    assert post.created_at == datetime(2026, 11, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert post.edited_at == datetime(2026, 11, 1, 11, tzinfo=UTC)
    assert post.where.places == (200000000000000002, 200000000000000003)
    assert exported.place == "general"
    assert exported.link == (
        "https://discord.com/channels/200000000000000001/200000000000000002/400000000000000001"
    )


def test_a_thread_has_its_channel_or_forum_as_parent(tmp_path: Path) -> None:
    file = write(tmp_path / "e.json", export([message(1)], type="GuildPublicThread"))
    where = posts_of(file)[0].post.where

    assert where.is_thread
    assert (where.parent, where.category) == (200000000000000003, None)


def test_notices_of_discord_are_no_posts_and_bots_are_no_people(tmp_path: Path) -> None:
    exported = export(
        [
            message(1, "Joined the server.", type="GuildMemberJoin"),
            message(2, "Started a thread.", type="ThreadCreated"),
            message(3, "never seen", type="46"),
            message(4, "an answer", type="Reply"),
            message(5, "beep", author=user(9, bot=True)),
        ]
    )
    source = opened(write(tmp_path / "e.json", exported))

    assert [(p.post.text, p.post.by_person) for p in source.posts()] == [
        ("an answer", True),
        ("beep", False),
    ]
    assert source.tally.system_messages == 3


def test_a_like_is_one_member_once_never_the_author_and_never_a_bot(tmp_path: Path) -> None:
    reactions = [
        reaction("👍", [user(1), user(2), user(3), user(9, bot=True)]),
        reaction("❤️", [user(2), user(4)]),
        reaction("👎", [user(5)]),
        reaction("👍", [user(6)], custom="77"),
    ]
    (exported,) = posts_of(write(tmp_path / "e.json", export([message(1, reactions=reactions)])))

    assert exported.likes == 3
    assert len(exported.reactions) == 4


def test_an_older_export_gives_counts_without_members(tmp_path: Path) -> None:
    reactions = [reaction("👍", None, 5), reaction("🔥", None, 2)]
    (exported,) = posts_of(write(tmp_path / "e.json", export([message(1, reactions=reactions)])))

    assert exported.likes == 5


def test_a_folder_is_merged_by_time_and_media_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.json", export([message(1), message(4)], id="10"))
    write(tmp_path / "b.json", export([message(2), message(3)], id="20"))
    write(tmp_path / "b [part 2].json", export([message(3), message(5)], id="20"))
    media = tmp_path / "a.json_Files"
    media.mkdir()
    (media / "sticker.json").write_text("{}")

    source = opened(tmp_path)
    read = [(post.post.id % 10, post.post.where.channel) for post in source.posts()]

    assert read == [(1, 10), (2, 20), (3, 20), (4, 10), (5, 20)]
    assert (source.tally.posts, source.tally.repeated) == (5, 1)


def test_a_file_of_a_folder_is_open_only_while_its_posts_are_due(tmp_path: Path) -> None:
    for number in range(40):
        write(tmp_path / f"{number:02}.json", export([message(number)], id=str(number + 1)))
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("needs /proc")
    before = len(list(descriptors.iterdir()))

    most = max(len(list(descriptors.iterdir())) for _ in opened(tmp_path).posts())

    assert most <= before + 3


def test_one_damaged_file_of_a_folder_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.json", export([message(1), message(3)], id="10"))
    damaged = write(tmp_path / "b.json", export([message(2), message(4)], id="20"))
    text = damaged.read_text()
    damaged.write_text(text[: text.rindex('"content"')])
    empty = export([], id="30")
    (tmp_path / "c.json").write_text(json.dumps(empty).split("[]")[0] + "[")
    source = opened(tmp_path)

    assert [post.post.id % 10 for post in source.posts()] == [1, 2, 3]
    assert source.tally.ended_early
    assert source.tally.problems == [
        "c.json ends early after 0 messages; what stands before that was read.",
        "b.json ends early after 1 message; what stands before that was read.",
    ]


def test_progress_adds_up_to_the_size(tmp_path: Path) -> None:
    source = opened(write(tmp_path / "e.json", export([message(n) for n in range(50)])))
    counts: list[int] = []

    list(source.posts(counts.append))

    assert sum(counts) == source.size


def test_a_truncated_export_says_how_far_it_was_read(tmp_path: Path) -> None:
    file = write(tmp_path / "e.json", export([message(n) for n in range(3)]))
    text = file.read_text()
    file.write_text(text[: text.rindex('"content"')])
    source = opened(file)

    assert len(list(source.posts())) == 2
    assert source.tally.ended_early
    assert source.tally.problems == [
        "e.json ends early after 2 messages; what stands before that was read."
    ]


@pytest.mark.parametrize(
    ("found", "put", "problem"),
    [
        (b'"hello 2"', b'"hello \xff"', "is not valid JSON"),
        (b'"hello 2"', b"hello", "is not valid JSON"),
        (b'"hello 2"', b'"a\x00b"', "is not valid JSON"),
        (b'"hello 2"', b'"\\udc00"', "holds text that is not valid Unicode"),
    ],
)
def test_damage_in_the_middle_keeps_what_came_before(
    tmp_path: Path, found: bytes, put: bytes, problem: str
) -> None:
    file = write(tmp_path / "e.json", export([message(n, f"hello {n}") for n in range(4)]))
    file.write_bytes(file.read_bytes().replace(found, put))
    source = opened(file)

    assert [post.post.text for post in source.posts()] == ["hello 0", "hello 1"]
    assert source.tally.ended_early
    assert problem in source.tally.problems[0]


def test_escaped_nul_is_replaced(tmp_path: Path) -> None:
    (exported,) = posts_of(write(tmp_path / "e.json", export([message(1, "a\x00b 😀")])))

    assert exported.post.text == "a\ufffdb 😀"


def test_messages_that_cannot_be_read_are_left_out_and_told(tmp_path: Path) -> None:
    broken = [
        message(1),
        message(2, author=None),
        message(3, at="yesterday"),
        message(4, id="abc"),
        "no message",
        message(6, "x" * 10_000_000),
        message(7, reactions=[None, {"emoji": 3}, {"emoji": {}, "count": "many"}]),
        message(8, id="9" * 40),
    ]
    source = opened(write(tmp_path / "e.json", export(broken)))

    assert [post.post.id % 10 for post in source.posts()] == [1, 7]
    assert (source.tally.unreadable, source.tally.too_long) == (5, 1)
    assert source.tally.problems[0] == "e.json: message 2 has no author and was left out."
    assert "10,000,000 characters" in source.tally.problems[4]
    assert "xxx" not in " ".join(source.tally.problems)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("e.json", b"", "is empty"),
        ("e.json", b"\xef\xbb\xbf \n", "is empty"),
        ("e.json", b"hello", "is not JSON"),
        ("e.json", b"[1, 2]", "is a JSON list"),
        ("e.json", b'{"a": 1}', "it has no list of messages"),
        ("e.json", b'{"messages": null}', "it has no list of messages"),
        ("e.json", b'{"messages": []}', "its guild and channel must stand before"),
        ("e.json", b'{"guild": {}, "channel": {}, "messages": []}', "has no id"),
        ("e.json", b'{"guild": {"id"', "ends early before its first message"),
        ("e.json", b'{"a": ' + b"[" * 100_000, "levels deep"),
        ("e.json", '{"guild": 1}'.encode("utf-16"), "is encoded as UTF-16"),
        ("e.html", b"<!DOCTYPE html><html>", "is an HTML page; export the channel again"),
        ("e.csv", b"AuthorID,Author,Date,Content,Attachments,Reactions\n", "is a CSV export"),
        ("e.txt", b"=====\nGuild: a\nChannel: b\n", "is a plain-text export"),
        ("e.zip", b"PK\x03\x04abc", "is an archive"),
        ("e.md", b"Title\n\x00\xff", "is not UTF-8"),
    ],
)
def test_what_is_no_export_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    assert expected in refusal(file)


def test_an_absent_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "absent.json")
    assert "holds no .json file" in refusal(tmp_path)
    assert "is no name of a file" in refusal(Path("a" * 5_000))


def test_an_export_with_its_newest_message_first_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "e.json", export([message(9), message(8)]))

    assert "lists its newest message first" in refusal(file)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = write(tmp_path / "e.json", export([message(1)]))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert len(posts_of(file)) == 1


def test_an_export_without_messages_has_no_posts(tmp_path: Path) -> None:
    assert posts_of(write(tmp_path / "e.json", export([]))) == []


class EndlessExport(io.RawIOBase):
    """A file of many messages that exists only as it is read."""

    def __init__(self, messages: int) -> None:
        one = json.dumps(message(1, "words " * 150)).encode()
        head = json.dumps(export([])).encode().split(b'"messages": []')[0]
        self._chunks = iter([head + b'"messages": [' + one, *[b"," + one] * messages, b"]}"])
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._left += chunk
        data, self._left = self._left[:size], self._left[size:]
        return data


class EndlessPath:
    name = "endless.json"

    def open(self, mode: str) -> io.RawIOBase:
        return EndlessExport(5_000)


def test_memory_stays_flat_over_a_large_export() -> None:
    tally = ReadingTally()
    posts = discord_json.read_messages(EndlessPath(), tally)  # type: ignore[arg-type]
    next(posts)
    tracemalloc.start()
    try:
        count = sum(1 for _ in posts)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 5_000
    assert peak < 2_000_000


def test_a_thread_file_gets_ids_and_a_minute_between_posts_without_times(tmp_path: Path) -> None:
    file = tmp_path / "t.md"
    file.write_text("# T\n## Mika\na\n## Ben · 2026-11-02 18:00\nb\n2 Likes\n## Mika\nc\n")

    posts = posts_of(file)

    assert [post.post.created_at.minute for post in posts] == [59, 0, 1]
    assert [post.post.author for post in posts] == [1, 2, 1]
    assert [post.likes for post in posts] == [0, 2, 0]
    assert {post.post.where.channel for post in posts} == {PlaceId(1)}


def test_a_thread_without_any_time_starts_when_it_is_told_to(tmp_path: Path) -> None:
    file = tmp_path / "t.txt"
    file.write_text("## Mika\na\n## Ben\nb\n")

    assert [post.post.created_at - BEGIN for post in posts_of(file)] == [
        timedelta(0),
        timedelta(minutes=1),
    ]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "isBot", "users", "emoji"]), inner)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from([*message(1)]), JSON_VALUES, max_size=4), max_size=5)
)
def test_whatever_a_message_holds_it_is_read_or_counted(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, object]]
) -> None:
    messages = [{**message(n), **change} for n, change in enumerate(changes)]
    file = write(tmp_path_factory.mktemp("any") / "e.json", export(messages))
    source = opened(file)
    try:
        read = len(list(source.posts()))
    except InvalidInputError as problem:
        if "newest message first" not in str(problem):
            raise
        return

    tally = source.tally
    assert read + tally.repeated + tally.system_messages + tally.unreadable == len(messages)
