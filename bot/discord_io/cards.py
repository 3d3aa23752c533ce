"""The bot's messages as Discord shows them: the note, its details, and why it is there.

Knows Discord's limits (pitfalls 1.21: title 256, description 4096, footer 2048, 6000 in all);
decides nothing, and never shows who wrote a post.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

import discord

from bot.discord_io.words import link, message_link, pages, plain, shorten
from bot.domain.corrections import ATTACHED, NoteForm, NoteShape
from bot.domain.factchecks import FactCheck, Source, Verdict
from bot.domain.ids import NoteId, PlaceId, PostId
from bot.domain.matches import Match, Stance
from bot.domain.policy import ATTACHING_STANCES, Thresholds
from bot.domain.sources import SourceHealth, SourceState
from bot.services.notes import Checked, Why

NEUTRAL = discord.Colour(0x5B6EAE)
"""One colour whatever the verdict: a note gives context, it does not shout."""
SCALES = "\N{SCALES}"
HOURGLASS = "\N{HOURGLASS}"
PENCIL = "\N{LOWER RIGHT PENCIL}"
CLAIM_SHOWN = 120
REASON_SHOWN = 200
"""Characters of a collapsed note's claim and reason: together one line or two on a phone."""
TITLE_LIMIT = 256
SUMMARY_SHOWN = 600
"""Characters of an over-long summary; the linter keeps published ones to 420."""
SOURCES_SHOWN = 4
PAGE_LIMIT = 3900
CUSTOM_ID = "fc1:{verb}:{note}"

STANCE_WORDS: dict[Stance, str] = {
    Stance.ASSERT: "says so",
    Stance.DENY: "disputes it",
    Stance.ASK: "asks about it",
    Stance.REPORT: "tells what others say",
    Stance.NONE: "mentions it",
}

COLLAPSED_WORDS: dict[NoteShape, str] = {
    NoteShape.PAUSED: "note paused",
    NoteShape.RETIRED: "note retired",
    NoteShape.WITHDRAWN: "note withdrawn",
}


def note_embed(fact_check: FactCheck, form: NoteForm = ATTACHED) -> discord.Embed:
    """Return the note: a title, the summary, the sources, and how fresh it is.

    A form that is collapsed gives one line and the reason instead.
    """
    if form.collapsed:
        return collapsed_embed(fact_check.claim, form)
    head = f"{SCALES} Context · “{{claim}}”{_verdict(fact_check.verdict)}"
    room = TITLE_LIMIT - len(head.format(claim=""))
    claim = shorten(plain(fact_check.claim).rstrip("."), room)
    sources = _source_line(fact_check.sources)
    embed = discord.Embed(
        colour=NEUTRAL,
        title=head.format(claim=claim),
        description="\n".join(
            filter(None, (_summary(fact_check), sources, *_history(fact_check, form)))
        ),
    )
    return embed.set_footer(text=freshness(fact_check.checked_on))


def collapsed_embed(claim: str, form: NoteForm) -> discord.Embed:
    """Return what is left of a note that is paused, retired or withdrawn: one line, with why."""
    said = COLLAPSED_WORDS[form.shape]
    since = f" {discord.utils.format_dt(form.changed_at, 'R')}" if form.changed_at else ""
    reason = f": {shorten(plain(form.reason).rstrip('.'), REASON_SHOWN)}." if form.reason else "."
    about = shorten(plain(claim).rstrip("."), CLAIM_SHOWN)
    return discord.Embed(colour=NEUTRAL, description=f"{SCALES} “{about}” · {said}{since}{reason}")


def collapsed_view(note: NoteId) -> discord.ui.View:
    """Return the one button of a collapsed note; it also keeps the message recognisable."""
    view = discord.ui.View(timeout=None)
    custom_id = CUSTOM_ID.format(verb="details", note=note)
    view.add_item(discord.ui.Button(label="Sources & details", custom_id=custom_id))
    view.stop()
    return view


def _history(fact_check: FactCheck, form: NoteForm) -> Iterator[str]:
    """Yield the lines that say what is different from the note as it was attached."""
    if form.shape is NoteShape.EXPIRED:
        day = fact_check.review_by or fact_check.checked_on
        was_due = "to be reviewed by" if fact_check.review_by else "checked on"
        dated = f" ({was_due} {day.day} {day:%b %Y})" if day else ""
        yield f"{HOURGLASS} Past its review{dated}: newer facts may exist."
    if form.changed_at is not None:
        moment = discord.utils.format_dt(form.changed_at, "R")
        yield f"{PENCIL} Updated {moment}: {', '.join(form.changed)}."


