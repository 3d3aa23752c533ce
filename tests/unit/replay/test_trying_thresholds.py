"""`Replay` under other thresholds and modes than the usual ones."""

from pathlib import Path

import pytest

from bot.domain.policy import Mode, Outcome, Reason, Thresholds
from bot.services.errors import InvalidInputError
from bot.services.exports import open_export
from bot.services.replaying import Replay, begin_of, thresholds_at
from tests.unit.replay.exporting import export, message, write
from tests.unit.replay.keyword_reader import KeywordReader, fact_check

LIBRARY = (fact_check("alpha"),)
LIKELY = "people keep telling me about alpha"
UNSURE = "maybe people keep telling me about alpha"


async def decided(
    tmp_path: Path, text: str, *, mode: Mode = Mode.AUTO, threshold: float | None = None
) -> list[tuple[Outcome, Reason]]:
    path = write(tmp_path / "e.json", export([message(1, text)]))
    replay = Replay(
        open_export(path, begin=begin_of(LIBRARY)),
        LIBRARY,
        KeywordReader.build,
        mode=mode,
        threshold=threshold,
    )
    return [(finding.outcome, finding.reason) async for finding in replay.findings()]


async def test_a_lower_threshold_attaches_what_would_be_suggested(tmp_path: Path) -> None:
    assert await decided(tmp_path, UNSURE) == [(Outcome.SUGGEST, Reason.UNSURE)]
    assert await decided(tmp_path, UNSURE, threshold=0.5) == [(Outcome.ATTACH, Reason.CONFIDENT)]


async def test_a_higher_threshold_suggests_what_would_be_attached(tmp_path: Path) -> None:
    assert await decided(tmp_path, LIKELY) == [(Outcome.ATTACH, Reason.CONFIDENT)]
    assert await decided(tmp_path, LIKELY, threshold=0.96) == [(Outcome.SUGGEST, Reason.UNSURE)]


async def test_a_threshold_attaches_nothing_in_a_place_that_wants_suggestions(
    tmp_path: Path,
) -> None:
    assert await decided(tmp_path, UNSURE, mode=Mode.SUGGEST, threshold=0.5) == [
        (Outcome.SUGGEST, Reason.SUGGEST_MODE)
    ]


async def test_a_silent_place_counts_only(tmp_path: Path) -> None:
    assert await decided(tmp_path, LIKELY, mode=Mode.SILENT) == [(Outcome.NONE, Reason.SILENT_MODE)]


def test_suggestions_begin_where_they_did_or_where_notes_begin() -> None:
    usual = Thresholds(auto=0.9, suggest=0.5)
    assert thresholds_at(0.8, usual) == Thresholds(auto=0.8, suggest=0.5)
    assert thresholds_at(0.4, usual) == Thresholds(auto=0.4, suggest=0.4)


@pytest.mark.parametrize("threshold", [-1.0, 0.0, 0.29, 1.01, float("inf"), float("nan")])
async def test_a_threshold_that_no_community_could_set_is_refused(
    tmp_path: Path, threshold: float
) -> None:
    with pytest.raises(InvalidInputError, match=r"from 0\.30 to 1\.00"):
        await decided(tmp_path, LIKELY, threshold=threshold)
