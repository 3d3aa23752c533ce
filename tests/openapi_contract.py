"""Checks requests and answers against Discord's own OpenAPI description.

The description lies beside the checkout, in ``shared/discord``; where it is absent, tests that need
it skip visibly. It is patched, because it is looser or stricter than Discord: ids may be
integers, request objects have no unknown keys, and a few harmless keys are added.
"""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, Registry, ValidationError

from bot.sandbox.rest import Recorded

DESCRIPTION = Path(__file__).parents[2] / "shared" / "discord" / "openapi.json"
ANSWERS, REQUESTS = "urn:discord:answers", "urn:discord:requests"
# Keys of requests that Discord's prose documents or discord.py always sends, and that the
# description lacks.
HARMLESS_KEYS = (
    ("ApplicationCommandCreateRequest", "nsfw"),
    ("ApplicationCommandUpdateRequest", "nsfw"),
    ("RichEmbed", "flags"),
    ("MessageEditRequestPartial", "tts"),
    ("BaseCreateMessageCreateRequest", "tts"),
    ("CreateForumThreadRequest", "type"),
    ("IncomingWebhookUpdateRequestPartial", "tts"),
    ("IncomingWebhookUpdateForInteractionCallbackRequestPartial", "tts"),
)
# Queries that discord.py sends and the description lacks.
HARMLESS_QUERIES = {
    ("PUT", "/guilds/{guild_id}/bans/{user_id}"): {"delete_message_seconds"},
    ("POST", "/channels/{channel_id}/threads"): {"use_nested_fields"},
}
ABSENT = not DESCRIPTION.is_file()


def require_description() -> None:
    """Skip a test, visibly, where Discord's description is absent."""
    if ABSENT:
        pytest.skip("Discord's OpenAPI description is not beside the checkout")


def check_request(record: Recorded) -> list[str]:
    """Return what is wrong with a request: its path, its query or its body."""
    operation = _operation(record)
    if operation is None:
        return [f"{record.method} {record.route}: no such operation"]
    where = f"{record.method} {record.route}"
    faults = [f"{where}: unknown query {q!r}" for q in sorted(set(record.query) - _queries(record))]
    content = operation.get("requestBody", {}).get("content", {})
    # A body that the sandbox refused was wrong on purpose, or the test fails anyway.
    if record.body is None or record.status == 400:
        return faults
    if not content:
        return [*faults, f"{where}: takes no body"]
    kind = "application/json" if "application/json" in content else "multipart/form-data"
    pointer = _pointer(record, "requestBody", "content", kind, "schema")
    return faults + _faults(f"request {where}", REQUESTS, pointer, record.body)


def check_response(record: Recorded) -> list[str]:
    """Return what is wrong with the sandbox's answer."""
    operation = _operation(record)
    if operation is None or record.status == 0 or record.status >= 500 or record.status == 429:
        return []
    where = f"answer to {record.method} {record.route}"
    declared = operation["responses"]
    status = str(record.status) if record.status < 400 else "4XX"
    if status not in declared:
        return [f"{where}: status {record.status} is not declared, only {sorted(declared)}"]
    content = _resolved(declared[status]).get("content", {}).get("application/json")
    if content is None or record.answer is None:
        same = content is None and record.answer is None
        return [] if same else [f"{where}: {record.status} and its body do not fit"]
    if status == "4XX":
        missing = {"code", "message"} - set(record.answer)
        return [f"{where}: an error without {sorted(missing)}"] if missing else []
    pointer = _pointer(record, "responses", status, "content", "application/json", "schema")
    return _faults(where, ANSWERS, pointer, record.answer)


def check_all(records: list[Recorded]) -> list[str]:
    """Return every fault of a list of requests and answers, each once."""
    faults = [f for r in records for f in (*check_request(r), *check_response(r))]
    return list(dict.fromkeys(faults))


