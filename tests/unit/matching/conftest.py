"""The starter's matcher, built once: it is what members meet."""

import pytest

from bot.matching.matcher import Matcher
from bot.services.libraries import starter_examples, starter_library


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    return Matcher.build(starter_library(), starter_examples())
