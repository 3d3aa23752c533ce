"""The documented limits of messages, embeds and components, checked as one form.

Knows Discord's numbers; must never know who sends the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox.errors import FormErrors
from bot.sandbox.state import Json, MessageFlag

CONTENT = 2000
EMBED_SUM = 6000
V2_TEXT = 4000
V2_COMPONENTS = 40
CUSTOM_ID = 100
NONCE = 25
BUTTON, STRING_SELECT, TEXT_INPUT, TEXT_DISPLAY, ROW, LABEL = 2, 3, 4, 10, 1, 18
SELECTS = (3, 5, 6, 7, 8)
V2_ONLY = (9, 10, 11, 12, 13, 14, 17)


def check_message(body: Json, flags: int) -> None:
    """Refuse a message body that Discord would refuse."""
    form = FormErrors()
    is_v2 = bool(flags & MessageFlag.COMPONENTS_V2)
    form.longest("content", body.get("content"), CONTENT)
    nonce = body.get("nonce")
    form.longest("nonce", str(nonce) if nonce is not None else None, NONCE)
    if is_v2 and (body.get("content") or body.get("embeds") or body.get("sticker_ids")):
        form.add(
            "flags",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The 'content' and 'embeds' fields cannot be used with MessageFlags.IS_COMPONENTS_V2.",
        )
    _check_embeds(form, body.get("embeds") or [])
    _check_components(form, body.get("components") or [], is_v2)
    form.most("attachments", body.get("attachments"), 10)
    form.refuse()


def _check_embeds(form: FormErrors, embeds: list[Json]) -> None:
    form.most("embeds", embeds, 10)
    total = 0
    for n, embed in enumerate(embeds):
        total += _check_embed(form, f"embeds.{n}", embed)
    if total > EMBED_SUM:
        form.add(
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {EMBED_SUM}",
        )


def _check_embed(form: FormErrors, at: str, embed: Json) -> int:
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    fields = embed.get("fields") or []
    texts: list[tuple[str, Any, int]] = [
        ("title", embed.get("title"), 256),
        ("description", embed.get("description"), 4096),
        ("footer.text", footer.get("text"), 2048),
        ("author.name", author.get("name"), 256),
    ]
    for n, one in enumerate(fields):
        texts.append((f"fields.{n}.name", one.get("name") or "", 256))
        texts.append((f"fields.{n}.value", one.get("value") or "", 1024))
        for key in ("name", "value"):
            if not (one.get(key) or "").strip():
                form.add(f"{at}.fields.{n}.{key}", "BASE_TYPE_REQUIRED", "This field is required")
    form.most(f"{at}.fields", fields, 25)
    for path, value, limit in texts:
        form.longest(f"{at}.{path}", value, limit)
    for path, url in _urls(embed):
        if not str(url).startswith(("http://", "https://", "attachment://")):
            form.add(
                f"{at}.{path}", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of http, https."
            )
    return sum(len(value) for _, value, _ in texts if isinstance(value, str))


def _urls(embed: Json) -> Iterator[tuple[str, Any]]:
    if embed.get("url"):
        yield "url", embed["url"]
    for part, key in (
        ("author", "url"),
        ("author", "icon_url"),
        ("footer", "icon_url"),
        ("image", "url"),
        ("thumbnail", "url"),
    ):
        if (embed.get(part) or {}).get(key):
            yield f"{part}.{key}", embed[part][key]


def every_component(components: list[Json], at: str = "components") -> Iterator[tuple[str, Json]]:
    """Yield every component, nested ones included, with its path in the body."""
    for n, one in enumerate(components):
        path = f"{at}.{n}"
        yield path, one
        yield from every_component(one.get("components") or [], f"{path}.components")
        for inner in ("accessory", "component"):
            if one.get(inner):
                yield f"{path}.{inner}", one[inner]


def _check_components(form: FormErrors, components: list[Json], is_v2: bool) -> None:
    everything = list(every_component(components))
    if is_v2 and len(everything) > V2_COMPONENTS:
        form.add(
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components must be at most {V2_COMPONENTS}.",
        )
    if not is_v2:
        form.most("components", components, 5)
    texts = [c.get("content") or "" for _, c in everything if c.get("type") == TEXT_DISPLAY]
    if sum(map(len, texts)) > V2_TEXT:
        form.add(
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The total displayable text must be at most {V2_TEXT} characters.",
        )
    _check_custom_ids(form, everything)
    for path, one in everything:
        if not is_v2 and one.get("type") in V2_ONLY:
            form.add(f"{path}.type", "BASE_TYPE_CHOICES", "Value must be one of (1,).")
        _check_component(form, path, one)


def _check_custom_ids(form: FormErrors, everything: list[tuple[str, Json]]) -> None:
    seen: set[str] = set()
    for path, one in everything:
        custom_id = one.get("custom_id")
        if custom_id is None:
            continue
        form.longest(f"{path}.custom_id", custom_id, CUSTOM_ID, 1)
        if custom_id in seen:
            form.add(
                f"{path}.custom_id",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        seen.add(custom_id)


def _check_component(form: FormErrors, path: str, one: Json) -> None:
    kind = one.get("type")
    if kind == ROW:
        form.most(f"{path}.components", one.get("components"), 5)
    elif kind == BUTTON:
        _check_button(form, path, one)
    elif kind in SELECTS:
        _check_select(form, path, one)
    elif kind == LABEL:
        form.longest(f"{path}.label", one.get("label"), 45, 1)
        form.longest(f"{path}.description", one.get("description"), 100)
    elif kind == TEXT_INPUT:
        form.longest(f"{path}.label", one.get("label"), 45)
        form.longest(f"{path}.placeholder", one.get("placeholder"), 100)
        form.longest(f"{path}.value", one.get("value"), 4000)


def _check_button(form: FormErrors, path: str, one: Json) -> None:
    form.longest(f"{path}.label", one.get("label"), 80)
    if not one.get("label") and not one.get("emoji"):
        form.add(f"{path}.label", "BUTTON_COMPONENT_INVALID", "A label or an emoji is required.")
    if one.get("style") == 5:
        form.longest(f"{path}.url", one.get("url"), 512, 1)
        if not str(one.get("url", "")).startswith(("http://", "https://", "discord://")):
            form.add(
                f"{path}.url",
                "URL_TYPE_INVALID_SCHEME",
                "Scheme must be one of http, https, discord.",
            )
    elif not one.get("custom_id"):
        form.add(
            f"{path}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required"
        )


def _check_select(form: FormErrors, path: str, one: Json) -> None:
    form.longest(f"{path}.placeholder", one.get("placeholder"), 150)
    if one.get("type") != STRING_SELECT:
        return
    options = one.get("options") or []
    form.most(f"{path}.options", options, 25)
    if not options:
        form.add(f"{path}.options", "BASE_TYPE_REQUIRED", "This field is required")
    values = [o.get("value") for o in options]
    for n, option in enumerate(options):
        form.longest(f"{path}.options.{n}.label", option.get("label"), 100, 1)
        form.longest(f"{path}.options.{n}.value", option.get("value"), 100, 1)
        form.longest(f"{path}.options.{n}.description", option.get("description"), 100)
        if values.count(option.get("value")) > 1:
            form.add(
                f"{path}.options.{n}.value",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )


def check_modal(body: Json) -> None:
    """Refuse a form that Discord would refuse."""
    form = FormErrors()
    form.longest("data.title", body.get("title") or "", 45, 1)
    form.longest("data.custom_id", body.get("custom_id") or "", CUSTOM_ID, 1)
    components = body.get("components") or []
    form.most("data.components", components, 5)
    if not components:
        form.add("data.components", "BASE_TYPE_REQUIRED", "This field is required")
    everything = list(every_component(components, "data.components"))
    _check_custom_ids(form, everything)
    for path, one in everything:
        _check_component(form, path, one)
    form.refuse()


def check_choices(choices: list[Json]) -> None:
    """Refuse autocomplete choices that Discord would refuse."""
    form = FormErrors()
    form.most("data.choices", choices, 25)
    for n, one in enumerate(choices):
        form.longest(f"data.choices.{n}.name", one.get("name"), 100, 1)
        if isinstance(one.get("value"), str):
            form.longest(f"data.choices.{n}.value", one["value"], 100)
    form.refuse()


def with_ids(components: list[Json]) -> list[Json]:
    """Return components with the numeric ids that Discord assigns, in order."""
    taken = {c["id"] for _, c in every_component(components) if c.get("id")}
    counter = (n for n in range(1, 10_000) if n not in taken)

    def numbered(one: Json) -> Json:
        body = dict(one)
        if not body.get("id"):
            body["id"] = next(counter)
        if "default_values" in body:  # ids come as numbers or texts, and go back as texts
            body["default_values"] = [d | {"id": str(d["id"])} for d in body["default_values"]]
        if "components" in body:
            body["components"] = [numbered(c) for c in body["components"]]
        for inner in ("accessory", "component"):
            if body.get(inner):
                body[inner] = numbered(body[inner])
        return body

    return [numbered(c) for c in components]
