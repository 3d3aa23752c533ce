"""A month of a community over the real wire, with a bot that is killed again and again.

    python -m tests.e2e.month.month            40 members, 4,000 posts, 20,000 reactions, 30 kills
    python -m tests.e2e.month.month --seed 2 --posts 400 --reactions 2000 --kills 6 --faults 6

The bot is the real one in a process of its own; members, kills and faults follow from the seed.
Time jumps from one quarter of a day to the next, for the sandbox and the bot alike; in between it
runs as on every machine. Before each jump the bot may come up and post the digest that is due, as
it could in the hours that are left out. Half of the kills come while a digest is built and posted.
At the end the likes of every post have to be those on the platform, and every due digest has to
stand once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.digest_runs import DigestPlan
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.periods import Cadence, Mark, Schedule, due_periods
from bot.sandbox import Sandbox
from bot.sandbox.snowflakes import SandboxClock
from db.engine import open_database
from tests.e2e.bot.live import add_channel, live_settings
from tests.e2e.bot.processes import environment
from tests.e2e.month.clock import SharedClock
from tests.e2e.month.community import Community, Done
from tests.e2e.month.faults import Trouble
from tests.e2e.month.truth import Records, differences, true_likes, wrong_digests

START = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
"""The clocks of Berlin are set back in this month."""
SCHEDULE = Schedule(Cadence.DAILY, hour=9, zone="Europe/Berlin")
NEWS = "news"
BEATS_A_DAY = 4
PATIENCE_S = 90.0
LOOK_S = 0.05
CHILD = Path(__file__).with_name("bot_process.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much happens."""

    seed: int = 1
    members: int = 40
    posts: int = 4_000
    reactions: int = 20_000
    kills: int = 30
    faults: int = 30
    days: int = 30
    beat_s: float = 2.0
    """How long a quarter of a day takes here."""


@dataclass(slots=True)
class Result:
    """What came of it; a month was right when there is no problem."""

    done: Done
    kills: int = 0
    starts: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    likes: int = 0
    digests: int = 0
    problems: list[str] = field(default_factory=list)
    checked: int = 0
    """How often likes were compared on the way."""


