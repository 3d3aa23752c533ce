"""Measure how fast the bot records events, against discord.py with empty handlers, in one run.

    python bench/ingest.py                      13,000 messages and 6,300 reactions, 3 runs each
    python bench/ingest.py --runs 5
    python bench/ingest.py --watched            every post is judged as well, not only recorded
    python bench/ingest.py --freeze             discord.py's side calls gc.freeze as the bot does

A sandbox in this process makes all events first and then sends them as fast as the other side
takes them; each side is a process of its own, with the same intents. The time ends when the last
event was handled, which for the bot means: recorded in SQLite, with its tallies.
"""

import argparse
import asyncio
import gc
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

MESSAGES, REACTIONS = 13_000, 6_300
EMOJI = ("👍", "❤️", "🔥", "🤖")
CHAT = (
    "morning all",
    "who is up for drawing tonight?",
    "that palette is gorgeous, how did you mix the green",
    "the bus was late again and I missed half of the workshop",
    "has anyone tried the new brush pack? the charcoal one feels great on my tablet",
    "reminder: portfolio review on Sunday, bring at most five pieces each",
)


async def plain(token: str, expected: int, *, freeze: bool) -> None:
    """Run discord.py with empty handlers until all events were handled."""
    import discord

    from bot.client import needed_intents

    class Plain(discord.AutoShardedClient):
        handled = 0
        done = asyncio.Event()

        def _count(self) -> None:
            self.handled += 1
            if self.handled == expected:
                self.done.set()

        async def on_message(self, _message: discord.Message) -> None:
            self._count()

        async def on_raw_reaction_add(self, _: discord.RawReactionActionEvent) -> None:
            self._count()

    intents = needed_intents(message_content=True)
    client = Plain(intents=intents, shard_count=1, max_messages=None, guild_ready_timeout=0.1)
    async with client:
        running = asyncio.create_task(client.start(token))
        await client.wait_until_ready()
        if freeze:
            gc.freeze()
        spent = time.process_time()
        say("ready")
        await client.done.wait()
        say(f"done {time.process_time() - spent}")
        await client.close()
        await running


async def footnote(folder: Path, expected: int, *, watched: bool) -> None:
    """Run the bot until all events were recorded."""
    from bot.app import opened, supervise
    from bot.domain.ids import CommunityId, PlaceId
    from bot.domain.policy import Mode
    from bot.settings import Settings

    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'bench.db'}")
    stop = asyncio.Event()
    async with opened(settings, guild_ready_timeout=0.1) as open_bot:
        services = open_bot.bot.services
        running = asyncio.create_task(supervise(open_bot, settings, stop=stop))
        await open_bot.bot.wait_until_ready()
        guild = open_bot.bot.guilds[0]
        if watched:
            for channel in guild.text_channels:
                place = PlaceId(channel.id)
                await services.places.watch(CommunityId(guild.id), place, Mode.AUTO, by=None)
            await services.library.read(CommunityId(guild.id), "build the reader now")
        await asyncio.sleep(1)
        await services.catching_up.idle()
        await services.ingest.drained()
        gc.freeze()  # as `run_live` does
        before, spent = services.ingest.taken, time.process_time()
        say("ready")
        while services.ingest.taken < before + expected:  # noqa: ASYNC110 - a listener would cost
            await asyncio.sleep(0.02)
        await services.ingest.drained()
        say(f"done {time.process_time() - spent}")
        stop.set()
        await running


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def measure(side: str, messages: int, reactions: int, *, freeze: bool) -> tuple[float, float]:
    """Return the seconds from the first event sent to the last handled, and the CPU's."""
    from bot.sandbox import Sandbox

    chance = random.Random(1)  # noqa: S311 - the same events each time
    async with Sandbox.demo() as sandbox:
        with tempfile.TemporaryDirectory() as folder:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                __file__,
                "--side",
                side,
                "--folder",
                folder,
                "--messages",
                str(messages),
                "--reactions",
                str(reactions),
                *(["--freeze"] if freeze else []),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=os.environ
                | {
                    "DISCORD_TOKEN": sandbox.token,
                    "DISCORD_API_BASE": sandbox.api_base,
                    "DISCORD_GATEWAY_URL": sandbox.gateway_url,
                },
            )
            assert child.stdout is not None
            assert (await child.stdout.readline()).strip() == b"ready"
            happen(sandbox, chance, messages, reactions)
            start = time.perf_counter()
            word, spent = (await child.stdout.readline()).split()
            took = time.perf_counter() - start
            assert word == b"done"
            await child.wait()
    return took, float(spent)