def note_view(note: NoteId) -> discord.ui.View:
    """Return the note's buttons; their presses are answered by `cogs.notes`.

    The view is stopped at once, so that discord.py sends it and then forgets it: the answering
    classes are found by their custom ids, also after a restart.
    """
    view = discord.ui.View(timeout=None)
    for verb, label in (
        ("details", "Sources & details"),
        ("helpful", "Helpful"),
        ("unhelpful", "Not helpful"),
        ("why", "Why this note?"),
    ):
        custom_id = CUSTOM_ID.format(verb=verb, note=note)
        view.add_item(discord.ui.Button(label=label, custom_id=custom_id))
    view.stop()
    return view


def dispute_view(note: NoteId) -> discord.ui.View:
    """Return the button under "Why this note?"."""
    view = discord.ui.View(timeout=None)
    custom_id = CUSTOM_ID.format(verb="dispute", note=note)
    view.add_item(discord.ui.Button(label="Not this claim", custom_id=custom_id))
    view.stop()
    return view


def freshness(checked_on: date | None) -> str:
    """Return the note's last line."""
    if checked_on is None:
        return "Not dated · may be incomplete"
    return f"Checked {checked_on.day} {checked_on:%b %Y} · may be incomplete"


def details_embeds(
    fact_check: FactCheck, states: Mapping[str, SourceState] = MappingProxyType({})
) -> list[discord.Embed]:
    """Return the whole fact-check with numbered sources, one embed for each message.

    Args:
        fact_check: what is shown.
        states: what is known of its pages, by address.
    """
    urls = {source.n: source.url for source in fact_check.sources}
    paragraphs = [_cited(part, urls) for part in _paragraphs(fact_check)]
    if fact_check.sources:
        paragraphs.append("**Sources**")
        paragraphs += [
            _source_entry(source) + source_mark(states.get(source.url))
            for source in fact_check.sources
        ]
    embeds = [
        discord.Embed(colour=NEUTRAL, description=page) for page in pages(paragraphs, PAGE_LIMIT)
    ] or [discord.Embed(colour=NEUTRAL)]
    embeds[0].title = shorten(plain(fact_check.claim), TITLE_LIMIT)
    verdict = fact_check.verdict.value if fact_check.verdict else "context, no verdict"
    footer = f"Finding: {verdict} · {freshness(fact_check.checked_on)}"
    embeds[-1].set_footer(text=f"{footer} · revision {fact_check.revision}")
    return embeds


def source_mark(state: SourceState | None) -> str:
    """Return what to say of a page that is not simply there."""
    if state is None or state.health is SourceHealth.FINE:
        return ""
    if state.health is SourceHealth.MOVED:
        return f" · moved to {link('its new address', state.moved_to)}"
    if state.health is SourceHealth.TROUBLED or state.failing_since is None:
        return " · could not be reached lately"
    return f" · page gone since {discord.utils.format_dt(state.failing_since, 'D')}"


def why_embed(why: Why) -> discord.Embed:
    """Return what made the bot attach the note, in words that a member understands."""
    embed = discord.Embed(
        colour=NEUTRAL,
        title="Why this note?",
        description=f"It is about: “{shorten(plain(why.fact_check.claim), 300)}”",
    )
    if why.match is None:
        embed.add_field(
            name="The post now",
            value="The post is gone, cannot be read, or does not make this claim any more, so the "
            "reasons cannot be shown again. When the note was made the match was "
            f"{why.note.probability:.0%}.",
            inline=False,
        )
    else:
        _explain(embed, why.match, why.thresholds)
    return embed.set_footer(text=f"Matcher {why.matcher} · no language model was asked")


def check_embed(checked: Checked) -> discord.Embed:
    """Return what a message raises, for "Check this message"."""
    if not checked.matches:
        return discord.Embed(
            colour=NEUTRAL,
            title="No fact-check is about this",
            description="Nothing in the library matches. `/check` searches it by your own words.",
        )
    embed = discord.Embed(colour=NEUTRAL, title="What the library says")
    for match, fact_check in checked.matches:
        sources = _source_line(fact_check.sources, room=280)
        value = f"{_summary(fact_check)}\n{sources}"
        name = f"{shorten(plain(fact_check.claim), 200)}{_verdict(fact_check.verdict)}"
        sure = f"\nMatch {match.probability:.0%}" if match else ""
        embed.add_field(name=name, value=value + sure + _there(checked, fact_check), inline=False)
    return embed


