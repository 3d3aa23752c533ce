"""What forty members do in a month, by one seed; the platform's own state is the truth.

Knows people, posts and reactions in the sandbox; never the bot.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.sandbox import Sandbox
from bot.sandbox.people import Person
from bot.sandbox.state import Channel, Message

EMOJI = {"👍": 50, "❤️": 20, "🔥": 15, "⭐": 5, "💯": 5, "🤖": 5}
RECENT = 24
"""Posts of this many beats, six days, get most reactions, and all withdrawals: docs/likes.md."""
WITHDRAWN, BURST, OLDER, MODERATED = 0.25, 0.05, 0.1, 0.004
WORDS = ["paint", "ink", "brush", "canvas", "pixel", "sketch", "paper", "gouache", "frame"]


@dataclass(frozen=True, slots=True)
class Given:
    """A reaction that stands."""

    giver: str
    post: str
    emoji: str
    burst: bool


@dataclass
class Done:
    """How often members did what."""

    posts: int = 0
    added: int = 0
    withdrawn: int = 0
    moderated: int = 0


@dataclass
class Community:
    """Members that act one after the other; the same seed gives the same acts."""

    sandbox: Sandbox
    chance: random.Random
    size: int
    done: Done = field(default_factory=Done)
    members: list[Person] = field(default_factory=list)
    places: list[Channel] = field(default_factory=list)
    posts: list[Message] = field(default_factory=list)
    standing: dict[Given, None] = field(default_factory=dict)
    beat: int = 0
    """Which quarter of a day it is: acts depend on it, and not on how fast a machine is."""

    def __post_init__(self) -> None:
        self._beats: dict[str, int] = {}
        names = [f"Member{n:02}" for n in range(self.size)]
        self.members = [self.sandbox.person(name) for name in names]
        self._by_id = {each.id: each for each in self.members}
        self.moderator = self.sandbox.member("Tomas")
        self.places = [self.sandbox.channel(name) for name in ("general", "ai-art-talk")]

    def post(self) -> None:
        """Say something, one time in a hundred as a new thread of the forum."""
        author, text = self._someone(), " ".join(self.chance.choices(WORDS, k=5))
        self.done.posts += 1
        if self.chance.random() < 0.01:
            thread, message = author.forum_post("debates", text, text)
            self.places.append(thread)
        else:
            message = author.say(self.chance.choice(self.places), text)
        self.posts.append(message)
        self._beats[message.id] = self.beat
        if self.chance.random() < MODERATED:
            self._moderate()

    def react(self) -> None:
        """Give a like or another reaction, or take one back."""
        if self.chance.random() < WITHDRAWN and self._withdraw():
            self.done.withdrawn += 1
            return
        given = self._fresh()
        message = self._message(given.post)
        self._member(given.giver).react(message, given.emoji, burst=given.burst)
        self.standing[given] = None
        self.done.added += 1

    def _fresh(self) -> Given:
        """Draw reactions until one does not stand yet."""
        while True:
            message = self._liked_one()
            given = Given(
                self._someone().id,
                message.id,
                self.chance.choices(list(EMOJI), list(EMOJI.values()))[0],
                self.chance.random() < BURST,
            )
            if given not in self.standing:
                return given

    def _liked_one(self) -> Message:
        if self.chance.random() < OLDER:
            return self.chance.choice(self.posts)
        newest = self.posts[-200:]
        message = newest[-1 - int(len(newest) * self.chance.random() ** 2)]
        return message if self._is_recent(message.id) else self.posts[-1]

    def _withdraw(self) -> bool:
        if not self.standing:
            return False
        latest = list(self.standing)[-2000:]
        given = self.chance.choice(latest)
        if not self._is_recent(given.post):
            return False
        message = self._message(given.post)
        self._member(given.giver).unreact(message, given.emoji, burst=given.burst)
        del self.standing[given]
        return True

    def _is_recent(self, post: str) -> bool:
        return self.beat - self._beats[post] < RECENT

    def _moderate(self) -> None:
        """Clear, delete or archive something that is not the newest."""
        if len(self.posts) < 20:
            return
        act = self.chance.choice(
            (self._delete, self._delete_some, self._clear, self._clear_emoji, self._archive)
        )
        act(self.chance.choice(self.posts[:-5]))
        self.done.moderated += 1

    def _delete(self, message: Message) -> None:
        self.moderator.delete(message)
        self._lose({message.id})

    def _delete_some(self, message: Message) -> None:
        same = [each for each in self.posts[:-5] if each.channel_id == message.channel_id][-3:]
        if len(same) > 1:
            self.moderator.bulk_delete(message.channel_id, same)
            self._lose({each.id for each in same})

    def _clear(self, message: Message) -> None:
        self.moderator.clear_reactions(message)
        self._forget({message.id}, EMOJI)

    def _clear_emoji(self, message: Message) -> None:
        self.moderator.clear_reactions(message, "👍")
        self._forget({message.id}, ("👍",))

    def _archive(self, message: Message) -> None:
        """Close the thread of a post: nobody can react there any more."""
        thread = next((each for each in self.places[2:] if each.id == message.channel_id), None)
        if thread is not None:
            self.moderator.change_channel(thread, archived=True)
            self.places.remove(thread)
            self._lose({each.id for each in self.posts if each.channel_id == thread.id})

    def _lose(self, posts: Collection[str]) -> None:
        """Know these posts no more: nobody can do anything about them."""
        self._forget(posts, EMOJI)
        self.posts = [each for each in self.posts if each.id not in posts]

    def _forget(self, posts: Collection[str], emoji: Collection[str]) -> None:
        gone = [each for each in self.standing if each.post in posts and each.emoji in emoji]
        for each in gone:
            del self.standing[each]

    def _someone(self) -> Person:
        return self.chance.choice(self.members)

    def _member(self, user: str) -> Person:
        return self._by_id[user]

    def _message(self, post: str) -> Message:
        return self.sandbox.state.any_message(post)
