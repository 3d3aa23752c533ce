"""The picture of `footnote tune`: precision and recall at each threshold.

Knows matplotlib, which is imported when a picture is painted: it takes a while.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from bot.domain.autonomy import EARNED_BOUND
from bot.domain.tuning import Tried

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BACKGROUND = "#ffffff"
TEXT = "#22252b"
LINES: tuple[tuple[str, str, str, Callable[[Tried], float | None]], ...] = (
    ("precision", "#1f4fd8", "-", lambda tried: tried.precision),
    ("precision, lower end of 95 %", "#1f4fd8", ":", lambda tried: tried.bound),
    ("recall among labelled matches", "#c25e00", "--", lambda tried: tried.recall),
)
"""Name, colour, style and figure; styles differ as well, for the colour-blind."""


def paint_tuning(tried: Sequence[Tried], labels: int) -> bytes:
    """Return the picture as PNG."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.family": "DejaVu Sans", "font.size": 9.5}):
        figure = Figure(figsize=(6.4, 4.0), dpi=140, facecolor=BACKGROUND)
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        for name, colour, style, read in LINES:
            _line(axes, tried, name, colour, style, read)
        axes.axhline(EARNED_BOUND, color=TEXT, linewidth=0.6, alpha=0.5)
        axes.set_ylim(-0.02, 1.02)
        axes.set_xlabel("threshold")
        axes.set_title(f"Precision and recall by threshold, {labels} labels", color=TEXT)
        axes.legend(loc="lower left", frameon=False)
        figure.tight_layout()
        target = BytesIO()
        figure.savefig(target, format="png", facecolor=BACKGROUND, metadata={"Software": None})
    return target.getvalue()


def _line(
    axes: "Axes",
    tried: Sequence[Tried],
    name: str,
    colour: str,
    style: str,
    read: Callable[[Tried], float | None],
) -> None:
    # A bound of 0 for want of any note is no measurement, and neither is a missing share.
    known = [(each.threshold, read(each)) for each in tried if each.precision is not None]
    points = [(threshold, share) for threshold, share in known if share is not None]
    axes.plot(
        [threshold for threshold, _ in points],
        [share for _, share in points],
        color=colour,
        linestyle=style,
        marker="o",
        markersize=3,
        label=name,
    )
