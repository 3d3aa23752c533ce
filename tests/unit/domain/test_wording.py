"""One process speaks several languages at once, each task its own."""

import asyncio
from gettext import NullTranslations

from bot.domain.wording import N_, _, ngettext, speaking


class ShoutingCatalogue(NullTranslations):
    """Says everything in capitals."""

    def gettext(self, message: str) -> str:
        return message.upper()

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2).upper()


def test_a_text_is_said_as_written_where_no_catalogue_was_chosen() -> None:
    assert _("Nothing to do.") == "Nothing to do."
    assert [ngettext("{n} note", "{n} notes", n).format(n=n) for n in (1, 2)] == [
        "1 note",
        "2 notes",
    ]


def test_a_chosen_catalogue_is_left_when_its_block_ends() -> None:
    with speaking(ShoutingCatalogue()):
        assert _(N_("Nothing to do.")) == "NOTHING TO DO."
        assert ngettext("one note", "notes", 1) == "ONE NOTE"
    assert _("Nothing to do.") == "Nothing to do."


async def test_two_tasks_speak_their_own_language_side_by_side() -> None:
    spoke = asyncio.Event()

    async def loudly() -> str:
        with speaking(ShoutingCatalogue()):
            spoke.set()
            await asyncio.sleep(0)
            return _("hello")

    async def plainly() -> str:
        await spoke.wait()
        return _("hello")

    assert list(await asyncio.gather(loudly(), plainly())) == ["HELLO", "hello"]
