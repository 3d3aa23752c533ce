"""The bot's messages as Discord shows them: the note, its details, and why it is there.

Knows Discord's limits (pitfalls 1.21: title 256, description 4096, footer 2048, 6000 in all);
decides nothing, and never shows who wrote a post.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType

import discord

from bot.discord_io.reasons import gate_lines, reason_lines
from bot.discord_io.words import link, message_link, pages, plain, shorten
from bot.domain.corrections import ATTACHED, NoteForm, NoteShape
from bot.domain.factchecks import FactCheck, Source, Verdict
from bot.domain.ids import NoteId, PlaceId, PostId
from bot.domain.matches import Match, Stance
from bot.domain.policy import ATTACHING_STANCES, Thresholds
from bot.domain.ratings import say_why_taken_back
from bot.domain.sources import SourceHealth, SourceState
from bot.domain.wording import N_, _, quoted
from bot.services.dates import say_day
from bot.services.notes import Checked, Why

NEUTRAL = discord.Colour(0x5B6EAE)
"""One colour whatever the verdict: a note gives context, it does not shout."""
LEARNED_POST = N_(
    "A post that a moderator confirmed, about {likeness} alike; its text was not kept."
)
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
    Stance.ASSERT: N_("says so"),
    Stance.DENY: N_("disputes it"),
    Stance.ASK: N_("asks about it"),
    Stance.REPORT: N_("tells what others say"),
    Stance.NONE: N_("mentions it"),
}

VERDICTS: dict[Verdict, str] = {
    Verdict.TRUE: N_("true"),
    Verdict.MOSTLY_TRUE: N_("mostly true"),
    Verdict.MIXED: N_("mixed"),
    Verdict.MOSTLY_FALSE: N_("mostly false"),
    Verdict.FALSE: N_("false"),
    Verdict.UNPROVEN: N_("unproven"),
    Verdict.OUTDATED: N_("outdated"),
}

COLLAPSED_WORDS: dict[NoteShape, str] = {
    NoteShape.PAUSED: N_("note paused"),
    NoteShape.RETIRED: N_("note retired"),
    NoteShape.WITHDRAWN: N_("note withdrawn"),
}


def note_embed(fact_check: FactCheck, form: NoteForm = ATTACHED) -> discord.Embed:
    """Return the note: a title, the summary, the sources, and how fresh it is.

    A form that is collapsed gives one line and the reason instead.
    """
    if form.collapsed:
        return collapsed_embed(fact_check.claim, form)
    head = partial(
        _("{scales} Context · “{claim}”{verdict}").format,
        scales=SCALES,
        verdict=_verdict(fact_check.verdict),
    )
    room = TITLE_LIMIT - len(head(claim=""))
    claim = shorten(plain(fact_check.claim).rstrip("."), room)
    sources = _source_line(fact_check.sources)
    embed = discord.Embed(
        colour=NEUTRAL,
        title=head(claim=claim),
        description="\n".join(
            filter(None, (_summary(fact_check), sources, *_history(fact_check, form)))
        ),
    )
    return embed.set_footer(text=freshness(fact_check.checked_on))


def collapsed_embed(claim: str, form: NoteForm) -> discord.Embed:
    """Return what is left of a note that is paused, retired or withdrawn: one line, with why."""
    said = _(COLLAPSED_WORDS[form.shape])
    since = f" {discord.utils.format_dt(form.changed_at, 'R')}" if form.changed_at else ""
    why = say_why_taken_back(form.reason)
    reason = f": {shorten(plain(why).rstrip('.'), REASON_SHOWN)}." if why else "."
    about = shorten(plain(claim).rstrip("."), CLAIM_SHOWN)
    return discord.Embed(
        colour=NEUTRAL, description=f"{SCALES} {quoted(about)} · {said}{since}{reason}"
    )


def collapsed_view(note: NoteId) -> discord.ui.View:
    """Return the one button of a collapsed note; it also keeps the message recognisable."""
    view = discord.ui.View(timeout=None)
    custom_id = CUSTOM_ID.format(verb="details", note=note)
    view.add_item(discord.ui.Button(label=_("Sources & details"), custom_id=custom_id))
    view.stop()
    return view


def _history(fact_check: FactCheck, form: NoteForm) -> Iterator[str]:
    """Yield the lines that say what is different from the note as it was attached."""
    if form.shape is NoteShape.EXPIRED:
        day = fact_check.review_by or fact_check.checked_on
        was_due = _("to be reviewed by {day}") if fact_check.review_by else _("checked on {day}")
        dated = f" ({was_due.format(day=say_day(day))})" if day else ""
        yield _("{hourglass} Past its review{dated}: newer facts may exist.").format(
            hourglass=HOURGLASS, dated=dated
        )
    if form.changed_at is not None:
        moment = discord.utils.format_dt(form.changed_at, "R")
        yield _("{pencil} Updated {moment}: {changed}.").format(
            pencil=PENCIL, moment=moment, changed=", ".join(map(_, form.changed))
        )


def note_view(note: NoteId) -> discord.ui.View:
    """Return the note's buttons; their presses are answered by `cogs.notes`.

    The view is stopped at once, so that discord.py sends it and then forgets it: the answering
    classes are found by their custom ids, also after a restart.
    """
    view = discord.ui.View(timeout=None)
    for verb, label in (
        ("details", _("Sources & details")),
        ("helpful", _("Helpful")),
        ("unhelpful", _("Not helpful")),
        ("why", _("Why this note?")),
    ):
        custom_id = CUSTOM_ID.format(verb=verb, note=note)
        view.add_item(discord.ui.Button(label=label, custom_id=custom_id))
    view.stop()
    return view


def dispute_view(note: NoteId) -> discord.ui.View:
    """Return the button under "Why this note?"."""
    view = discord.ui.View(timeout=None)
    custom_id = CUSTOM_ID.format(verb="dispute", note=note)
    view.add_item(discord.ui.Button(label=_("Not this claim"), custom_id=custom_id))
    view.stop()
    return view


def freshness(checked_on: date | None) -> str:
    """Return the note's last line."""
    if checked_on is None:
        return _("Not dated · may be incomplete")
    return _("Checked {day} · may be incomplete").format(day=say_day(checked_on))


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
        paragraphs.append(_("**Sources**"))
        paragraphs += [
            _source_entry(source) + source_mark(states.get(source.url))
            for source in fact_check.sources
        ]
    embeds = [
        discord.Embed(colour=NEUTRAL, description=page) for page in pages(paragraphs, PAGE_LIMIT)
    ] or [discord.Embed(colour=NEUTRAL)]
    embeds[0].title = shorten(plain(fact_check.claim), TITLE_LIMIT)
    verdict = _(VERDICTS[fact_check.verdict]) if fact_check.verdict else _("context, no verdict")
    footer = _("Finding: {verdict} · {checked_on} · revision {revision}").format(
        verdict=verdict,
        checked_on=freshness(fact_check.checked_on),
        revision=fact_check.revision,
    )
    embeds[-1].set_footer(text=footer)
    return embeds


