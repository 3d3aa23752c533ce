"""The lines of digests: what is said of a claim, a thread, a correction, and whom to thank.

Knows words, plurals and markup; never a page's limits, and counts nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.discord_io.words import link, plain, shorten, with_ages
from bot.domain.digests import BusyThread, ClaimReport, Digest, ModeratorDigest
from bot.domain.ids import MemberId, PlaceId
from bot.domain.rules import EVERYWHERE
from bot.domain.wording import N_, _, ngettext, quoted
from bot.services.dates import say_number
from bot.services.ports.digests import Line

LINE_LIMIT = 1200
URL_LIMIT = 300
BARS = "▁▂▃▄▅▆▇█"
CHANGES: Mapping[str, str] = {
    "edited": N_("changed"),
    "paused": N_("paused"),
    "retired": N_("retired"),
    "resumed": N_("in use again"),
    "expired": N_("past its review"),
}


def sparkline(counts: Sequence[int]) -> str:
    """Draw counts as bars.

    >>> sparkline([0, 2, 4])
    '▁▅█'
    """
    highest = max(counts, default=0) or 1
    return "".join(BARS[round(count / highest * (len(BARS) - 1) + 0.01)] for count in counts)


def claim_lines(digest: Digest) -> Iterator[Line]:
    """Yield a line for each claim that came up, and how many more there were."""
    for claim in digest.claims:
        yield Line(_claim(claim))
    if digest.more_claims:
        more = ngettext("and {count} other claim", "and {count} other claims", digest.more_claims)
        yield Line(f"-# {more.format(count=say_number(digest.more_claims))}")


def _claim(claim: ClaimReport) -> str:
    verdict = f" — {plain(_(claim.verdict))}" if claim.verdict else ""
    before = (
        f" ({_('{count} before').format(count=claim.trend[-2])})" if len(claim.trend) > 1 else ""
    )
    trend = f" {sparkline(claim.trend)}" if len(claim.trend) > 2 else ""
    places = ", ".join(f"<#{place}>" for place in claim.places)
    where = _(" in {places}").format(places=places) if places else ""
    facts = [f"{_times(claim.raised)}{before}{trend}{where}"]
    withheld = (
        ngettext(", {count} withheld", ", {count} withheld", claim.withheld).format(
            count=claim.withheld
        )
        if claim.withheld
        else ""
    )
    notes = (
        ngettext("{count} note shown", "{count} notes shown", claim.notes).format(
            count=say_number(claim.notes)
        )
        if claim.notes
        else _("no note shown")
    )
    facts.append(f"{notes}{withheld}")
    if claim.rated:
        share = f"{claim.helpful / claim.rated:.0%}".replace("%", " %")
        facts.append(helpful_share(share, claim.rated))
    text = f"**{quoted(short(claim.claim.rstrip('.'), 250))}**{verdict}\n-# {' · '.join(facts)}"
    sources = [
        link(shorten(each.label, 60), each.url)
        for each in claim.sources
        if len(each.url) <= URL_LIMIT
    ]
    for count in range(len(sources), 0, -1):
        whole = f"{text}\n-# {_('Sources: {shown}').format(shown=' · '.join(sources[:count]))}"
        if len(whole) <= LINE_LIMIT:
            return whole
    return text


def thanks(digest: Digest) -> Iterator[Line]:
    """Yield the line that thanks, where there is somebody to thank."""
    thanks = []
    if digest.liked_members:
        thanks.append(
            _("{members} for what others liked").format(members=_members(digest.liked_members))
        )
    if digest.rating_members:
        thanks.append(
            _("{members} for rating notes").format(members=_members(digest.rating_members))
        )
    if thanks:
        yield Line(" · ".join(thanks))


def own_work(digest: ModeratorDigest) -> Iterator[Line]:
    """Yield what waits for moderators, and what became of the bot's own work."""
    yield from _waiting(digest)
    if digest.failed:
        failed = ngettext(
            "• {count} note could not be posted; `/status` shows more",
            "• {count} notes could not be posted; `/status` shows more",
            digest.failed,
        )
        yield Line(failed.format(count=say_number(digest.failed)))
    if digest.stale:
        stale = ngettext(
            "• {count} note shows an older text, because Discord refused its edit; `/status` says "
            "which",
            "• {count} notes show an older text, because Discord refused their edits; `/status` "
            "says which",
            digest.stale,
        )
        yield Line(stale.format(count=say_number(digest.stale)))
    if digest.backlog:
        backlog = ngettext(
            "• {count} message waiting to be sent",
            "• {count} messages waiting to be sent",
            digest.backlog,
        )
        yield Line(backlog.format(count=say_number(digest.backlog)))


def _waiting(digest: ModeratorDigest) -> Iterator[Line]:
    asked = ngettext(
        "• {count} question waiting for an answer",
        "• {count} questions waiting for an answer",
        digest.reviews.count,
    )
    flagged = ngettext(
        "• {count} flagged post waiting for a decision: `/flags list`",
        "• {count} flagged posts waiting for a decision: `/flags list`",
        digest.flags.count,
    )
    appeals = ngettext(
        "• {count} appeal waiting for a decision: `/appeals list`",
        "• {count} appeals waiting for a decision: `/appeals list`",
        digest.appeals.count,
    )
    queues = ((asked, digest.reviews), (flagged, digest.flags), (appeals, digest.appeals))
    yield from map(Line, with_ages(queues))


def where_paused(place: PlaceId) -> str:
    """Say where notes are paused."""
    return _("in <#{place}>").format(place=place) if place != EVERYWHERE else _("everywhere")


def _members(members: Sequence[MemberId]) -> str:
    named = [f"<@{member}>" for member in members]
    return _(" and ").join(filter(None, (", ".join(named[:-1]), named[-1])))


def short(text: str, limit: int) -> str:
    """Return text of others, safe and of bounded length."""
    return shorten(plain(text), limit)


def _times(count: int) -> str:
    if count == 2:
        return _("raised twice")
    return ngettext("raised once", "raised {count} times", count).format(count=count)


def updated(notes: int) -> str:
    """Say how many notes were brought up to date."""
    return ngettext("{count} note updated", "{count} notes updated", notes).format(
        count=say_number(notes)
    )


def helpful_share(share: str, rated: int) -> str:
    """Say what share, or how many, of some ratings found a note helpful."""
    return ngettext(
        "{share} of {count} rating helpful", "{share} of {count} ratings helpful", rated
    ).format(share=share, count=say_number(rated))


def busy_thread(thread: BusyThread) -> str:
    """Say how much was written in a thread, and by how many."""
    posts = ngettext("{count} post", "{count} posts", thread.posts)
    members = ngettext("{count} member", "{count} members", thread.members)
    return _("<#{channel}> · {posts} by {members}").format(
        channel=thread.channel,
        posts=posts.format(count=say_number(thread.posts)),
        members=members.format(count=say_number(thread.members)),
    )
