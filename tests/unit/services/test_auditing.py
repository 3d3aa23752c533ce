"""What the audit calls the end of a use: a mistake is refused, and only a fault has failed."""

import pytest
from discord import app_commands

from bot.services.auditing import FAILED, MISSING, MISTAKEN, OVERTAKEN, REFUSED
from bot.services.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    UnavailableError,
)
from bot.tree import outcome_of


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (InvalidInputError("“3 mnths” is no duration."), MISTAKEN),
        (NotFoundError("There is no case 7."), MISSING),
        (ConflictError("Somebody was faster."), OVERTAKEN),
        (NotAllowedError("You may not."), REFUSED),
        (app_commands.MissingPermissions(["ban_members"]), REFUSED),
        (UnavailableError("no answer", retryable=True), FAILED),
        (KeyError("a bug"), FAILED),
    ],
)
def test_only_what_is_nobodys_mistake_has_failed(error: Exception, outcome: str) -> None:
    assert outcome_of(error) == outcome
