"""The register: every table, what it holds about people, why, how long, and how it is forgotten.

A test compares it with the schema: a table or a column with ids that is not here fails the build.
"""

from bot.domain.cases import CaseKind
from bot.domain.flags import CardState
from bot.domain.wording import N_
from db.privacy.words import Confidential, Fate, Kept, MemberColumn, TableRecord

_CASES_STAY = N_("moderators' records are kept, so that nobody can erase what they were warned for")
_AUDIT_STAYS = N_("who used moderators' powers has to stay answerable until the audit ends")
_UNDECIDED_STAYS = N_("moderators have not decided on it yet; ask again when they have")
_CHOICE_STAYS = N_("without your id your choice to opt out could not be kept")


def _erase(*names: str) -> tuple[MemberColumn, ...]:
    return tuple(MemberColumn(name, Fate.ERASE) for name in names)


def _anonymise(*names: str, blank: int | None = None) -> tuple[MemberColumn, ...]:
    return tuple(MemberColumn(name, Fate.ANONYMISE, blank) for name in names)


def _keep(*names: str) -> tuple[MemberColumn, ...]:
    return tuple(MemberColumn(name, Fate.KEEP) for name in names)


def _document(name: str, fate: Fate) -> MemberColumn:
    return MemberColumn(name, fate, is_document=True)


ABOUT_A_POST = frozenset({"community_id", "place_id", "channel_id", "post_id", "message_id"})
_COMMUNITY = frozenset({"community_id"})

