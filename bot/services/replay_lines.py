"""Words a replay's results for a terminal and for machines.

Knows the line contract of docs/replay.md; every text of an export is made harmless here.
"""

import json
import re
import unicodedata
from collections.abc import Iterator

from bot.domain.policy import Outcome, say_reason
from bot.services.replaying import Finding, OutcomeTally, ReplaySummary

LINE_EXCERPT = 100
FACT_CHECKS_SHOWN = 20
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
OUTCOME_WORD = {
    Outcome.ATTACH: "attach",
    Outcome.SUGGEST: "suggest",
    Outcome.NONE: "withhold",
}


def printable(text: str) -> str:
    """Return a text without anything that steers a terminal or turns the reading direction."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(char) in _HARMFUL and char not in _JOINERS
        else char
        for char in re.sub(r"\s+", " ", text)
    )


def finding_line(finding: Finding) -> str:
    """Return two short lines about one post: what is done and why, and what raised it."""
    sentence = printable(finding.excerpt.sentence)
    if len(sentence) > LINE_EXCERPT:
        sentence = sentence[:LINE_EXCERPT] + "…"
    return (
        f"{finding.at:%Y-%m-%d %H:%M}  {OUTCOME_WORD[finding.outcome]:8}  {finding.slug}  "
        f"{finding.probability:.2f} {finding.stance.value}  post {finding.post}"
        f"{' (edited)' if finding.edited else ''}: {say_reason(finding.reason)}\n"
        f"    “{sentence}”"
    )


def summary_lines(summary: ReplaySummary) -> Iterator[str]:
    """Yield the summary for a reader."""
    reading = summary.reading
    span = ""
    if summary.first_at and summary.last_at:
        span = f", {summary.first_at:%Y-%m-%d} to {summary.last_at:%Y-%m-%d}"
    yield f"{_many(summary.posts, 'post')} read{span}; {summary.by_people:,} by people."
    left_out = [
        f"{what}: {count:,}"
        for count, what in (
            (reading.system_messages, "Discord's own notices"),
            (reading.repeated, "repeated"),
            (reading.unreadable, "unreadable"),
            (reading.too_long, "too long"),
        )
        if count
    ]
    if left_out:
        yield f"Left out, {', '.join(left_out)}."
    yield (
        f"{summary.raised:,} raised a fact-check: {_many(summary.attached, 'note')} attached, "
        f"{summary.suggested:,} suggested to moderators, {summary.withheld:,} withheld."
    )
    yield f"{like_words(summary.likes)} on {_many(summary.liked_posts, 'post')}."
    if summary.fact_checks:
        yield "Fact-checks raised (attached, suggested, withheld):"
    ranked = ranked_fact_checks(summary)
    for slug, tally in ranked[:FACT_CHECKS_SHOWN]:
        yield f"  {tally.attached:5,} {tally.suggested:5,} {tally.withheld:5,}  {slug}"
    if len(ranked) > FACT_CHECKS_SHOWN:
        yield f"  and {len(ranked) - FACT_CHECKS_SHOWN} more; --json lists all."
    if summary.reasons:
        yield "Why posts got no note:"
    for reason, count in summary.reasons.most_common():
        yield f"  {count:7,}  {say_reason(reason)}"


def ranked_fact_checks(summary: ReplaySummary) -> list[tuple[str, OutcomeTally]]:
    """Return the fact-checks that were raised, the most often raised first."""
    return sorted(summary.fact_checks.items(), key=lambda item: (-item[1].raised, item[0]))


def like_words(count: int) -> str:
    """Return a number of likes as Discourse words it.

    >>> like_words(1), like_words(12)
    ('1 Like', '12 Likes')
    """
    return "1 Like" if count == 1 else f"{count:,} Likes"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def finding_json(finding: Finding) -> str:
    """Return one finding as a JSON line; ids are strings, as in Discord's own API."""
    return json.dumps(
        {
            "type": "finding",
            "post": str(finding.post),
            "community": str(finding.community),
            "channel": str(finding.channel),
            "place": finding.place,
            "link": finding.link,
            "at": finding.at.isoformat(),
            "edited": finding.edited,
            "outcome": finding.outcome.value,
            "reason": finding.reason.value,
            "slug": finding.slug,
            "probability": round(finding.probability, 4),
            "stance": finding.stance.value,
            "likes": finding.likes,
            "sentence": finding.excerpt.sentence,
        }
    )


def summary_json(summary: ReplaySummary) -> str:
    """Return the summary as a JSON line."""
    reading = summary.reading
    return json.dumps(
        {
            "type": "summary",
            "posts": summary.posts,
            "by_people": summary.by_people,
            "system_messages": reading.system_messages,
            "repeated": reading.repeated,
            "unreadable": reading.unreadable,
            "too_long": reading.too_long,
            "ended_early": reading.ended_early,
            "problems": reading.problems,
            "first_at": summary.first_at.isoformat() if summary.first_at else None,
            "last_at": summary.last_at.isoformat() if summary.last_at else None,
            **_outcomes(summary),
            "likes": summary.likes,
            "liked_posts": summary.liked_posts,
            "reasons": {reason.value: n for reason, n in summary.reasons.most_common()},
            "fact_checks": {slug: _outcomes(t) for slug, t in ranked_fact_checks(summary)},
            "days": {
                day.isoformat(): {"posts": tally.posts, **_outcomes(tally)}
                for day, tally in sorted(summary.days.items())
            },
        }
    )


def _outcomes(tally: OutcomeTally) -> dict[str, int]:
    return {
        "attached": tally.attached,
        "suggested": tally.suggested,
        "withheld": tally.withheld,
    }


def run_line(summary: ReplaySummary, seconds: float) -> str:
    """Return how fast it went, the one line that differs from run to run."""
    return f"Read in {seconds:,.1f} s, {summary.posts / max(seconds, 1e-9):,.0f} posts/s."


def run_json(summary: ReplaySummary, seconds: float) -> str:
    """Return how fast it went as a JSON line, the one that differs from run to run."""
    rate = summary.posts / max(seconds, 1e-9)
    return json.dumps(
        {"type": "run", "seconds": round(seconds, 3), "posts_per_second": round(rate, 1)}
    )