def check_schema(name: str, body: Any, *, request: bool = False) -> list[str]:
    """Return what is wrong with a value that should fit a schema by name."""
    root = REQUESTS if request else ANSWERS
    return _faults(name, root, f"/components/schemas/{name}", body)


@functools.cache
def description() -> dict[str, Any]:
    """Return Discord's description, with ids that may be integers, and with media channels."""
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    schemas = loaded["components"]["schemas"]
    schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^[0-9]+$"}
    # Discord's documentation names the type, the description does not.
    schemas["ChannelTypes"]["oneOf"].append({"title": "GUILD_MEDIA", "const": 16})
    return loaded


@functools.cache
def _registry() -> Registry:
    strict = copy.deepcopy(description())
    for name, key in HARMLESS_KEYS:
        strict["components"]["schemas"][name]["properties"][key] = {}
    overwrite = strict["paths"]["/channels/{channel_id}/permissions/{overwrite_id}"]["put"]
    overwrite["requestBody"]["content"]["application/json"]["schema"]["properties"]["id"] = {}
    bodies = [
        operation.get("requestBody", {})
        for path in strict["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    for schema in (*strict["components"]["schemas"].values(), *bodies):
        _forbid_unknown_keys(schema)
        _allow_permission_strings(schema)
    return Registry([(ANSWERS, description()), (REQUESTS, strict)])


def _forbid_unknown_keys(schema: Any) -> None:
    if isinstance(schema, list):
        for one in schema:
            _forbid_unknown_keys(one)
    if not isinstance(schema, dict):
        return
    if "properties" in schema and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    for key, one in schema.items():
        if key not in ("enum", "const", "default", "example"):
            _forbid_unknown_keys(one)


def _allow_permission_strings(schema: Any) -> None:
    """Take permissions as strings of digits, as the prose says; the description has integers."""
    if isinstance(schema, list):
        for one in schema:
            _allow_permission_strings(one)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    for name in ("allow", "deny", "permissions"):
        if isinstance(properties, dict) and "integer" in properties.get(name, {}).get("type", ""):
            properties[name] = {"type": ["integer", "string", "null"], "pattern": "^[0-9]+$"}
    for one in schema.values():
        _allow_permission_strings(one)


@functools.cache
def _validator(root: str, pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"{root}#{pointer}"}, registry=_registry())


def _faults(where: str, root: str, pointer: str, body: Any) -> list[str]:
    found = []
    for error in _validator(root, pointer).iter_errors(body):
        deepest = _deepest(error)
        path = "/".join(map(str, deepest.instance_path)) or "(whole body)"
        found.append(f"{where}: {path}: {deepest.message[:300]}")
    return found


def _deepest(error: ValidationError) -> ValidationError:
    """Return the fault that explains a failed choice best: that of the most fitting branch."""
    while branches := [b for b in getattr(error.kind, "context", ()) if b]:
        best = min(branches, key=lambda b: (sum(map(_is_of_another_kind, b)), len(b)))
        error = best[0]
    return error


def _is_of_another_kind(error: ValidationError) -> bool:
    return error.kind.name in ("enum", "const", "type")


def _operation(record: Recorded) -> dict[str, Any] | None:
    path = description()["paths"].get(record.route, {})
    found: dict[str, Any] | None = path.get(record.method.lower())
    return found


def _queries(record: Recorded) -> set[str]:
    path = description()["paths"][record.route]
    listed = [*path.get("parameters", []), *path[record.method.lower()].get("parameters", [])]
    named = {_resolved(p)["name"] for p in listed if _resolved(p)["in"] == "query"}
    return named | HARMLESS_QUERIES.get((record.method, record.route), set())


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    if reference is None:
        return node
    found: Any = description()
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _pointer(record: Recorded, *steps: str) -> str:
    whole = ("paths", record.route, record.method.lower(), *steps)
    escaped = (s.replace("~", "~0").replace("/", "~1") for s in whole)
    return "/" + "/".join(s.replace("{", "%7B").replace("}", "%7D") for s in escaped)
