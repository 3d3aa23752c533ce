"""How events change the reactions to posts, whatever the order in which they are learned.

Pure: given the reactions that are known, what they are afterwards. Never counts anything.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.events import ReactionAdded, ReactionRemoved, ReactionsCleared, ReactionsRead
from bot.domain.ids import CommunityId, MemberId, PostId
from bot.domain.likes import ANY_EMOJI, EVERYBODY, Emoji, Reaction

Key = tuple[PostId, MemberId, Emoji]


class ReactionBook:
    """The known reactions of one community that a batch of events is about.

    Every word on a reaction has a number; a word with a lower number than the last changes nothing.
    """

    def __init__(self, community: CommunityId, known: Iterable[Reaction]) -> None:
        self._community = community
        self._by_pair: dict[tuple[PostId, MemberId], dict[Emoji, Reaction]] = {}
        self._givers: dict[PostId, set[MemberId]] = {}
        self.changed: dict[Key, Reaction] = {}
        for reaction in known:
            self._keep(reaction)

    def of_pair(self, post: PostId, member: MemberId) -> list[Reaction]:
        """Return one member's reactions to one post."""
        return list(self._by_pair.get((post, member), {}).values())

    def givers(self, post: PostId) -> set[MemberId]:
        """Return who has or had a reaction to a post."""
        return self._givers.get(post, set()) - {EVERYBODY}

    def add(self, event: ReactionAdded, order: int) -> None:
        """Let a reaction stand."""
        key = (event.post, event.member, event.emoji)
        self._set(key, event.burst, order, event, stands=True)

    def remove(self, event: ReactionRemoved, order: int) -> None:
        """Withdraw a reaction; one that is not known leaves the withdrawal as its trace."""
        key = (event.post, event.member, event.emoji)
        self._set(key, event.burst, order, event, stands=False)

    def clear(self, event: ReactionsCleared, order: int) -> None:
        """Withdraw everybody's reactions that are older."""
        for reaction in self._of_post(event.post):
            if event.emoji in (ANY_EMOJI, reaction.emoji):
                for burst in (False, True):
                    if _order(reaction, burst):
                        self._set(_key(reaction), burst, order, event, stands=False)
        self._change(
            Reaction(
                community=self._community,
                post=event.post,
                member=EVERYBODY,
                emoji=event.emoji,
                normal_order=order,
                burst_order=order,
                at=event.at,
            )
        )

    def read(self, event: ReactionsRead, order: int) -> None:
        """Make the reactions those of the platform, but for what is newer than the reading."""
        for (emoji, burst), givers in event.forms.items():
            for member, by_person in givers.items():
                self._stand_as_read(event, order, (event.post, member, emoji), burst, by_person)
        unread = set(event.unread)
        for reaction in self._of_post(event.post):
            for burst in (False, True):
                stands = reaction.burst if burst else reaction.normal
                form = (reaction.emoji, burst)
                there = form in unread or reaction.member in event.forms.get(form, ())
                if stands and not there:
                    self._set(_key(reaction), burst, order, event, stands=False)

    def _stand_as_read(
        self, event: ReactionsRead, order: int, key: Key, burst: bool, by_person: bool
    ) -> None:
        self._set(key, burst, order, event, stands=True)
        known = self._get(key)
        if known is not None and known.by_person != by_person:
            self._change(replace(known, by_person=by_person))

    def _of_post(self, post: PostId) -> list[Reaction]:
        return [each for giver in self.givers(post) for each in self.of_pair(post, giver)]

    def _get(self, key: Key) -> Reaction | None:
        return self._by_pair.get(key[:2], {}).get(key[2])

    def _set(
        self,
        key: Key,
        burst: bool,
        order: int,
        event: ReactionAdded | ReactionRemoved | ReactionsCleared | ReactionsRead,
        *,
        stands: bool,
    ) -> None:
        post, member, emoji = key
        known = self._get(key)
        if order <= self._last_word(known, post, emoji, burst):
            return
        if known is None:
            by_person = not isinstance(event, ReactionAdded) or event.by_person
            first = Reaction(
                community=self._community,
                post=post,
                member=member,
                emoji=emoji,
                normal=stands and not burst,
                burst=stands and burst,
                normal_order=0 if burst else order,
                burst_order=order if burst else 0,
                at=event.at,
                by_person=by_person,
            )
            self._change(first)
            return
        at = event.at if stands and not known.stands else known.at
        by_person = event.by_person if isinstance(event, ReactionAdded) else known.by_person
        if burst:
            new = replace(known, burst=stands, burst_order=order, at=at, by_person=by_person)
        else:
            new = replace(known, normal=stands, normal_order=order, at=at, by_person=by_person)
        self._change(new)

    def _last_word(self, known: Reaction | None, post: PostId, emoji: Emoji, burst: bool) -> int:
        last = _order(known, burst) if known else 0
        for what, cleared in self._by_pair.get((post, EVERYBODY), {}).items():
            if what in (ANY_EMOJI, emoji):
                last = max(last, _order(cleared, burst))
        return last

    def _change(self, reaction: Reaction) -> None:
        self._keep(reaction)
        self.changed[_key(reaction)] = reaction

    def _keep(self, reaction: Reaction) -> None:
        pair = (reaction.post, reaction.member)
        self._by_pair.setdefault(pair, {})[reaction.emoji] = reaction
        self._givers.setdefault(reaction.post, set()).add(reaction.member)


def _key(reaction: Reaction) -> Key:
    return reaction.post, reaction.member, reaction.emoji


def _order(reaction: Reaction, burst: bool) -> int:
    return reaction.burst_order if burst else reaction.normal_order