def source_mark(state: SourceState | None) -> str:
    """Return what to say of a page that is not simply there."""
    if state is None or state.health is SourceHealth.FINE:
        return ""
    if state.health is SourceHealth.MOVED:
        return _(" · moved to {address}").format(address=link(_("its new address"), state.moved_to))
    if state.health is SourceHealth.TROUBLED or state.failing_since is None:
        return _(" · could not be reached lately")
    return _(" · page gone since {failing_since}").format(
        failing_since=discord.utils.format_dt(state.failing_since, "D")
    )


def why_embed(why: Why) -> discord.Embed:
    """Return what made the bot attach the note, in words that a member understands."""
    embed = discord.Embed(
        colour=NEUTRAL,
        title=_("Why this note?"),
        description=_("It is about: “{claim}”").format(
            claim=shorten(plain(why.fact_check.claim), 300)
        ),
    )
    if why.match is None:
        embed.add_field(
            name=_("The post now"),
            value=_(
                "The post is gone, cannot be read, or does not make this claim any more, so the "
                "reasons cannot be shown again. When the note was made the match was "
                "{probability:.0%}."
            ).format(probability=why.note.probability),
            inline=False,
        )
    else:
        _explain(embed, why.match, why.thresholds)
    return embed.set_footer(
        text=_("Matcher {matcher} · no language model was asked").format(matcher=why.matcher)
    )


