"""Answers `footnote match`: JSON lines with messages in, JSON lines with matches out, same order.

Knows the line contract and the policy for a text alone; never where lines come from or go to.
"""

import json
from collections.abc import Iterable, Iterator

from bot.domain.matches import Evidence, Reading
from bot.domain.policy import decide_text
from bot.services.errors import UserFacingError
from bot.services.ports import Reader

LINE_LIMIT = 2_000_000
"""Bytes; a message of 100,000 characters fits, whatever its escapes."""


def match_lines(
    reader: Reader, lines: Iterable[bytes | str], top: int = 5, *, explain: bool = False
) -> Iterator[str]:
    """Yield one answer per message line; blank lines are skipped.

    With `explain`, every match says why, by the scorer's own names.

    Raises:
        UserFacingError: A line is no message; the error names the line.
    """
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_LIMIT:
            raise UserFacingError(
                f"Line {number} is longer than {LINE_LIMIT:,} bytes; a message has at most 100,000 "
                "characters."
            )
        if line.strip():
            identity, text = _message(line, number)
            yield _answer(reader, identity, reader.read(text, top=top), explain)


def _message(line: bytes | str, number: int) -> tuple[object, str]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise UserFacingError(f"Line {number} is not JSON ({_brief(problem)}).") from problem
    if not isinstance(message, dict):
        raise UserFacingError(f'Line {number} is not a message such as {{"text": "..."}}.')
    if not isinstance(message.get("text"), str):
        raise UserFacingError(f'Line {number} has no "text", or it is not a string.')
    return message.get("id", number), message["text"]


def _brief(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"{problem.msg} at character {problem.pos + 1}"
    if isinstance(problem, UnicodeDecodeError):
        return f"not UTF-8 at byte {problem.start + 1}"
    return "nested too deeply" if isinstance(problem, RecursionError) else "a value is out of range"


def _answer(reader: Reader, identity: object, reading: Reading, explain: bool) -> str:
    decision = decide_text(reading, reader.thresholds)
    return json.dumps(
        {
            "id": identity,
            "decision": decision.outcome.value,
            "stance": reading.stance.value,
            "matches": [
                {
                    "slug": match.slug,
                    "score": round(match.probability, 4),
                    "sentence": match.sentence,
                    **(_why(match.evidence) if explain else {}),
                }
                for match in reading.matches
            ],
        }
    )


def _why(evidence: Evidence) -> dict[str, object]:
    return {
        "why": {
            "phrasing": evidence.phrasing,
            "words": evidence.words,
            "stance_cue": evidence.stance_cue,
            "contributions": dict(evidence.contributions),
            "features": dict(evidence.features),
            "gates": dict(evidence.gates),
        }
    }