ABOUT_MEMBERS: tuple[TableRecord, ...] = (
    TableRecord(
        table="post",
        holds=N_("posts that you wrote: ids and times, no text"),
        why="to judge each post once, and to count posts for digests",
        kept=Kept.POSTS,
        columns=_anonymise("author_id"),
        no_member=ABOUT_A_POST | {"parent_id"},
    ),
    TableRecord(
        table="reaction",
        holds=N_("reactions that you gave, with which emoji and when"),
        why="to count likes, each member's once",
        kept=Kept.POSTS,
        columns=_erase("member_id"),
        no_member=ABOUT_A_POST | {"normal_order", "burst_order", "given"},
    ),
    TableRecord(
        table="liked_post",
        holds=N_("posts of yours that got reactions"),
        why="to show what was liked",
        kept=Kept.POSTS,
        columns=_anonymise("author_id"),
        no_member=ABOUT_A_POST | {"created"},
    ),
    TableRecord(
        table="tally_member",
        holds=N_("how many likes you got and gave on each day"),
        why="to answer /likes and digests without counting everything anew",
        kept=Kept.POSTS,
        columns=_erase("member_id"),
        no_member=_COMMUNITY,
    ),
    TableRecord(
        table="rating_reason",
        holds=N_("reasons that you gave with a rating"),
        why="to tell moderators what is wrong with a note",
        kept=Kept.NOTES,
        columns=_erase("member_id"),
        within={"note_id": "note"},
    ),
    TableRecord(
        table="rating",
        holds=N_("ratings that you gave to notes"),
        why="to take back notes that members find not helpful",
        kept=Kept.NOTES,
        columns=_erase("member_id"),
        within={"note_id": "note"},
    ),
    TableRecord(
        table="requester",
        holds=N_("posts that you asked to have checked"),
        why="to ask moderators once, and to limit requests",
        kept=Kept.POSTS,
        columns=_erase("member_id"),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="check_request",
        holds=N_("requests that you closed as a moderator"),
        why="to list what members want checked",
        kept=Kept.POSTS,
        columns=_anonymise("closed_by_id"),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="member",
        holds=N_("your own choice about notes (/optout)"),
        why="to respect it",
        kept=Kept.CHOICE,
        columns=_erase("member_id"),
        no_member=_COMMUNITY,
        only_kept_if="opted_out",
        reason_to_keep=_CHOICE_STAYS,
    ),
    TableRecord(
        table="flag",
        holds=N_("posts that you flagged to moderators, with your words"),
        why="to show moderators what members report, once",
        kept=Kept.POSTS,
        columns=_erase("member_id"),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="flag_card",
        holds=N_("posts of yours that were flagged, and flags that you decided as a moderator"),
        why="to let moderators decide on flags, once",
        kept=Kept.POSTS,
        columns=(
            *_anonymise("author_id", blank=0),
            *_anonymise("decided_by_id", "put_off_by_id"),
            _document("details", Fate.ANONYMISE),
        ),
        no_member=ABOUT_A_POST | {"review_place_id"},
        withheld=frozenset({"details"}),
        undecided=("state", CardState.OPEN.value),
        reason_to_keep=_UNDECIDED_STAYS,
    ),
    TableRecord(
        table="review",
        holds=N_("suggestions that you decided as a moderator"),
        why="to ask moderators about a match, once",
        kept=Kept.POSTS,
        columns=_anonymise("decided_by_id"),
        no_member=ABOUT_A_POST | {"review_place_id"},
    ),
    TableRecord(
        table="label",
        holds=N_("judgements on matches that you made as a moderator"),
        why="to know how often each fact-check is right",
        kept=Kept.UNTIL_REMOVED,
        columns=_anonymise("by_member_id", blank=0),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="withdrawal",
        holds=N_("notes that you took back as a moderator"),
        why="to see when too many notes are wrong",
        kept=Kept.NOTES,
        columns=_anonymise("by_member_id"),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="pause",
        holds=N_("pauses that you began or ended as a moderator"),
        why="to keep automatic notes paused until somebody resumes them",
        kept=Kept.WHILE_IN_USE,
        columns=_anonymise("by_member_id", "resumed_by_id"),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="watch",
        holds=N_("places that you added to the watched ones"),
        why="to know where to look",
        kept=Kept.WHILE_IN_USE,
        columns=_anonymise("added_by_id"),
        no_member=ABOUT_A_POST,
    ),
    TableRecord(
        table="fact_check_revision",
        holds=N_("revisions of fact-checks that you wrote"),
        why="to show a fact-check's history",
        kept=Kept.UNTIL_REMOVED,
        columns=_anonymise("by_member_id"),
        no_member=_COMMUNITY | {"document"},
    ),
    TableRecord(
        table="example",
        holds=N_("examples that you added to fact-checks"),
        why="to recognise a claim in other words",
        kept=Kept.UNTIL_REMOVED,
        columns=_anonymise("by_member_id", blank=0),
        no_member=_COMMUNITY,
    ),
    TableRecord(
        table="digest_run",
        holds=N_("digests that name you"),
        why="to post a digest once, and to show it again",
        kept=Kept.AUDIT,
        columns=(_document("content", Fate.ANONYMISE),),
        no_member=ABOUT_A_POST | {"owner", "messages"},
        withheld=frozenset({"content"}),
    ),
    TableRecord(
        table="outbox",
        holds=N_("messages of the bot to you, or that name you"),
        why="to post everything once, whatever crashes",
        kept=Kept.POSTS,
        # What is sent to a member stands in a line of its own, in the place of a channel.
        columns=(*_anonymise("channel_id", blank=0), _document("content", Fate.ANONYMISE)),
        no_member=ABOUT_A_POST - {"channel_id"} | {"reply_to_id", "owner"},
        withheld=frozenset({"channel_id", "content"}),
    ),
    TableRecord(
        table="moderation_case",
        holds=N_("moderators' cases about you, or by you"),
        why="so that moderators know what happened before, and answer for what they did",
        kept=Kept.UNTIL_REMOVED,
        columns=(*_keep("target_id", "by_id"), _document("notes", Fate.KEEP)),
        no_member=ABOUT_A_POST | {"details", "origin"},
        withheld=frozenset({"notes", "details", "by_name", "target_name", "problem", "origin"}),
        confidential=Confidential(
            column="reason", about="target_id", where=("kind", CaseKind.NOTE.value)
        ),
        reason_to_keep=_CASES_STAY,
    ),
    TableRecord(
        table="appeal",
        holds=N_("appeals that you made, with what was said in them"),
        why="to answer each appeal once, with its history at hand",
        kept=Kept.UNTIL_REMOVED,
        columns=(*_keep("member_id"), _document("said", Fate.KEEP)),
        no_member=ABOUT_A_POST | {"card_place_id"},
        reason_to_keep=_CASES_STAY,
    ),
    TableRecord(
        table="audit_entry",
        holds=N_("your uses of commands that change things"),
        why="so that whoever can change things answers for it",
        kept=Kept.AUDIT,
        columns=_keep("member_id"),
        no_member=_COMMUNITY | {"member_name"},
        reason_to_keep=_AUDIT_STAYS,
    ),
)

