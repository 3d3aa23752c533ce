"""Opens the web form for appeals: joins the pages, the links and the service.

Belongs to the composition root: it alone knows the client, the services and the pages.
"""

from functools import partial
from gettext import NullTranslations

from aiohttp import web

from bot.client import FootnoteBot
from bot.domain.appeal_links import AppealLink
from bot.domain.appeals import Appeal, AppealState, Turn
from bot.domain.cases import IN_WORDS
from bot.domain.wording import N_, _, speaking
from bot.services.appealing import Matter
from bot.services.errors import NotFoundError
from bot.web.appeals import NO_LINK, AppealDesk, FormPage, add_appeals

BY_LINK = "the member, by the web form"
DECISIONS = {Turn.ACCEPTED: N_("Accepted."), Turn.REJECTED: N_("Rejected:")}


def add_appeal_form(app: web.Application, bot: FootnoteBot) -> None:
    """Add the form for those who have a link."""
    add_appeals(app, AppealDesk(partial(_look, bot), partial(_send, bot)))


async def _look(bot: FootnoteBot, token: str) -> FormPage | None:
    link = await bot.services.appeal_offers.read(token)
    if link is None:
        return None
    guild = bot.get_guild(link.case.community)
    catalogue = bot.services.languages.community(link.case.community)
    with speaking(catalogue):
        matter = await bot.services.appeals.matter(link.case, link.member)
        return _page(matter, guild.name if guild else "Discord", catalogue)


def _page(matter: Matter, community: str, catalogue: NullTranslations) -> FormPage:
    return FormPage(
        community=community,
        number=matter.case.number,
        what=_(IN_WORDS[matter.case.kind]),
        reason=matter.case.reason,
        hindrance=matter.hindrance or "",
        contact=matter.contact,
        question=_question(matter.appeal),
        decision=_decision(matter.appeal),
        catalogue=catalogue,
    )


def _question(appeal: Appeal | None) -> str:
    return appeal.said[-1].text if appeal and appeal.state is AppealState.ASKED else ""


def _decision(appeal: Appeal | None) -> str:
    said = appeal.decision if appeal else None
    return f"{_(DECISIONS[said.turn])} {said.text}".strip() if said else ""


async def _send(bot: FootnoteBot, token: str, text: str) -> None:
    link = await bot.services.appeal_offers.read(token)
    if link is None:
        raise NotFoundError(NO_LINK)
    with speaking(bot.services.languages.community(link.case.community)):
        await _take(bot, link, text)


async def _take(bot: FootnoteBot, link: AppealLink, text: str) -> None:
    """Take an answer where one is asked for, an appeal otherwise."""
    appeals = bot.services.appeals
    appeal = (await appeals.matter(link.case, link.member)).appeal
    if appeal is not None and appeal.state is AppealState.ASKED:
        await appeals.answer(appeal.id, link.member, BY_LINK, text)
    else:
        await appeals.open(link.case, link.member, BY_LINK, text)
