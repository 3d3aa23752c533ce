from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.errors import InvalidInputError
from bot.services.thread_files import ThreadFile, ThreadPost, parse_thread, read_thread_file

ROOT = Path(__file__).parents[3]
SEED = ROOT.parent / "shared" / "seeds" / "discourse-asia-ai-art.txt"

MARKED = """\
# Prints from Osaka

## Mika · 2026-11-02 18:04

First line,
second line.

Another paragraph.

2 Likes

## Ben Doe · 2026-11-02 19:10+01:00
Short one.
Likes: Ana, Ben Doe, Ana

## Ana
No time here.
"""


def test_headings_split_a_thread_into_posts_with_authors_times_and_likes() -> None:
    thread = parse_thread(MARKED)

    assert thread == ThreadFile(
        "Prints from Osaka",
        (
            ThreadPost(
                "Mika",
                datetime(2026, 11, 2, 18, 4, tzinfo=UTC),
                "First line,\nsecond line.\n\nAnother paragraph.",
                likes=2,
            ),
            ThreadPost(
                "Ben Doe",
                datetime(2026, 11, 2, 18, 10, tzinfo=UTC),
                "Short one.",
                likes=1,
                liked_by=("Ana", "Ben Doe"),
            ),
            ThreadPost("Ana", None, "No time here."),
        ),
    )


@pytest.mark.parametrize(
    "heading",
    [
        "## Mika · 2026-11-02 18:04",
        "## Mika, 2026-11-02 18:04",
        "## Mika | 2026-11-02T18:04:00Z",
        "## Mika — 2026-11-02 18:04 UTC",
        "## Mika 2026-11-02 20:04 +02:00",
        "## Mika · 2026-11-02 18:04:00",
    ],
)
def test_a_time_may_be_written_in_any_usual_way(heading: str) -> None:
    (post,) = parse_thread(f"{heading}\nhello").posts

    assert (post.author, post.at) == ("Mika", datetime(2026, 11, 2, 18, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("line", "likes"),
    [("1 Like", 1), ("12 likes", 12), ("*3 Likes*", 3), ("Likes: 4", 4), ("Like: Ana", 1)],
)
def test_a_last_line_tells_the_likes_and_is_no_text(line: str, likes: int) -> None:
    (post,) = parse_thread(f"## Mika\nhello\n\n{line}\n\n").posts

    assert (post.text, post.likes) == ("hello", likes)


@pytest.mark.parametrize("line", ["I got 2 likes", "likes and dislikes", "2 Likes!"])
def test_a_sentence_about_likes_stays_text(line: str) -> None:
    (post,) = parse_thread(f"## Mika\nhello\n{line}").posts

    assert (post.text, post.likes) == (f"hello\n{line}", 0)


def test_a_heading_in_a_code_block_or_behind_a_backslash_is_text() -> None:
    (post,) = parse_thread("## Mika\n```\n## not a heading\n```\n\\## neither").posts

    assert post.text == "```\n## not a heading\n```\n## neither"


def test_a_code_block_that_is_never_closed_swallows_no_post() -> None:
    posts = parse_thread("## Mika\n```python\nprint(1)\n## Ben\nhello").posts

    assert [post.author for post in posts] == ["Mika", "Ben"]


def test_a_paste_without_authors_is_one_thread_split_at_short_replies_and_likes() -> None:
    thread = parse_thread(
        "On prints: a survey\n\nA long first post about prints and paper.\n\nFor example this:\n\n"
        "the riso one looks nice\n\nlovely\n\nI think the paper matters more than the ink.\n\n"
        "1 Like\nOne more opinion about the paper."
    )

    assert thread.title == "On prints: a survey"
    assert [(post.author, post.likes) for post in thread.posts] == [
        ("Member 1", 0),
        ("Member 2", 0),
        ("Member 3", 1),
        ("Member 4", 0),
    ]
    assert thread.posts[0].text.endswith("the riso one looks nice")
    assert thread.posts[1].text == "lovely"


@pytest.mark.shared
@pytest.mark.skipif(not SEED.exists(), reason="the seeds are not beside the checkout")
def test_the_forum_topic_is_a_first_post_and_two_replies_with_one_like() -> None:
    thread = read_thread_file(SEED)

    assert thread.title.endswith("Instead of Resisting It")
    assert [post.likes for post in thread.posts] == [0, 0, 1]
    assert thread.posts[1].text == "damn"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "t.md has no post in it."),
        ("# Only a title\n\n", "t.md has no post in it."),
        ("Intro\nhello\n## Mika\nhi", "t.md, line 1: this text stands before the first post"),
        ("## Mika · 2026-13-45 18:04\nhi", "t.md, line 1: '2026-13-45 18:04' is not a time"),
        ("## Mika · 0001-01-01 00:00+14:00\nhi", "is not a time"),
        ("## 2026-11-02 18:04\nhi", "t.md, line 1: the heading has a time but no author."),
        ("## Mika\n\n2 Likes\n## Ben\nhi", "t.md, line 1: the post by Mika has no text."),
        (f"## {'x' * 81}\nhi", "t.md, line 1: the author's name has more than 80 characters."),
    ],
)
def test_a_broken_thread_is_one_sentence_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_thread(text, name="t.md")

    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("# Ü".encode("latin-1"), "is not UTF-8 text (byte 2)"),
        ("## Mika\nhi".encode("utf-16"), "is encoded as UTF-16"),
    ],
)
def test_a_wrong_encoding_is_named(tmp_path: Path, data: bytes, sentence: str) -> None:
    file = tmp_path / "t.md"
    file.write_bytes(data)

    with pytest.raises(InvalidInputError) as caught:
        read_thread_file(file)

    assert sentence in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        read_thread_file(tmp_path / "absent.md")


