"""A blog article in Markdown with front matter: material for fact-checks, never one itself.

Knows the names that blogs give to title, author and day; must never take a title for a claim.
"""

from bot.services.errors import InvalidInputError
from bot.services.formats import front_matter
from bot.services.formats.records import FieldError, is_null, plain_value
from bot.services.formats.reports import Imported, Material, Warned, broken, line_in
from bot.services.formats.words import day_in, slug_of

_NAMES = {
    "title": ("title", "headline"),
    "subtitle": ("subtitle", "description"),
    "author": ("author", "authors", "byline"),
    "published": ("publish_date", "published", "date", "pubDate", "created_date"),
    "url": ("url", "canonical_url", "canonical", "link"),
}


def parse(text: str, name: str) -> Imported:
    r"""Read an article.

    The common slip `\'` inside single quotes is repaired, with a warning for every line.

    Raises:
        InvalidInputError: it has no front matter, no title, or front matter that is broken.
    """
    page = front_matter.cut(text, name)
    if page is None:
        raise broken(name, 1, "no front matter. Start the file with a line of three hyphens.")
    values, lines, repaired = _load(page)
    try:
        plain = {key: plain_value(v, key) for key, v in values.items() if not is_null(v)}
    except FieldError as problem:
        raise broken(name, line_in(lines, problem.path), problem.sentence) from None
    taken = {ours: _take(plain, names) for ours, names in _NAMES.items()}
    if not taken["title"]:
        raise broken(name, 2, "the article has no `title`. Add one to its front matter.")
    if not page.body.strip():
        raise broken(name, page.body_line, "the article has no text after its front matter.")
    day = day_in(taken["published"])
    material = Material(
        slug=slug_of(taken["title"]),
        title=taken["title"],
        subtitle=taken["subtitle"],
        author=taken["author"],
        published=day.isoformat() if day else taken["published"] or None,
        url=taken["url"],
        text=page.body.strip(),
        extra=plain,
    )
    sentence = "the quote inside single quotes was read as '' (it stands there as \\')."
    return Imported(
        materials=(material,),
        warnings=tuple(Warned(line=line, sentence=sentence) for line in repaired),
    )


def render(material: Material) -> str:
    """Write an article as Markdown with front matter, in the form that `parse` reads."""
    values = {
        "title": material.title,
        "subtitle": material.subtitle,
        "author": material.author,
        "published": material.published,
        "url": material.url,
    }
    kept: dict[str, object] = {key: value for key, value in values.items() if value}
    others = {key: value for key, value in material.extra.items() if key not in kept}
    return f"---\n{front_matter.dump(kept | others)}---\n\n{material.text}\n"


def _load(
    page: front_matter.Page,
) -> tuple[dict[str, object], dict[str, int], tuple[int, ...]]:
    try:
        return *front_matter.load(page), ()
    except InvalidInputError:
        mended, repaired = front_matter.without_slips(page)
        if not repaired:
            raise
    return *front_matter.load(mended), repaired


def _take(values: dict[str, object], names: tuple[str, ...]) -> str:
    """Take the first of these keys out of the values; a list of names becomes one text."""
    for name in names:
        value = values.get(name)
        if isinstance(value, list):
            value = ", ".join(item for item in value if isinstance(item, str))
        if isinstance(value, int):
            value = str(value)
        if isinstance(value, str) and value.strip():
            del values[name]
            return value.strip()
    return ""