_NO_PEOPLE: tuple[tuple[str, str, str, Kept, frozenset[str]], ...] = (
    (
        "fact_check",
        "which revision of a fact-check is the newest",
        "the library",
        Kept.UNTIL_REMOVED,
        _COMMUNITY,
    ),
    (
        "note",
        "notes: the post's id, the fact-check, the probability; not who wrote the post",
        "to update and take back notes",
        Kept.NOTES,
        ABOUT_A_POST,
    ),
    (
        "note_shown",
        "how each corrected note is shown",
        "to edit a note once",
        Kept.NOTES,
        frozenset(),
    ),
    (
        "standing",
        "what the ratings say about a note",
        "to take back bad notes",
        Kept.NOTES,
        frozenset(),
    ),
    (
        "imprint",
        N_("128 signs of what a judged post said, by which near copies are known; nobody's id"),
        "to recognise its like",
        Kept.UNTIL_REMOVED,
        _COMMUNITY,
    ),
    (
        "judgement",
        "what was decided about a post: its id and the probability",
        "to count claims, and to explain decisions",
        Kept.POSTS,
        ABOUT_A_POST,
    ),
    (
        "correction",
        "how many notes a change to a fact-check touched",
        "to tell a community what was corrected",
        Kept.UNTIL_REMOVED,
        _COMMUNITY,
    ),
    (
        "coverage",
        "up to when each place was read",
        "to read back what was missed",
        Kept.WHILE_IN_USE,
        ABOUT_A_POST,
    ),
    (
        "like_emoji",
        "which emoji count as likes",
        "the community's choice",
        Kept.WHILE_IN_USE,
        _COMMUNITY,
    ),
    (
        "tally_moment",
        "numbers of posts and likes by quarter of an hour",
        "for digests",
        Kept.POSTS,
        _COMMUNITY,
    ),
    (
        "tally_place",
        "numbers of posts and likes by place and day",
        "for digests",
        Kept.POSTS,
        ABOUT_A_POST,
    ),
    (
        "digest_plan",
        "when and where digests are posted",
        "the community's choice",
        Kept.WHILE_IN_USE,
        ABOUT_A_POST | {"moderators_channel_id"},
    ),
    (
        "note_rules",
        "thresholds, review channel and other choices about notes",
        "the community's choice",
        Kept.WHILE_IN_USE,
        _COMMUNITY | {"review_place_id"},
    ),
    (
        "case_counter",
        "the highest number of a case",
        "to number cases",
        Kept.UNTIL_REMOVED,
        _COMMUNITY,
    ),
    (
        "source_state",
        "cited pages and whether they answer",
        "to mark dead links",
        Kept.WHILE_IN_USE,
        frozenset(),
    ),
    (
        "lease",
        "which process runs the bot",
        "so that only one does",
        Kept.WHILE_IN_USE,
        frozenset({"owner"}),
    ),
    (
        "setting",
        "small facts such as roles, and which commands are registered",
        "the community's choices, and the bot's own state",
        Kept.WHILE_IN_USE,
        frozenset(),
    ),
)

REGISTER: tuple[TableRecord, ...] = (
    *ABOUT_MEMBERS,
    *(
        TableRecord(table=table, holds=holds, why=why, kept=kept, no_member=columns)
        for table, holds, why, kept, columns in _NO_PEOPLE
    ),
)
