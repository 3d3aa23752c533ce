"""The guided set-up as one message: what is asked, what is chosen, and with what to choose.

Knows Discord's menus and buttons; the answering classes are in `cogs.setup`, found by custom ids.
"""

from collections.abc import Iterable, Sequence

import discord

from bot.discord_io.setup_report import Finding
from bot.discord_io.words import plain, shorten
from bot.domain.periods import Cadence, Weekday
from bot.domain.policy import Mode
from bot.domain.wording import N_, _
from bot.services.setting_up import Choices, Step

COLOUR = discord.Colour(0x5865F2)
MOST_PLACES = 25
WATCHABLE = [
    discord.ChannelType.text,
    discord.ChannelType.forum,
    discord.ChannelType.news,
    discord.ChannelType.category,
]
WRITABLE = [discord.ChannelType.text, discord.ChannelType.news]
DESCRIPTION_LIMIT = 4000
WELL, NOT_WELL = "\N{WHITE HEAVY CHECK MARK}", "\N{WARNING SIGN}"

TITLES = {
    Step.PLACES: N_("Places to watch"),
    Step.ROLES: N_("Who moderates"),
    Step.REVIEW: N_("Where moderators are asked"),
    Step.DIGEST: N_("The digest"),
    Step.REPORT: N_("How it looks"),
}
ABOUT = {
    Step.PLACES: N_(
        "Choose channels, forums or categories; threads and channels inherit from what they are "
        "in. Then say what happens when a post raises a claim that has been fact-checked."
    ),
    Step.ROLES: N_(
        "Members with the **moderator role** may use `/mod`, `/case` and moderators' cards, "
        "whatever their permissions on Discord. Those with the **admin role** may also change my "
        "settings; choosing that role takes Manage Server."
    ),
    Step.REVIEW: N_(
        "Suggestions, flags and appeals come as cards to this channel. Choose one that only "
        "moderators can read."
    ),
    Step.DIGEST: N_(
        "A short summary of what was liked, discussed and fact-checked. Choose where it is posted "
        "and when; quiet weeks are skipped."
    ),
    Step.REPORT: N_("What works, and what is still missing."),
}
MODES = {
    Mode.AUTO: (N_("Attach notes by itself"), N_("A short note with sources, without a ping")),
    Mode.SUGGEST: (N_("Ask moderators first"), N_("A card in the review channel; step 3")),
    Mode.SILENT: (N_("Only count"), N_("Nothing is posted; see /status and the digest")),
}
DAYS: dict[Weekday | Cadence, str] = {
    Weekday.MONDAY: N_("Every Monday"),
    Weekday.TUESDAY: N_("Every Tuesday"),
    Weekday.WEDNESDAY: N_("Every Wednesday"),
    Weekday.THURSDAY: N_("Every Thursday"),
    Weekday.FRIDAY: N_("Every Friday"),
    Weekday.SATURDAY: N_("Every Saturday"),
    Weekday.SUNDAY: N_("Every Sunday"),
    Cadence.DAILY: N_("Every day"),
    Cadence.MONTHLY: N_("On the first of the month"),
}
NEXT_STEPS = N_(
    "Done! Every choice took effect when you made it; `/setup` opens this again. Good first "
    "things: `/check` a claim, `/factcheck list`, and `/status` in a week. Members find "
    "`/mydata` and `/optout`."
)


def setup_embed(step: Step, choices: Choices, findings: Sequence[Finding] = ()) -> discord.Embed:
    """Return what a step asks, and what is chosen."""
    lines = [_(ABOUT[step]), "", *_chosen(step, choices)]
    if step is Step.REPORT:
        lines += [f"{WELL if each.well else NOT_WELL} {each.text}" for each in findings]
        lines += ["", _(NEXT_STEPS)]
    return discord.Embed(
        colour=COLOUR,
        title=_("Set-up, step {number} of {count}: {title}").format(
            number=step.number, count=len(Step), title=_(TITLES[step])
        ),
        description=shorten("\n".join(lines), DESCRIPTION_LIMIT),
    )


def _chosen(step: Step, choices: Choices) -> Iterable[str]:
    nothing = _("nothing yet")
    match step:
        case Step.PLACES:
            places = ", ".join(f"<#{watch.place}>" for watch in choices.watches)
            yield _("**Watched:** {places}").format(places=places or nothing)
        case Step.ROLES:
            house = choices.house
            yield _("**Moderators:** {role}").format(role=_role(house.moderator_role) or nothing)
            yield _("**Admins:** {role}").format(role=_role(house.admin_role) or nothing)
        case Step.REVIEW:
            place = choices.rules.review_place
            shown = f"<#{place}>" if place else nothing
            yield _("**Review channel:** {place}").format(place=shown)
        case Step.DIGEST:
            schedule = choices.plan.schedule
            place = choices.plan.channel
            yield _("**Digest channel:** {place}").format(place=f"<#{place}>" if place else nothing)
            yield _("**When:** {day} at {hour}:00, {zone}").format(
                day=_(DAYS[_day(choices)]), hour=f"{schedule.hour:02}", zone=plain(schedule.zone)
            )
        case Step.REPORT:
            return


def _role(role: int | None) -> str:
    return f"<@&{role}>" if role else ""


def _day(choices: Choices) -> Weekday | Cadence:
    schedule = choices.plan.schedule
    return schedule.weekday if schedule.cadence is Cadence.WEEKLY else schedule.cadence


