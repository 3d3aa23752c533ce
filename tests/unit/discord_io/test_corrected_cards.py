"""A note after its fact-check has moved on: an updated one, and one that is collapsed."""

from datetime import date

import pytest

from bot.discord_io.cards import collapsed_embed, collapsed_view, note_embed
from bot.domain.corrections import COLLAPSED, NoteForm, NoteShape
from bot.domain.ids import NoteId
from tests.builders import NOON, build_fact_check

MOMENT = f"<t:{int(NOON.timestamp())}:R>"


def test_an_updated_note_says_when_and_what_in_a_word_each() -> None:
    form = NoteForm(changed=("summary", "sources"), changed_at=NOON)
    lines = (note_embed(build_fact_check(), form).description or "").splitlines()
    assert lines[-1].endswith(f"Updated {MOMENT}: summary, sources.")


def test_a_note_past_its_review_says_since_when() -> None:
    form = NoteForm(shape=NoteShape.EXPIRED)
    described = note_embed(build_fact_check(review_by=date(2026, 11, 9)), form).description or ""
    assert "Past its review (to be reviewed by 9 Nov 2026): newer facts may exist." in described
    undated = note_embed(build_fact_check(checked_on=None), form).description or ""
    assert "Past its review: newer facts may exist." in undated


@pytest.mark.parametrize("shape", sorted(COLLAPSED))
def test_a_collapsed_note_is_one_line_with_the_reason(shape: NoteShape) -> None:
    form = NoteForm(shape=shape, reason="a source was withdrawn.", changed_at=NOON)
    embed = note_embed(build_fact_check(), form)
    assert (embed.title, embed.footer.text, len(embed.fields)) == (None, None, 0)
    described = embed.description or ""
    assert "\n" not in described
    assert described.endswith(f"note {shape.value} {MOMENT}: a source was withdrawn.")
    assert "Asia embraces AI art instead of resisting it" in described


def test_a_reason_can_neither_mention_nor_link_nor_format() -> None:
    form = NoteForm(shape=NoteShape.PAUSED, reason="@everyone **see** https://example.org\n# Ha")
    described = collapsed_embed("<@123456789012345678> claims", form).description or ""
    assert not any(mark in described for mark in ("@everyone", "@1234", "**see**", "://e", "\n"))


def test_a_collapsed_note_keeps_its_marker_in_a_button() -> None:
    view = collapsed_view(NoteId("A" * 22))
    (button,) = view.children
    assert getattr(button, "custom_id", "") == f"fc1:details:{'A' * 22}"