def happen(sandbox: object, chance: random.Random, messages: int, reactions: int) -> None:
    """Let everything happen at once: what the sandbox tells waits in its queue until we await."""
    people = [sandbox.member(name) for name in ("Mika", "Sol", "Aiko", "Priya", "Emeka")]
    left = {"message": messages, "reaction": reactions}
    posts: list[object] = []
    while any(left.values()):
        wants_message = chance.random() < messages / (messages + reactions)
        if left["message"] and (wants_message or not posts or not left["reaction"]):
            posts.append(chance.choice(people).say("general", chance.choice(CHAT)))
            left["message"] -= 1
        elif left["reaction"]:
            post, emoji = posts[-1 - chance.randrange(min(200, len(posts)))], chance.choice(EMOJI)
            if react(chance.choice(people), post, emoji):
                left["reaction"] -= 1


def react(person: object, post: object, emoji: str) -> bool:
    """React unless the person did so before, which tells nobody anything."""
    for each in post.reactions:
        if each.emoji.name.strip("\ufe0f") == emoji.strip("\ufe0f") and person.id in each.normal:
            return False
    person.react(post, emoji)
    return True


async def compare(arguments: argparse.Namespace) -> None:
    messages, reactions = arguments.messages, arguments.reactions
    print(
        f"machine      {platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    ours = "watched" if arguments.watched else "recorded"
    took: dict[str, list[float]] = {"plain": [], ours: []}
    cpu: dict[str, list[float]] = {"plain": [], ours: []}
    for _ in range(arguments.runs):
        for side, times in took.items():
            seconds, spent = await measure(side, messages, reactions, freeze=arguments.freeze)
            times.append(seconds)
            cpu[side].append(spent)
    total = messages + reactions
    print(f"python       {platform.python_version()}, discord.py {version('discord.py')}")
    print(f"events       {messages} messages, {reactions} reactions; {arguments.runs} runs each")
    for side, times in took.items():
        rates = ", ".join(f"{total / each:,.0f}" for each in times)
        median = statistics.median(times)
        spent = statistics.median(cpu[side])
        print(f"{side:12} {total / median:,.0f} events/s (median of {rates}), {spent:.2f} s of CPU")
    pairs = [a / b for a, b in zip(took["plain"], took[ours], strict=True)]
    ratio, cpu_ratio = statistics.median(pairs), sum(cpu["plain"]) / sum(cpu[ours])
    print(f"ratio        {ratio:.0%} of discord.py with empty handlers (median of", end=" ")
    print(", ".join(f"{each:.0%}" for each in pairs), end="); ")
    print(f"{min(took['plain']) / min(took[ours]):.0%} the fastest against the fastest, ", end="")
    print(f"{cpu_ratio:.0%} by the CPU's time")
    print(f"at the end   load {os.getloadavg()[0]:.1f} · {datetime.now(UTC):%Y-%m-%d %H:%M}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--reactions", type=int, default=REACTIONS)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--watched", action="store_true", help="judge every post as well")
    parser.add_argument("--freeze", action="store_true", help="gc.freeze on discord.py's side too")
    parser.add_argument("--side", choices=("plain", "recorded", "watched"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    expected = arguments.messages + arguments.reactions
    if arguments.side is None:
        asyncio.run(compare(arguments))
    elif arguments.side == "plain":
        from bot.app import point_discord_at
        from bot.settings import Settings

        point_discord_at(Settings())
        asyncio.run(plain(os.environ["DISCORD_TOKEN"], expected, freeze=arguments.freeze))
    else:
        watched = arguments.side == "watched"
        asyncio.run(footnote(arguments.folder, expected, watched=watched))


if __name__ == "__main__":
    main()
