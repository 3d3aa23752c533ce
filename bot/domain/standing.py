"""Who may do what to whom: permissions, the role hierarchy, and the sentences of refusal.

Pure: knows ranks and names of permissions as Discord has them; never a member object.
"""

from dataclasses import dataclass

from bot.domain.cases import ON_MEMBERS, CaseKind
from bot.domain.ids import MemberId
from bot.domain.wording import N_, _, quoted

NEEDED = {
    CaseKind.NOTE: "moderate_members",
    CaseKind.WARN: "moderate_members",
    CaseKind.TIMEOUT: "moderate_members",
    CaseKind.UNTIMEOUT: "moderate_members",
    CaseKind.KICK: "kick_members",
    CaseKind.BAN: "ban_members",
    CaseKind.UNBAN: "ban_members",
    CaseKind.PURGE: "manage_messages",
    CaseKind.SLOWMODE: "manage_channels",
    CaseKind.LOCK: "manage_channels",
    CaseKind.UNLOCK: "manage_channels",
    CaseKind.FACTCHECK_ATTACH: "manage_messages",
    CaseKind.FACTCHECK_WITHDRAW: "manage_messages",
}
"""What whoever acts must be allowed to do."""
IN_THREADS = {
    CaseKind.SLOWMODE: "manage_threads",
    CaseKind.LOCK: "manage_threads",
    CaseKind.UNLOCK: "manage_threads",
}
NEEDED_BY_BOT = {
    CaseKind.TIMEOUT: ("moderate_members",),
    CaseKind.UNTIMEOUT: ("moderate_members",),
    CaseKind.KICK: ("kick_members",),
    CaseKind.BAN: ("ban_members",),
    CaseKind.UNBAN: ("ban_members",),
    CaseKind.PURGE: ("manage_messages", "read_message_history"),
    CaseKind.SLOWMODE: ("manage_channels",),
    CaseKind.LOCK: ("manage_roles",),
    CaseKind.UNLOCK: ("manage_roles",),
}
PERMISSION_NAMES = {
    "moderate_members": N_("Timeout Members"),
    "kick_members": N_("Kick Members"),
    "ban_members": N_("Ban Members"),
    "manage_messages": N_("Manage Messages"),
    "read_message_history": N_("Read Message History"),
    "manage_channels": N_("Manage Channels"),
    "manage_threads": N_("Manage Threads"),
    "manage_roles": N_("Manage Permissions"),
    "manage_guild": N_("Manage Server"),
}
"""By discord.py's names, as Discord's settings show them."""
NEED_MEMBERSHIP = frozenset({CaseKind.WARN, CaseKind.TIMEOUT, CaseKind.UNTIMEOUT, CaseKind.KICK})
FREE_OF_RANK = frozenset({CaseKind.NOTE, CaseKind.UNBAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is in a community at this moment.

    `rank` is the position of the highest role that still exists.
    """

    member: MemberId
    name: str
    rank: int = 0
    is_owner: bool = False
    is_present: bool = True
    """False for somebody who left, or never was a member."""
    permissions: frozenset[str] = frozenset()
    has_moderator_role: bool = False

    def may(self, permission: str) -> bool:
        """Tell whether a permission is theirs, by itself or with Administrator."""
        return self.is_owner or bool({permission, "administrator"} & self.permissions)


def needed_for(kind: CaseKind, *, in_thread: bool = False) -> str:
    """Return the permission that an action needs."""
    return IN_THREADS.get(kind, NEEDED[kind]) if in_thread else NEEDED[kind]


def why_not_allowed(kind: CaseKind, actor: Standing, *, in_thread: bool = False) -> str | None:
    """Return why somebody may not do this at all, None where they may."""
    needed = needed_for(kind, in_thread=in_thread)
    if actor.has_moderator_role or actor.may(needed):
        return None
    return _("You need the permission “{permission}” or the moderator role for this.").format(
        permission=_(PERMISSION_NAMES[needed])
    )


def why_bot_cannot(kind: CaseKind, bot: Standing, *, in_thread: bool = False) -> str | None:
    """Return what the bot lacks for this, None where it lacks nothing."""
    needed = NEEDED_BY_BOT.get(kind, ())
    if in_thread and kind in IN_THREADS:
        needed = (IN_THREADS[kind],)
    lacking = [_(PERMISSION_NAMES[name]) for name in needed if not bot.may(name)]
    if not lacking:
        return None
    return _("I lack the permission {permissions} for this.").format(
        permissions=_(" and ").join(quoted(name) for name in lacking)
    )


def why_not_on(kind: CaseKind, actor: Standing, target: Standing, bot: Standing) -> str | None:
    """Return why this may not be done to this member, None where it may."""
    if kind not in ON_MEMBERS:
        return None
    if target.member == bot.member:
        return _("I cannot do this to myself.")
    if target.member == actor.member and kind is not CaseKind.NOTE:
        return _("You cannot do this to yourself.")
    if kind in NEED_MEMBERSHIP and not target.is_present:
        return _("This person is not a member of this server (any more).")
    if kind in FREE_OF_RANK or not target.is_present:
        return None
    return _why_rank_forbids(kind, actor, target, bot)


def _why_rank_forbids(
    kind: CaseKind, actor: Standing, target: Standing, bot: Standing
) -> str | None:
    if target.is_owner:
        return _("Nobody can do this to the owner of the server.")
    if not actor.is_owner and actor.rank <= target.rank:
        return _("Your highest role must stand above theirs.")
    if kind in NEEDED_BY_BOT and bot.rank <= target.rank:
        return _(
            "My highest role must stand above theirs: an admin can move it up in the settings."
        )
    if kind is CaseKind.TIMEOUT and target.may("administrator"):
        return _("Discord lets nobody time out an administrator.")
    return None
