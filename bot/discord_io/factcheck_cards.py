"""What moderators see of the library: what was saved, lists, histories and differences.

Knows Discord's limits; decides nothing.
"""

from collections.abc import Iterable, Sequence

import discord

from bot.discord_io.cards import NEUTRAL, source_mark
from bot.discord_io.words import and_more, pages, plain, shorten
from bot.domain.differences import Difference
from bot.domain.factchecks import STATUS_WORDS, FactCheck, Status
from bot.domain.ids import Slug
from bot.domain.linting import Finding, Severity
from bot.domain.wording import N_, _, ngettext
from bot.services.dates import say_day
from bot.services.editing import ImportOutcome, Saved
from bot.services.editing.service import UnfitError
from bot.services.ports import Revision
from bot.services.source_care import Due

PAGE = 3900
LISTED = 10
FINDINGS_SHOWN = 10
CLAIM_SHOWN = 140
STATUS_MARKS = {
    Status.PUBLISHED: "\N{LARGE GREEN CIRCLE}",
    Status.DRAFT: "\N{MEMO}",
    Status.PAUSED: "\N{DOUBLE VERTICAL BAR}",
    Status.RETIRED: "\N{FILE CABINET}",
}
SAVED_WORDS = {
    Status.PUBLISHED: N_("It is published; live notes follow within a minute or two."),
    Status.DRAFT: N_("It is a draft: no note is attached with it, and live notes are collapsed."),
    Status.PAUSED: N_("It is paused; live notes collapse to one line with your reason."),
    Status.RETIRED: N_("It is retired; live notes collapse to one line with your reason."),
}
NOT_LOST = N_(
    "What you typed is in the attached file. “Edit again” opens the form with it; `/factcheck "
    "import` with `overwrite: True` takes the file back once it is mended."
)
HELD_BACK = N_("It was saved as a draft, because this keeps it from being published:")
GO_ON = N_("`/factcheck edit` opens it again; once it is mended, `/factcheck resume` publishes it.")


def saved_embed(saved: Saved) -> discord.Embed:
    """Return what happened to a fact-check, and what should be mended."""
    record = saved.fact_check
    lines = [_(HELD_BACK) if saved.held_back else _(SAVED_WORDS[record.status])]
    lines += finding_lines(saved.findings)
    if saved.held_back:
        lines.append(_(GO_ON))
    embed = discord.Embed(
        colour=NEUTRAL,
        title=shorten(plain(record.claim), 250),
        description=pages(["\n".join(lines)], PAGE)[0],
    )
    return embed.set_footer(
        text=_("{slug} · revision {revision}").format(slug=record.slug, revision=record.revision)
    )


