"""What an import does to what stands already, and what its answer says of it."""

from bot.discord_io.factcheck_cards import outcome_text
from bot.domain.corrections import NoteShape
from bot.domain.factchecks import Status
from bot.domain.ids import MemberId
from bot.domain.sources import Probe
from bot.services.editing import EditingService, ImportService
from bot.services.formats import jsonl
from bot.services.ports.pages import Page
from tests.builders import ASIA, COMMUNITY, build_fact_check
from tests.unit.services.conftest import Stage
from tests.unit.services.test_correcting import attached

NOOR = MemberId(1)
ADDRESS = "https://example.org/asia.jsonl"


class FakePages:
    """One page, which holds the fact-check that is published here."""

    async def fetch(self, url: str) -> Page:
        text = jsonl.render([build_fact_check(summary="More is known.")])
        return Page(url=url, text=text, content_type="application/json")

    async def probe(self, url: str) -> Probe:
        raise NotImplementedError


async def test_a_page_imported_over_a_published_fact_check_says_that_its_notes_collapse(
    stage: Stage,
) -> None:
    note = await attached(stage)
    editing = EditingService(stage.database, stage.library, stage.clock)
    importing = ImportService(stage.library, editing, FakePages())
    left = await importing.from_address(COMMUNITY, ADDRESS, by=NOOR)
    assert (left.taken, left.unpublished) == ((ASIA,), ())
    done = await importing.from_address(COMMUNITY, ADDRESS, by=NOOR, overwrite=True)
    assert f"`{ASIA}` was published and is not any more" in outcome_text(done)
    await stage.sender.send_due()
    assert stage.publisher.forms[note.id].shape is NoteShape.PAUSED
    again = await importing.from_address(COMMUNITY, ADDRESS, by=NOOR, overwrite=True)
    assert (again.saved[0].fact_check.status, again.unpublished) == (Status.DRAFT, ())
