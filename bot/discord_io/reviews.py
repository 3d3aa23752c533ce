"""Cards for moderators as Discord shows them, and what posts them and tags threads.

Never shows the text or the author of a post: a card links to the post. The markers are the review
ids in the buttons' custom ids, as with notes (pitfalls 1.18).
"""

import logging
from datetime import datetime

import discord

from bot.discord_io.cards import NEUTRAL, STANCE_WORDS, VERDICTS
from bot.discord_io.finding import custom_ids, find_own
from bot.discord_io.publisher import translated
from bot.discord_io.words import message_link, plain, shorten
from bot.domain.factchecks import FactCheck
from bot.domain.ids import PlaceId, PostId
from bot.domain.policy import say_reason
from bot.domain.reviews import Review, ReviewId, ReviewKind, ReviewState
from bot.domain.wording import N_, _, quoted

logger = logging.getLogger(__name__)

CUSTOM_ID = "fc1:{verb}:{review}"
CLAIM_SHOWN = 300
MOST_TAGS = 5
"""Discord puts at most five tags on a thread."""

TITLE: dict[ReviewKind, str] = {
    ReviewKind.SUGGESTION: N_("Does this post make this claim?"),
    ReviewKind.APPEAL: N_("The post's author asks for a review of this note"),
    ReviewKind.UNHELPFUL: N_("Members found a note not helpful: it was taken back"),
    ReviewKind.BREAKER: N_("Automatic notes are paused here"),
}
BUTTONS: dict[ReviewKind, tuple[tuple[str, str], ...]] = {
    ReviewKind.SUGGESTION: (
        ("rv-attach", N_("Attach")),
        ("rv-wrong", N_("Not this claim")),
        ("rv-threshold", N_("Edit threshold")),
        ("rv-open", N_("Open fact-check")),
    ),
    ReviewKind.APPEAL: (
        ("rv-keep", N_("Keep the note")),
        ("rv-wrong", N_("Not this claim")),
        ("rv-open", N_("Open fact-check")),
    ),
    ReviewKind.UNHELPFUL: (("rv-open", N_("Open fact-check")),),
    ReviewKind.BREAKER: (("rv-resume", N_("Resume")), ("rv-open", N_("Open fact-check"))),
}
DECISION: dict[ReviewState, str] = {
    ReviewState.ATTACHED: N_("Attached"),
    ReviewState.WRONG: N_("Not this claim"),
    ReviewState.KEPT: N_("Kept"),
    ReviewState.RESUMED: N_("Resumed"),
    ReviewState.OUTDATED: N_(
        "The post or its note is gone, or its author wants no notes: nothing left to decide"
    ),
}
PAUSED_BECAUSE = N_(
    "Too many of the newest notes in <#{place}> were found wrong. Claims are still "
    "suggested; nothing is attached by itself until somebody resumes. The last of those "
    "notes:"
)


def review_embed(review: Review, fact_check: FactCheck) -> discord.Embed:
    """Return the card's text: the question, what it is about, and how it was decided."""
    embed = discord.Embed(colour=NEUTRAL, title=_(TITLE[review.kind]))
    link = message_link(review.community, review.channel, review.post)
    lines = [_("[The post]({link}) in <#{channel}>").format(link=link, channel=review.channel)]
    if review.kind is ReviewKind.BREAKER:
        lines.insert(0, _(PAUSED_BECAUSE).format(place=review.place))
    embed.description = "\n".join(lines)
    verdict = f" — {_(VERDICTS[fact_check.verdict])}" if fact_check.verdict else ""
    claim = f"{quoted(shorten(plain(fact_check.claim), CLAIM_SHOWN))}{verdict}"
    embed.add_field(name=_("The claim"), value=claim, inline=False)
    embed.add_field(
        name=_("The match"),
        value=_(
            "{probability:.0%} (the bar for attaching is {threshold:.0%}) · the post {stance}"
        ).format(
            probability=review.probability,
            threshold=review.threshold,
            stance=_(STANCE_WORDS[review.stance]),
        ),
        inline=False,
    )
    if review.kind is ReviewKind.SUGGESTION:
        embed.add_field(name=_("Why you are asked"), value=say_reason(review.reason), inline=False)
    if review.state is not ReviewState.OPEN:
        embed.add_field(name=_("Decided"), value=_decision(review), inline=False)
    return embed.set_footer(
        text=_("{slug} · revision {revision}").format(
            slug=review.slug, revision=fact_check.revision
        )
    )


def review_view(review: Review) -> discord.ui.View:
    """Return the card's buttons; a decided card keeps only the one that opens the fact-check.

    The view is stopped at once, as a note's is: `cogs.reviews` answers by the custom ids.
    """
    is_open = review.state is ReviewState.OPEN
    view = discord.ui.View(timeout=None)
    for verb, label in BUTTONS[review.kind]:
        if is_open or verb == "rv-open":
            custom_id = CUSTOM_ID.format(verb=verb, review=review.id)
            view.add_item(discord.ui.Button(label=_(label), custom_id=custom_id))
    view.stop()
    return view


def _decision(review: Review) -> str:
    what = _(DECISION[review.state])
    who = _(" by <@{decided_by}>").format(decided_by=review.decided_by) if review.decided_by else ""
    when = f", <t:{int(review.decided_at.timestamp())}:R>" if review.decided_at else ""
    return f"{what}{who}{when}"


class DiscordReviewPublisher:
    """Implements the `ReviewPublisher` port over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post_card(self, review: Review, fact_check: FactCheck, *, nonce: str) -> PostId:
        """Post a card without a ping and return the message's id."""
        channel = self._client.get_partial_messageable(review.review_place)
        async with translated():
            message = await channel.send(
                embed=review_embed(review, fact_check),
                view=review_view(review),
                nonce=nonce,
                silent=True,
            )
        return PostId(message.id)

    async def update_card(self, review: Review, fact_check: FactCheck) -> None:
        """Show the card as the review is now."""
        if review.message is None:
            return
        channel = self._client.get_partial_messageable(review.review_place)
        message = channel.get_partial_message(review.message)
        async with translated():
            await message.edit(embed=review_embed(review, fact_check), view=review_view(review))

    async def find_card(self, review: Review, *, since: datetime) -> PostId | None:
        """Look in the review place's history for the card."""
        async with translated():
            return await find_own(
                self._client,
                review.review_place,
                since=since,
                is_it=lambda message: review.id in _markers(message),
            )

    async def tag_thread(self, thread: PlaceId, tag: str) -> bool:
        """Put a forum's tag on a thread; a missing permission is no failure."""
        found = self._client.get_channel(thread)
        if not isinstance(found, discord.Thread) or not isinstance(
            found.parent, discord.ForumChannel
        ):
            return False
        wanted = [t for t in found.parent.available_tags if t.name.casefold() == tag.casefold()]
        may = found.permissions_for(found.guild.me).manage_threads
        full = len(found.applied_tags) >= MOST_TAGS
        if not wanted or not may or full or wanted[0] in found.applied_tags:
            logger.info("a thread was not tagged", extra={"place": thread, "permission": may})
            return False
        async with translated():
            await found.add_tags(wanted[0], reason=_("A note was attached"))
        return True


def _markers(message: discord.Message) -> set[ReviewId]:
    return {
        ReviewId(custom_id.rsplit(":", 1)[-1])
        for custom_id in custom_ids(message)
        if custom_id.startswith("fc1:rv-")
    }
