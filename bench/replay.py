"""Measure `footnote replay` on a generated export in DiscordChatExporter's format.

    python bench/replay.py                        100,000 messages, rate and peak memory
    python bench/replay.py --messages 10000
    python bench/replay.py --reading-only         the reading alone, without judging
    python bench/replay.py --keep export.json     write the export there and keep it

The words are our own; the same seed gives the same export.
"""

import argparse
import contextlib
import io
import json
import platform
import random
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

CHAT = (
    "morning all",
    "who is up for drawing tonight?",
    "lol same",
    "that palette is gorgeous, how did you mix the green",
    "brb, dinner",
    "the bus was late again and I missed half of the workshop",
    "has anyone tried the new brush pack? the charcoal one feels great on my tablet",
    "can we move the meetup to Thursday, the library closes early on Wednesdays",
    "I finally finished the commission with the two foxes, pictures tomorrow",
    "https://example.org/gallery/4711 look at the third one",
    "😂😂😂",
    "thanks!",
    "does the printer at the studio take A2 paper or only A3?",
    "reminder: portfolio review on Sunday, bring at most five pieces each",
)
CLAIMS = (
    "Asia embraces AI art instead of resisting it, only the West complains.",
    "over in Asia nobody fights AI art",
    "China, Japan and Korea just embraced AI art, we should too",
    "is it true that Asian artists see AI as a tool and not as a threat?",
    "every AI model is a collage machine that pastes together stolen pictures",
    "AI detectors can always tell whether a picture was made by AI",
    "you cannot copyright anything that was made with AI, full stop",
    "one AI picture uses as much water as a whole bottle",
)
MEMBERS = 400
FIRST = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


def snowflake(at: datetime, number: int) -> str:
    milliseconds = (at - DISCORD_EPOCH) // timedelta(milliseconds=1)
    return str((milliseconds << 22) + number % 4096)


def member(number: int, *, roles: bool = True) -> dict[str, object]:
    user: dict[str, object] = {
        "id": str(300_000_000_000_000_000 + number),
        "name": f"member{number}",
        "discriminator": "0000",
        "nickname": f"Member {number}",
        "color": None,
        "isBot": number == 0,
        "avatarUrl": f"avatars/{number % 6}.png",
    }
    if roles:
        user["roles"] = [
            {"id": "900000000000000001", "name": "Regular", "color": "#3498DB", "position": 1}
        ]
    return user


def message(number: int, at: datetime, dice: random.Random) -> dict[str, object]:
    text = dice.choice(CLAIMS) if dice.random() < 0.02 else dice.choice(CHAT)
    reactions = []
    if dice.random() < 0.1:
        givers = dice.sample(range(1, MEMBERS), dice.randint(1, 5))
        emoji = {"id": "", "name": "👍", "code": "thumbsup", "isAnimated": False, "imageUrl": "x"}
        users = [member(giver, roles=False) for giver in givers]
        reactions.append({"emoji": emoji, "count": len(givers), "users": users})
    joined = dice.random() < 0.01
    return {
        "id": snowflake(at, number),
        "type": "GuildMemberJoin" if joined else "Default",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": "Joined the server." if joined else f"{text} ({number})",
        "author": member(dice.randrange(MEMBERS)),
        "attachments": [],
        "components": [],
        "embeds": [],
        "stickers": [],
        "reactions": reactions,
        "mentions": [],
        "inlineEmojis": [],
    }


def write_export(out: TextIO, messages: int, seed: int = 1) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same seed has to give the same export
    head = {
        "guild": {"id": "200000000000000001", "name": "Sketch club", "iconUrl": "icon.png"},
        "channel": {
            "id": "200000000000000002",
            "type": "GuildTextChat",
            "categoryId": "200000000000000003",
            "category": "Talk",
            "name": "general",
            "topic": None,
        },
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2026-11-22T12:00:00+00:00",
    }
    out.write(json.dumps(head, indent=2)[:-2] + ',\n  "messages": [')
    at = FIRST
    for number in range(messages):
        at += timedelta(milliseconds=dice.randint(500, 180_000))
        out.write("," if number else "")
        out.write("\n" + json.dumps(message(number, at, dice), indent=2, ensure_ascii=False))
    out.write(f'\n  ],\n  "messageCount": {messages}\n}}\n')


def machine() -> str:
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((li.split(":")[1].strip() for li in lines if "model name" in li), model)
    return f"{model}, Python {platform.python_version()}, {platform.system()}"


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_only(path: Path) -> int:
    from bot.services.exports import open_export

    source = open_export(path, begin=FIRST)
    return sum(1 for _ in source.posts())


def judge(path: Path) -> int:
    from bot.replay import replay_command
    from bot.services.libraries import starter_examples, starter_library

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        replay_command(path, starter_library(), starter_examples(), as_json=True)
    summary = json.loads(out.getvalue().splitlines()[-2])
    print(
        f"{summary['attached']:,} attached, {summary['suggested']:,} suggested, "
        f"{summary['withheld']:,} withheld, {summary['likes']:,} likes"
    )
    return int(summary["posts"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--reading-only", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "export.json"
        with path.open("w", encoding="utf-8") as out:
            write_export(out, options.messages)
        size = path.stat().st_size / 1e6
        before = peak_megabytes()
        began = time.perf_counter()
        posts = (read_only if options.reading_only else judge)(path)
        seconds = time.perf_counter() - began
    print(
        f"{options.messages:,} messages ({size:,.0f} MB), {posts:,} posts: {seconds:,.1f} s, "
        f"{posts / seconds:,.0f} posts/s, peak memory {peak_megabytes():,.0f} MB "
        f"({before:,.0f} MB before)"
    )
    print(machine())


if __name__ == "__main__":
    main()
