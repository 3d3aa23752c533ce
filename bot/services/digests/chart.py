"""A digest's picture: posts, likes and claims by day, and the same in words.

Knows matplotlib, which is imported when the first picture is painted: it takes a while, and most
processes never paint. The background is opaque, since no colour of text can be read on Discord's
dark and light backgrounds alike.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from bot.domain.digests import DayCount, Digest
from bot.domain.wording import N_, _
from bot.services.dates import (
    say_day_and_month,
    say_number,
    say_short_weekday,
    say_weekday_and_day,
)
from bot.services.ports.digests import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BACKGROUND = "#22252b"
TEXT = "#e6e8ee"
QUIET = "#a3a9b6"
ROWS: tuple[tuple[str, str, str], ...] = (
    ("posts", N_("Posts"), "#8ea2ff"),
    ("likes", N_("Likes"), "#f2b35e"),
    ("claims", N_("Claims raised"), "#6fd0b5"),
)
"""Attribute, name and colour of each row; colours differ in lightness for the colour-blind."""
LABELLED_DAYS = 10
"""With more days than this, only the highest bar carries its number."""
DESCRIPTION_LIMIT = 1024


def paint(digest: Digest) -> Picture:
    """Paint the picture; blocks for a moment, so call it in a thread."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.family": "DejaVu Sans", "font.size": 9.5, "axes.linewidth": 0}):
        figure = Figure(figsize=(6.4, 3.6), dpi=140, facecolor=BACKGROUND)
        FigureCanvasAgg(figure)
        axes = figure.subplots(len(ROWS), 1, sharex=True)
        for axis, (attribute, name, colour) in zip(axes, ROWS, strict=True):
            counts = [int(getattr(day, attribute)) for day in digest.days]
            _row(axis, counts, _(name), colour)
        _days(axes[-1], digest.days)
        figure.subplots_adjust(left=0.03, right=0.97, top=0.9, bottom=0.09, hspace=0.62)
        target = BytesIO()
        figure.savefig(target, format="png", facecolor=BACKGROUND, metadata={"Software": None})
    return Picture(target.getvalue(), describe(digest.days))


def describe(days: Sequence[DayCount]) -> str:
    """Tell in words what the picture shows."""
    parts = []
    for attribute, named, _colour in ROWS:
        name = _(named)
        counts = [int(getattr(day, attribute)) for day in days]
        if not any(counts):
            parts.append(_("{name}: none.").format(name=name))
            continue
        top = days[counts.index(max(counts))].day
        listed = ", ".join(map(str, counts))
        parts.append(
            _("{name}: {total} in all, most on {day} ({most}); by day {listed}.").format(
                name=name,
                total=sum(counts),
                day=say_weekday_and_day(top),
                most=max(counts),
                listed=listed,
            )
        )
    first, last = days[0].day, days[-1].day
    text = _("Bar charts by day, {first} to {last}. {parts}").format(
        first=say_day_and_month(first), last=say_day_and_month(last), parts=" ".join(parts)
    )
    return text[:DESCRIPTION_LIMIT]


def _row(axis: "Axes", counts: Sequence[int], name: str, colour: str) -> None:
    axis.set_facecolor(BACKGROUND)
    highest = max(counts)
    axis.bar(range(len(counts)), counts, width=0.62, color=colour, zorder=2)
    axis.axhline(0, color=QUIET, linewidth=0.6, alpha=0.6, zorder=1)
    axis.set_ylim(0, (highest or 1) * 1.3)
    axis.set_xlim(-0.6, len(counts) - 0.4)
    axis.set_yticks([])
    axis.tick_params(axis="x", length=0, labelbottom=False)
    axis.set_title(name, loc="left", color=TEXT, fontsize=10, fontweight="bold", pad=7)
    axis.set_title(say_number(sum(counts)), loc="right", color=QUIET, fontsize=10, pad=7)
    for place, count in enumerate(counts):
        if count and (len(counts) <= LABELLED_DAYS or count == highest):
            axis.annotate(
                say_number(count),
                (place, count),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                color=TEXT,
                fontsize=8,
            )


def _days(axis: "Axes", days: Sequence[DayCount]) -> None:
    every = 1 if len(days) <= LABELLED_DAYS else 5
    places = range(0, len(days), every)
    axis.set_xticks(list(places), [say_short_weekday(days[i].day) for i in places], color=QUIET)
    axis.tick_params(axis="x", length=0, labelbottom=True, pad=4)
