"""A change of the library takes effect at once, and the same library gives the same answers."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import Slug
from bot.matching import by_record
from bot.matching.matcher import Matcher
from bot.services.libraries import starter_examples, starter_library

BRUSHES = FactCheck(
    slug=Slug("squirrel-brushes"),
    claim="Watercolour brushes are made of squirrel hair.",
    variants=("Your brush was a squirrel once",),
)
KILNS = FactCheck(slug=Slug("kiln-fires"), claim="Most studio fires start in a kiln.")


def probability(matcher: Matcher, text: str, slug: str) -> float:
    found = [match for match in matcher.read(text).matches if match.slug == slug]
    return found[0].probability if found else 0.0


def test_a_fact_check_that_is_added_is_recognised_at_once() -> None:
    matcher = Matcher.build([KILNS])
    text = "watercolour brushes are made of squirrel hair, right from the tail"
    assert probability(matcher, text, "squirrel-brushes") == 0
    matcher.put(BRUSHES)
    best = matcher.read(text).best
    assert best is not None
    assert best.slug == "squirrel-brushes"


def test_a_fact_check_that_is_removed_is_never_matched_again() -> None:
    matcher = Matcher.build([KILNS, BRUSHES])
    matcher.remove(BRUSHES.slug)
    matcher.remove(BRUSHES.slug)
    assert probability(matcher, BRUSHES.claim, "squirrel-brushes") == 0


def test_many_small_additions_stay_findable() -> None:
    matcher = Matcher.build([])
    for number in range(40):
        matcher.put(
            FactCheck(slug=Slug(f"n-{number}"), claim=f"Gallery number {number} sold a blue horse.")
        )
    matcher.put(BRUSHES)
    best = matcher.read("brushes for watercolour are made of squirrel hair").best
    assert best is not None
    assert best.slug == "squirrel-brushes"


def test_an_example_counts_at_once_for_a_fact_check_without_any() -> None:
    matcher = Matcher.build([KILNS, BRUSHES])
    text = "the fluffy tail of a tree rat ends up painting your skies"
    before = probability(matcher, text, "squirrel-brushes")
    matcher.add_example(Example(slug=BRUSHES.slug, text=text, raises=True))
    assert probability(matcher, text, "squirrel-brushes") > before


def test_a_moderators_example_counts_at_once_in_the_starter_library() -> None:
    matcher = Matcher.build(starter_library(), starter_examples())
    slug = Slug("pixiv-banned-ai-art")
    text = "that drawing place with the blue logo showed the robots the door, good riddance"
    before = probability(matcher, text, slug)
    matcher.add_example(Example(slug=slug, text=text, raises=True))
    assert probability(matcher, text, slug) > max(before, matcher.thresholds.suggest)


def test_not_this_claim_counts_at_once() -> None:
    matcher = Matcher.build(starter_library(), starter_examples())
    text = "Steam bans every game that has AI art in it"
    best = matcher.read(text).best
    assert best is not None
    matcher.add_example(Example(slug=best.slug, text=text, raises=False))
    assert probability(matcher, text, best.slug) < matcher.thresholds.suggest


def test_a_word_required_by_hand_must_be_there() -> None:
    demanding = replace(BRUSHES, requires=(("squirrel",), ("brush", "pencil")))
    matcher = Matcher.build([KILNS, demanding])
    with_both = "Watercolour brushes are made of squirrel hair"
    without = "Watercolour pencils are made of hair"
    assert probability(matcher, with_both, "squirrel-brushes") > 0.05
    assert probability(matcher, without, "squirrel-brushes") <= 0.05


def test_changed_wording_replaces_the_old_one() -> None:
    matcher = Matcher.build(starter_library(), starter_examples())
    old = next(check for check in starter_library() if check.slug == "pixiv-banned-ai-art")
    matcher.put(old.revised(variants=("The blue-eyed otter paints at midnight",)))
    best = matcher.read("The blue-eyed otter paints at midnight").best
    assert best is not None
    assert best.slug == old.slug


def test_another_process_gives_the_same_answers() -> None:
    script = (
        "from bot.matching.matcher import Matcher\n"
        "from bot.services.libraries import starter_examples, starter_library\n"
        "m = Matcher.build(starter_library(), starter_examples())\n"
        "for text in ('Asia embraces AI art', 'is AI art theft? they took our pictures'):\n"
        "    print([(x.slug, x.probability, x.stance.value) for x in m.read(text).matches])\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where an index is saved, however small the library."""
    monkeypatch.setattr(by_record, "WORTH_SAVING", 1)
    return tmp_path / "index"


def test_a_saved_index_gives_the_same_answers_and_heeds_changes(index: Path) -> None:
    text = "watercolour brushes are made of squirrel hair"
    fresh = Matcher.build([KILNS, BRUSHES], saved=index).read(text)
    (kept,) = index.iterdir()
    assert Matcher.build([KILNS, BRUSHES], saved=index).read(text) == fresh
    changed = replace(BRUSHES, claim="Sculptors like cold rooms.", variants=())
    after = Matcher.build([KILNS, changed], saved=index).read(text)
    assert after != fresh
    assert [each.name for each in index.iterdir()] != [kept.name]


def test_a_broken_saved_index_is_made_anew(index: Path) -> None:
    text = "watercolour brushes are made of squirrel hair"
    fresh = Matcher.build([KILNS, BRUSHES], saved=index).read(text)
    (kept,) = index.iterdir()
    (kept / "rows.npy").write_bytes(b"not an array")
    assert Matcher.build([KILNS, BRUSHES], saved=index).read(text) == fresh
    assert (kept / "rows.npy").stat().st_size > len(b"not an array")
    assert Matcher.build([KILNS, BRUSHES], saved=index).read(text) == fresh


def test_what_a_crash_left_unfinished_is_no_index_and_is_cleared_away(index: Path) -> None:
    left = index / "unfinished-before"
    left.mkdir(parents=True)
    (left / "index.json").write_text("{", encoding="utf-8")
    Matcher.build([KILNS, BRUSHES], saved=index)
    assert not left.exists()
    assert len(list(index.iterdir())) == 1


def test_where_nothing_can_be_saved_the_matcher_is_built_all_the_same(index: Path) -> None:
    index.write_text("a file stands in the way", encoding="utf-8")
    assert Matcher.build([KILNS, BRUSHES], saved=index).read(BRUSHES.claim).best is not None


def test_a_small_library_is_not_saved(tmp_path: Path) -> None:
    Matcher.build([KILNS, BRUSHES], saved=tmp_path / "index")
    assert not (tmp_path / "index").exists()