def test_a_byte_order_mark_and_windows_line_ends_do_not_show(tmp_path: Path) -> None:
    file = tmp_path / "t.md"
    file.write_bytes(b"\xef\xbb\xbf# T\r\n\r\n## Mika\r\nhi\r\nthere\r\n")

    assert read_thread_file(file) == ThreadFile("T", (ThreadPost("Mika", None, "hi\nthere"),))


def test_nul_and_control_characters_are_replaced() -> None:
    (post,) = parse_thread("## Mika\na\x00b\x1b[31mc\ud800").posts

    assert post.text == "a\ufffdb\ufffd[31mc\ufffd"


NAMES = st.text("abcdefg ÄÖé", min_size=1, max_size=20).map(str.strip).filter(bool)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60
)
PLAIN_TEXTS = TEXTS.map(lambda text: "x " + text.strip()).map(str.strip)
MOMENTS = st.integers(0, 50_000_000).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def thread_posts(draw: st.DrawFn) -> ThreadPost:
    return ThreadPost(
        author=draw(NAMES),
        at=draw(st.none() | MOMENTS),
        text=draw(PLAIN_TEXTS),
        likes=draw(st.integers(0, 500)),
    )


def written(thread: ThreadFile) -> str:
    parts = [f"# {thread.title}"]
    for post in thread.posts:
        time = f" · {post.at:%Y-%m-%d %H:%M}" if post.at else ""
        parts += [f"## {post.author}{time}", post.text]
        parts += [f"{post.likes} Likes"] if post.likes else []
    return "\n\n".join(parts)


@settings(deadline=None)
@given(st.builds(ThreadFile, NAMES, st.lists(thread_posts(), min_size=1, max_size=6).map(tuple)))
def test_what_is_written_by_hand_is_read_back_as_it_was_meant(thread: ThreadFile) -> None:
    assert parse_thread(written(thread)) == thread


@settings(deadline=None)
@given(st.text(st.sampled_from("#` \n~a1:.Likes·-2026\x00\ud800"), max_size=200))
def test_any_text_is_a_thread_or_one_sentence(text: str) -> None:
    problem = ""
    posts: tuple[ThreadPost, ...] = ()
    try:
        posts = parse_thread(text).posts
    except InvalidInputError as caught:
        problem = str(caught)

    assert bool(posts) != bool(problem)
    assert "\n" not in problem
    assert all(post.text.strip() and post.author for post in posts)