def ask_view(channel: PlaceId, post: PostId) -> discord.ui.View:
    """Return the button with which a member asks moderators to check a post."""
    view = discord.ui.View(timeout=None)
    custom_id = f"fc1:ask:{channel}-{post}"
    view.add_item(discord.ui.Button(label="Ask moderators to check this", custom_id=custom_id))
    view.stop()
    return view


def _there(checked: Checked, fact_check: FactCheck) -> str:
    """Link to the note that this channel or thread has on the same claim."""
    note = checked.notes.get(fact_check.slug)
    if note is None or note.message is None:
        return ""
    link_to_note = message_link(note.community, note.channel, note.message)
    return f"\n[The note on it is here]({link_to_note})"


def _explain(embed: discord.Embed, match: Match, thresholds: Thresholds) -> None:
    evidence = match.evidence
    sentence = shorten(plain(match.sentence), 500)
    embed.add_field(name="The sentence", value=f"> {sentence}", inline=False)
    sure = "attaches by itself" if match.probability >= thresholds.auto else "only suggests"
    embed.add_field(
        name="How sure",
        value=f"{match.probability:.0%} ({sure}; the bar is {thresholds.auto:.0%})",
    )
    cue = f" (“{plain(evidence.stance_cue)}”)" if evidence.stance_cue else ""
    quiet = "" if match.stance in ATTACHING_STANCES else "; such posts get no note by themselves"
    embed.add_field(name="What the post does", value=f"{STANCE_WORDS[match.stance]}{cue}{quiet}")
    words = ", ".join(filter(None, map(plain, evidence.words)))
    if words:
        embed.add_field(name="Words in common", value=shorten(words, 300), inline=False)
    if evidence.phrasing:
        phrasing = f"“{shorten(plain(evidence.phrasing), 300)}”"
        embed.add_field(name="Nearest known wording", value=phrasing, inline=False)
    if evidence.contributions:
        strongest = sorted(evidence.contributions.items(), key=lambda item: -abs(item[1]))[:6]
        parts = " · ".join(f"{plain(name)} {value:+.2f}" for name, value in strongest)
        embed.add_field(name="Parts of the score (log-odds)", value=parts, inline=False)
    if evidence.gates:
        gates = " · ".join(
            f"{plain(name)}: {'passed' if passed else 'failed'}"
            for name, passed in evidence.gates.items()
        )
        embed.add_field(name="Gates", value=shorten(gates, 500), inline=False)


def _verdict(verdict: Verdict | None) -> str:
    return f"  — {verdict.value.replace('-', ' ')}" if verdict else ""


def _summary(fact_check: FactCheck) -> str:
    return shorten(plain(fact_check.summary), SUMMARY_SHOWN)


def _source_line(sources: tuple[Source, ...], room: int = 2000) -> str:
    """Link the first sources; no link is ever cut, the rest are counted."""
    shown: list[str] = []
    for source in sources[:SOURCES_SHOWN]:
        linked = link(shorten(source.label, 60), source.url)
        room -= len(linked) + len(" · ")
        if room < 0:
            break
        shown.append(linked)
    if len(sources) > len(shown):
        shown.append(f"+{len(sources) - len(shown)} more")
    return f"Sources: {' · '.join(shown)}" if shown else ""


def _source_entry(source: Source) -> str:
    parts = [source.publisher, source.title if source.title_verified else ""]
    label = " — ".join(part for part in parts if part) or f"Source {source.n}"
    dated = f" ({plain(source.published)})" if source.published else ""
    supports = f": {plain(source.supports)}" if source.supports else ""
    return f"[{source.n}] {link(shorten(label, 200), source.url)}{dated}{supports}"


def _paragraphs(fact_check: FactCheck) -> list[str]:
    text = f"{fact_check.summary}\n\n{fact_check.details}"
    return [plain(part) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _cited(paragraph: str, urls: dict[int, str]) -> str:
    """Turn `[n]` into a link to the source, where there is one."""

    def cite(mark: re.Match[str]) -> str:
        url = urls.get(int(mark[1]), "")
        linked = link(mark[1], url)
        return f"[\\[{mark[1]}\\]{linked[len(mark[1]) + 1 :]}" if linked != mark[1] else mark[0]

    return re.sub(r"\[(\d{1,3})\]", cite, paragraph)
