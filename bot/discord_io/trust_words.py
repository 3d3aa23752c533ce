"""Trust levels in words, with every figure and what is missing."""

from collections.abc import Mapping

from bot.domain.trust import (
    CASES_WITHIN,
    LEVEL_NAMES,
    WINDOW,
    Figure,
    Requirement,
    TrustLevel,
)
from bot.domain.wording import N_, _
from bot.services.dates import say_number
from bot.services.trusting import Explained

FIGURE_NAMES: Mapping[Figure, str] = {
    Figure.DAYS: N_("days on which they wrote or liked something"),
    Figure.POSTS: N_("posts"),
    Figure.PLACES: N_("channels and threads they wrote in"),
    Figure.GIVEN: N_("likes given"),
    Figure.GIVEN_TO: N_("members to whom they gave likes"),
    Figure.GIVEN_ON: N_("days on which they gave likes"),
    Figure.RECEIVED: N_("likes received"),
    Figure.RECEIVED_FROM: N_("members from whom they received likes"),
    Figure.RECEIVED_ON: N_("days on which they received likes"),
    Figure.FLAGS_RIGHT: N_("flags that moderators agreed with"),
    Figure.FLAGS_WRONG: N_("flags that moderators disagreed with"),
    Figure.CASES: N_("timeouts, kicks and bans in {days} days"),
}
EARNED = N_("Every figure is that of the last {days} days. It changes by itself with them.")
LEADS = N_("Whoever moderates here has this level; it is not earned.")
HIGHEST = N_("There is no higher level to earn.")
WHAT_FOR = N_(
    "A level only changes how much a flag counts (here: {weight} ×), and how often somebody "
    "who has just joined can ask for a check. It gives no rights, and takes none away."
)


def explained_text(explained: Explained, member: int) -> str:
    """Say a level, the figures, and what the next level asks for."""
    level = explained.level
    lines = [
        _("<@{member}> has trust level {level} ({name}).").format(
            member=member, level=int(level), name=_(LEVEL_NAMES[level])
        )
    ]
    if level is TrustLevel.LEADER:
        lines.append(_(LEADS))
    above = explained.next_level
    if above is not None:
        lines.append(
            _("For level {level} ({name}):").format(level=int(above), name=_(LEVEL_NAMES[above]))
        )
        lines += [_line(each) for each in explained.asked]
    else:
        lines += [_figure_line(figure, explained) for figure in Figure]
        if level is not TrustLevel.LEADER:
            lines.append(_(HIGHEST))
    lines.append(_(EARNED).format(days=WINDOW.days))
    lines.append(_(WHAT_FOR).format(weight=say_number(explained.flag_factor)))
    return "\n".join(lines)


def _line(requirement: Requirement) -> str:
    mark = "✅" if requirement.is_met else "▫️"
    text = N_("{mark} {figure}: {now} of at most {needed}")
    if not requirement.at_most:
        text = N_("{mark} {figure}: {now} of {needed}")
    return _(text).format(
        mark=mark,
        figure=_name(requirement.figure),
        now=requirement.now,
        needed=requirement.needed,
    )


def _figure_line(figure: Figure, explained: Explained) -> str:
    return f"▫️ {_name(figure)}: {explained.figures.of(figure)}"


def _name(figure: Figure) -> str:
    return _(FIGURE_NAMES[figure]).format(days=CASES_WITHIN.days)