class Bot:
    """The bot's process: started, killed, started again."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.settings = live_settings(sandbox, folder)

    @property
    def runs(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; its log goes into a file."""
        self.starts += 1
        more = {"MONTH_CLOCK": str(self._folder / "clock"), "CHECK_SOURCES": "false"}
        with (self._folder / "bot.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(CHILD)],
                cwd=self._folder, stdout=log, stderr=log,
                env=environment(self.settings, **more),
            )  # fmt: skip

    def kill(self) -> None:
        """End the process with signal 9, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def online(self) -> None:
        """Wait until the bot is connected."""
        await self._sandbox.bot_online(PATIENCE_S)


class Month:
    """One month from its first to its last beat."""

    def __init__(self, plan: Plan, sandbox: Sandbox, clock: SharedClock, folder: Path) -> None:
        self._plan = plan
        self._sandbox = sandbox
        self._clock = clock
        self._chance = random.Random(plan.seed)  # noqa: S311 - the same month each time
        self._community = Community(sandbox, self._chance, plan.members)
        self._trouble = Trouble(sandbox, self._chance)
        self._bot = Bot(sandbox, folder)
        self._records = Records(folder / "footnote.db")
        self._aimed = self._chance.sample(range(plan.days), min(plan.kills // 2, plan.days))
        """Which digests the bot is killed over."""
        self.result = Result(self._community.done)

    async def run(self) -> Result:
        """Live through the month, then compare."""
        await self._plan_digests()
        self._bot.start()
        try:
            acts = self._acts()
            for beat, moment in enumerate(self._beats()):
                self._community.beat = beat
                await self._jump(moment)
                size = -(-len(acts) // (self._plan.days * BEATS_A_DAY))
                await self._beat(acts[beat * size : (beat + 1) * size])
                if beat % (BEATS_A_DAY * 6) == BEATS_A_DAY * 6 - 1:
                    await self._compare("on the way")
                    self.result.checked += 1
            await self._end()
        finally:
            self._bot.kill()
        return self.result

    async def _plan_digests(self) -> None:
        channel = self._sandbox.channel(NEWS)
        plan = DigestPlan(
            community=CommunityId(int(self._sandbox.state.guild.id)),
            schedule=SCHEDULE,
            since=START,
            channel=PlaceId(int(channel.id)),
        )
        url = self._bot.settings.database_url
        async with open_database(url) as database, database.writing() as stores:
            await stores.digests.put_plan(plan)

    def _acts(self) -> list[Callable[[], object]]:
        """Return what happens, in order: members' acts, and among them kills and faults."""
        community, plan = self._community, self._plan
        members: list[Callable[[], object]] = [community.post] * (plan.posts - 1)
        members += [community.react] * plan.reactions
        self._chance.shuffle(members)
        mixed = [community.post, *members]
        for act, count in (
            (self._bot.kill, plan.kills - len(self._aimed)),
            (self._trouble.cause, plan.faults),
        ):
            for _ in range(count):
                mixed.insert(self._chance.randrange(1, len(mixed)), act)
        return mixed

    def _beats(self) -> Iterator[datetime]:
        """Return a moment in every quarter of a day."""
        length = timedelta(days=1) / BEATS_A_DAY
        for beat in range(self._plan.days * BEATS_A_DAY):
            yield START + (beat + self._chance.uniform(0.05, 0.95)) * length

    async def _jump(self, moment: datetime) -> None:
        """Move the clock, but not before the bot is there and what is due stands."""
        self._trouble.over()
        if not self._bot.runs:
            self._bot.start()
        await self._bot.online()
        await self._until(self._wrong_digests)
        before = self._due()
        self._clock.forward_to(moment)
        if self._due() > before and before in self._aimed:
            await self._kill(within_s=1.2)

    def _due(self) -> int:
        return len(due_periods(SCHEDULE, Mark(START), self._clock.now()))

    async def _kill(self, *, within_s: float) -> None:
        await asyncio.sleep(self._chance.uniform(0, within_s))
        self._bot.kill()
        self.result.kills += 1

    async def _beat(self, acts: list[Callable[[], object]]) -> None:
        pause = self._plan.beat_s / max(1, len(acts))
        away = 0
        for act in acts:
            if act == self._bot.kill:
                await self._kill(within_s=1.0)
                away = self._chance.randrange(60)
            else:
                act()
                await asyncio.sleep(pause)
            away -= 1
            if away <= 0 and not self._bot.runs:
                self._bot.start()

    async def _until(self, problems: Callable[[], list[str]]) -> list[str]:
        """Wait until there is no problem any more; return those that stay."""
        deadline = time.monotonic() + PATIENCE_S
        found = problems()
        while found and time.monotonic() < deadline:
            if not self._bot.runs:
                return ["the bot has ended by itself", *found]
            await asyncio.sleep(LOOK_S)
            found = problems()
        return found

    def _wrong_digests(self) -> list[str]:
        return wrong_digests(self._sandbox, self._records, NEWS, SCHEDULE, START, self._clock.now())

    def _wrong_likes(self) -> list[str]:
        wrong = differences(true_likes(self._sandbox), self._records.likes())
        return wrong or ["a gap is open"] * self._records.open_gaps()

    async def _compare(self, when: str) -> None:
        self._trouble.over()
        if not self._bot.runs:
            self._bot.start()
        await self._bot.online()
        for problems in (self._wrong_likes, self._wrong_digests):
            found = await self._until(problems)
            self.result.problems += [f"{when}: {each}" for each in found[:20]]

    async def _end(self) -> None:
        self._sandbox.faults.clear()
        await self._jump(START + timedelta(days=self._plan.days))
        await self._compare("at the end")
        self.result.starts = self._bot.starts
        self.result.faults = self._trouble.caused
        self.result.likes = sum(true_likes(self._sandbox).values())
        self.result.digests = len(self._sandbox.bot_messages(NEWS))


async def live_through(plan: Plan, folder: Path) -> Result:
    """Let a month pass in a fresh sandbox, with the bot's files in a folder."""
    clock = SharedClock(folder / "clock", start=START)
    async with Sandbox.demo(clock=SandboxClock(clock.now)) as sandbox:
        add_channel(sandbox, NEWS)
        return await Month(plan, sandbox, clock, folder).run()


def report(plan: Plan, result: Result, seconds: float) -> str:
    """Say in words what came of a month."""
    done = result.done
    due = len(due_periods(SCHEDULE, Mark(START), START + timedelta(days=plan.days)))
    faults = ", ".join(f"{name} {n}" for name, n in sorted(result.faults.items()))
    lines = [
        f"machine   {platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}",
        f"seed {plan.seed}    {plan.members} members, {plan.days} days in {seconds:.0f} s",
        f"members   {done.posts} posts, {done.added} reactions given, {done.withdrawn} taken back, "
        f"{done.moderated} acts of a moderator",
        f"bot       {result.kills} kills, {result.starts} starts; faults: {faults}",
        f"likes     {result.likes} on the platform at the end, compared {result.checked + 1} times",
        f"digests   {due} due, {result.digests} messages",
        *(f"WRONG     {each}" for each in result.problems),
        "wrong"
        if result.problems
        else "right: likes are the platform's, each due digest stands once",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name in ("seed", "members", "posts", "reactions", "kills", "faults", "days"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Plan(), name))
    parser.add_argument("--beat-s", type=float, default=Plan().beat_s)
    parser.add_argument("--folder", type=Path, help="where the bot's files are kept")
    given = vars(parser.parse_args())
    kept: Path | None = given.pop("folder")
    plan = Plan(**given)
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        result = asyncio.run(live_through(plan, folder))
    sys.stdout.write(report(plan, result, time.monotonic() - began) + "\n")
    sys.exit(1 if result.problems else 0)


if __name__ == "__main__":
    main()