def setup_view(step: Step, choices: Choices, guild: discord.Guild) -> discord.ui.View:
    """Return the menus of a step over the buttons that lead to the others."""
    view = discord.ui.View(timeout=None)
    for item in (*_menus(step, choices, guild), *_ways(step, choices)):
        view.add_item(item)
    view.stop()  # the answering classes are found by custom ids, also after a restart
    return view


def _menus(
    step: Step, choices: Choices, guild: discord.Guild
) -> Iterable[discord.ui.Item[discord.ui.View]]:
    match step:
        case Step.PLACES:
            yield _places_menu(choices, guild)
            if choices.watches:
                yield _mode_menu(choices)
        case Step.ROLES:
            house = choices.house
            yield _role_menu("moderators", _("Moderator role"), house.moderator_role, guild)
            yield _role_menu("admins", _("Admin role"), house.admin_role, guild)
        case Step.REVIEW:
            place = choices.rules.review_place
            yield _channel_menu("review", _("Review channel"), place, guild)
        case Step.DIGEST:
            yield _channel_menu("digest", _("Digest channel"), choices.plan.channel, guild)
            yield _day_menu(choices)
            yield _hour_menu(choices)
        case Step.REPORT:
            return


def _ways(step: Step, choices: Choices) -> Iterable[discord.ui.Button[discord.ui.View]]:
    before, after = step.moved(-1), step.moved(1)
    style = discord.ButtonStyle
    if before is not None:
        yield discord.ui.Button(label=_("Back"), custom_id=f"su1:go:{before}", row=4)
    if after is not None:
        chosen = choices.made_in(step)
        yield discord.ui.Button(
            label=_("Next") if chosen else _("Skip"),
            style=style.primary if chosen else style.secondary,
            custom_id=f"su1:go:{after}",
            row=4,
        )
    if step is Step.DIGEST:
        yield discord.ui.Button(label=_("Time zone"), custom_id="su1:zone", row=4)
    if step is Step.REPORT:
        yield discord.ui.Button(label=_("Check again"), custom_id=f"su1:go:{step}", row=4)


def _places_menu(
    choices: Choices, guild: discord.Guild
) -> discord.ui.ChannelSelect[discord.ui.View]:
    known = [
        watch.place
        for watch in choices.watches
        if (channel := guild.get_channel(watch.place)) and channel.type in WATCHABLE
    ]
    return discord.ui.ChannelSelect(
        custom_id="su1:pick:places",
        channel_types=WATCHABLE,
        placeholder=_("Places to watch"),
        min_values=0,
        max_values=MOST_PLACES,
        default_values=[_channel(place) for place in known[:MOST_PLACES]],
    )


def _channel_menu(
    what: str, label: str, place: int | None, guild: discord.Guild
) -> discord.ui.ChannelSelect[discord.ui.View]:
    known = place is not None and guild.get_channel(place) is not None
    return discord.ui.ChannelSelect(
        custom_id=f"su1:pick:{what}",
        channel_types=WRITABLE,
        placeholder=label,
        min_values=0,
        default_values=[_channel(place)] if known and place is not None else [],
    )


def _role_menu(
    what: str, label: str, role: int | None, guild: discord.Guild
) -> discord.ui.RoleSelect[discord.ui.View]:
    kind = discord.SelectDefaultValueType.role
    known = role is not None and guild.get_role(role) is not None
    return discord.ui.RoleSelect(
        custom_id=f"su1:pick:{what}",
        placeholder=label,
        min_values=0,
        default_values=[discord.SelectDefaultValue(id=role, type=kind)] if known and role else [],
    )


def _mode_menu(choices: Choices) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(
            label=_(label), value=mode.value, description=_(about), default=mode is choices.mode
        )
        for mode, (label, about) in MODES.items()
    ]
    differs = choices.mode is None
    placeholder = _("Different in each place; choose one") if differs else _("What happens there")
    return discord.ui.Select(custom_id="su1:pick:mode", placeholder=placeholder, options=options)


def _day_menu(choices: Choices) -> discord.ui.Select[discord.ui.View]:
    chosen = _day(choices)
    options = [
        discord.SelectOption(label=_(label), value=day.value, default=day is chosen)
        for day, label in DAYS.items()
    ]
    return discord.ui.Select(custom_id="su1:pick:day", placeholder=_("Day"), options=options)


def _hour_menu(choices: Choices) -> discord.ui.Select[discord.ui.View]:
    chosen = choices.plan.schedule.hour
    options = [
        discord.SelectOption(label=f"{hour:02}:00", value=str(hour), default=hour == chosen)
        for hour in range(24)
    ]
    return discord.ui.Select(custom_id="su1:pick:hour", placeholder=_("Hour"), options=options)


def _channel(place: int) -> discord.SelectDefaultValue:
    return discord.SelectDefaultValue(id=place, type=discord.SelectDefaultValueType.channel)


def zone_form(custom_id: str, zone: str) -> discord.ui.Modal:
    """Return the form in which a time zone is typed."""
    form = discord.ui.Modal(title=_("Time zone"), custom_id=custom_id)
    form.add_item(
        discord.ui.TextInput(
            label=_("City or zone, such as Berlin or Asia/Tokyo"),
            custom_id="zone",
            default=zone,
            max_length=60,
        )
    )
    return form