def unfit_embed(refusal: UnfitError, reason: str) -> discord.Embed:
    """Return why an edit was not taken, and where what was typed is; the footer is the reason."""
    lines = [str(refusal), *finding_lines(refusal.findings)]
    embed = discord.Embed(
        colour=NEUTRAL,
        title=shorten(plain(refusal.mine.claim), 250),
        description=pages(["\n".join(lines)], PAGE)[0],
    )
    embed.add_field(name=_("Nothing is lost"), value=_(NOT_LOST), inline=False)
    return embed.set_footer(text=reason)


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Return one line for each finding, errors first."""
    ordered = sorted(findings, key=lambda finding: finding.severity is Severity.WARNING)
    lines = [
        f"{'⚠️' if found.severity is Severity.WARNING else '❌'} "
        f"{plain(_sentence(found.problem))} {plain(found.remedy)}"
        for found in ordered[:FINDINGS_SHOWN]
    ]
    more = len(ordered) - FINDINGS_SHOWN
    return [*lines, and_more(more)] if more > 0 else lines


def list_embed(records: Sequence[FactCheck], page: int, title: str) -> discord.Embed:
    """Return one page of a list, counted from 1."""
    last = max(1, -(-len(records) // LISTED))
    page = min(max(page, 1), last)
    shown = records[(page - 1) * LISTED : page * LISTED]
    lines = [f"{STATUS_MARKS[r.status]} {_name(r)}" for r in shown]
    embed = discord.Embed(
        colour=NEUTRAL, title=title, description="\n".join(lines) or _("There is none.")
    )
    return embed.set_footer(
        text=ngettext(
            "{count} fact-check · page {page} of {last}",
            "{count} fact-checks · page {page} of {last}",
            len(records),
        ).format(count=len(records), page=page, last=last)
    )


def list_view(status: str, page: int, count: int) -> discord.ui.View:
    """Return the buttons to the pages before and after; stopped, see `cards.note_view`."""
    last = max(1, -(-count // LISTED))
    view = discord.ui.View(timeout=None)
    for label, to in ((_("Previous"), page - 1), (_("Next"), page + 1)):
        custom_id = f"fe1:list:{status}:{max(to, 0)}"
        disabled = not 1 <= to <= last
        view.add_item(discord.ui.Button(label=label, custom_id=custom_id, disabled=disabled))
    view.stop()
    return view


def history_embeds(slug: str, entries: Sequence[Revision]) -> list[discord.Embed]:
    """Return the revisions, newest first, with who, when and why."""
    lines = [
        f"**{e.fact_check.revision}** · {_(STATUS_WORDS[e.fact_check.status])} · "
        f"{discord.utils.format_dt(e.at, 'f')} · {_by(e)}\n{plain(e.reason)}"
        for e in entries
    ]
    return _paged(lines, _("History of {slug}").format(slug=slug))


def diff_embeds(old: FactCheck, new: FactCheck, found: Iterable[Difference]) -> list[discord.Embed]:
    """Return what differs between two revisions, field by field."""
    parts = []
    for difference in found:
        lines = "\n".join(difference.lines).replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}")
        for piece in pages(lines.split("\n\n"), PAGE - 200):
            name = difference.field.replace("_", " ")
            parts.append(f"**{name}**\n```diff\n{piece}\n```")
    title = _("{slug}: revision {old} to {new}").format(
        slug=new.slug, old=old.revision, new=new.revision
    )
    return _paged(parts or [_("Nothing differs.")], title)


def due_embeds(found: Sequence[Due]) -> list[discord.Embed]:
    """Return the fact-checks that should be looked after, and why."""
    return _paged([_due(one) for one in found] or [_("Nothing is due.")], _("Due for a review"))


def _due(one: Due) -> str:
    lines = [f"**{_name(one.fact_check)}**"]
    if one.review_on is not None:
        lines.append(_("Review by {day}").format(day=say_day(one.review_on)))
    elif one.fact_check.checked_on is None:
        lines.append(_("Never dated: nobody knows when it was checked."))
    by_url = {source.url: source for source in one.fact_check.sources}
    for state in one.sources:
        source = by_url[state.url]
        said = f" ({plain(state.said)})" if state.said else ""
        lines.append(f"[{source.n}] {plain(shorten(source.label, 60))}{source_mark(state)}{said}")
    return "\n".join(lines)


def outcome_text(outcome: ImportOutcome) -> str:
    """Return what an import did, a line for each record that needs attention."""
    saved = outcome.saved
    lines = [
        _("**{count} imported**, {broken} broken.").format(
            count=len(saved), broken=len(outcome.problems)
        )
    ]
    if outcome.unpublished:
        lines.append(_unpublished(outcome.unpublished))
    for one in saved:
        errors = sum(f.severity is Severity.ERROR for f in one.findings)
        mend = _(" · {count} to mend").format(count=errors) if errors else ""
        lines.append(f"{STATUS_MARKS[one.fact_check.status]} {_name(one.fact_check)}{mend}")
    lines += [
        _("↩️ `{slug}` is there already: left out.").format(slug=slug) for slug in outcome.taken
    ]
    lines += [f"❌ {plain(problem)}" for problem in outcome.problems]
    lines += [f"⚠️ {plain(warning)}" for warning in outcome.warnings[:FINDINGS_SHOWN]]
    return shorten("\n".join(lines), 1900)


def _unpublished(slugs: Sequence[Slug]) -> str:
    said = ngettext(
        "⚠️ {slugs} was published and is not any more: its live notes collapse to one line. "
        "`/factcheck resume` publishes it again.",
        "⚠️ {slugs} were published and are not any more: their live notes collapse to one line. "
        "`/factcheck resume` publishes one again.",
        len(slugs),
    )
    return said.format(slugs=shorten(", ".join(f"`{slug}`" for slug in slugs), 600))


def _paged(parts: list[str], title: str) -> list[discord.Embed]:
    embeds = [discord.Embed(colour=NEUTRAL, description=page) for page in pages(parts, PAGE)]
    embeds[0].title = shorten(title, 250)
    return embeds[:10]


def _name(record: FactCheck) -> str:
    return f"{shorten(plain(record.claim), CLAIM_SHOWN)} `{record.slug}` · r{record.revision}"


def _by(entry: Revision) -> str:
    return f"<@{entry.by}>" if entry.by else _("Footnote itself")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