def check_embed(checked: Checked) -> discord.Embed:
    """Return what a message raises, for "Check this message"."""
    if not checked.matches:
        return discord.Embed(
            colour=NEUTRAL,
            title=_("No fact-check is about this"),
            description=_(
                "Nothing in the library matches these words. "
                "`/check` with other words may find more."
            ),
        )
    embed = discord.Embed(colour=NEUTRAL, title=_("What the library says"))
    for match, fact_check in checked.matches:
        sources = _source_line(fact_check.sources, room=280)
        value = f"{_summary(fact_check)}\n{sources}"
        name = f"{shorten(plain(fact_check.claim), 200)}{_verdict(fact_check.verdict)}"
        sure = _("\nMatch {probability:.0%}").format(probability=match.probability) if match else ""
        embed.add_field(name=name, value=value + sure + _there(checked, fact_check), inline=False)
    return embed


def ask_view(channel: PlaceId, post: PostId) -> discord.ui.View:
    """Return the button with which a member asks moderators to check a post."""
    view = discord.ui.View(timeout=None)
    custom_id = f"fc1:ask:{channel}-{post}"
    view.add_item(discord.ui.Button(label=_("Ask moderators to check this"), custom_id=custom_id))
    view.stop()
    return view


def _there(checked: Checked, fact_check: FactCheck) -> str:
    """Link to the note that this channel or thread has on the same claim."""
    note = checked.notes.get(fact_check.slug)
    if note is None or note.message is None:
        return ""
    link_to_note = message_link(note.community, note.channel, note.message)
    return _("\n[The note on it is here]({link})").format(link=link_to_note)


def _explain(embed: discord.Embed, match: Match, thresholds: Thresholds) -> None:
    evidence = match.evidence
    sentence = shorten(plain(match.sentence), 500)
    embed.add_field(name=_("The sentence"), value=f"> {sentence}", inline=False)
    sure = _("attaches by itself") if match.probability >= thresholds.auto else _("only suggests")
    embed.add_field(
        name=_("How sure"),
        value=_("{probability:.0%} ({sure}; the bar is {auto:.0%})").format(
            probability=match.probability, sure=sure, auto=thresholds.auto
        ),
    )
    cue = f" ({quoted(plain(evidence.stance_cue))})" if evidence.stance_cue else ""
    quiet = "" if match.stance in ATTACHING_STANCES else _("; such posts get no note by themselves")
    embed.add_field(
        name=_("What the post does"), value=f"{_(STANCE_WORDS[match.stance])}{cue}{quiet}"
    )
    words = ", ".join(filter(None, map(plain, evidence.words)))
    if words:
        embed.add_field(name=_("Words in common"), value=shorten(words, 300), inline=False)
    if evidence.learned:
        learned = _(LEARNED_POST).format(likeness=f"{evidence.learned:.0%}")
        embed.add_field(name=_("Nearest example"), value=learned, inline=False)
    if evidence.phrasing:
        phrasing = quoted(shorten(plain(evidence.phrasing), 300))
        embed.add_field(name=_("Nearest known wording"), value=phrasing, inline=False)
    lines = list(reason_lines(evidence))
    if lines:
        lines.append(f"-# {_('Points add up: 0 in all is a match of 50 %, 3 is one of 95 %.')}")
        embed.add_field(
            name=_("What spoke for and against it"), value="\n".join(lines), inline=False
        )
    gates = "\n".join(gate_lines(evidence))
    if gates:
        embed.add_field(name=_("Also looked at"), value=gates, inline=False)


def _verdict(verdict: Verdict | None) -> str:
    return f"  — {_(VERDICTS[verdict])}" if verdict else ""


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
        shown.append(_("+{count} more").format(count=len(sources) - len(shown)))
    return _("Sources: {shown}").format(shown=" · ".join(shown)) if shown else ""


def _source_entry(source: Source) -> str:
    parts = [source.publisher, source.title if source.title_verified else ""]
    label = " — ".join(part for part in parts if part) or _("Source {n}").format(n=source.n)
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
