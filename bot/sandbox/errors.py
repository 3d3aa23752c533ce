"""The refusals that Discord's API documents, as values of one exception.

Knows Discord's error codes and sentences; must never know why this project provokes them.
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A documented refusal: HTTP status, Discord's code, its sentence, and field errors."""

    def __init__(
        self, status: int, code: int, message: str, errors: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def payload(self) -> dict[str, Any]:
        """Return the JSON body that Discord sends for it."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class FormErrors:
    """Collects the faults of one request body, then refuses it as a whole (code 50035)."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note one fault at a dotted path, such as ``embeds.0.title``."""
        node = self._tree
        for key in path.split("."):
            node = node.setdefault(key, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def longest(self, path: str, value: Any, limit: int, shortest: int = 0) -> None:
        """Note a string that is longer or shorter than allowed; ``None`` passes."""
        if value is None:
            return
        if not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
        elif len(value) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
        elif len(value) < shortest:
            self.add(path, "BASE_TYPE_MIN_LENGTH", f"Must be {shortest} or more in length.")

    def most(self, path: str, value: Any, limit: int) -> None:
        """Note a list with more entries than allowed."""
        if value and len(value) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def refuse(self) -> None:
        """Raise when anything was noted."""
        if self._tree:
            raise ApiError(400, 50035, "Invalid Form Body", self._tree)


def invalid(path: str, message: str, code: str = "INVALID") -> ApiError:
    """Return a form error about one field."""
    form = FormErrors()
    form.add(path, code, message)
    try:
        form.refuse()
    except ApiError as error:
        return error
    raise AssertionError("a noted fault always refuses")


def unauthorized() -> ApiError:
    """Return the answer to a wrong token."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str) -> ApiError:
    """Return the 404 for a thing of this kind: ``unknown("Message")``."""
    return ApiError(404, _UNKNOWN[what], f"Unknown {what}")


_UNKNOWN = {
    "Application": 10002,
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "Overwrite": 10009,
    "Role": 10011,
    "User": 10013,
    "Emoji": 10014,
    "Webhook": 10015,
    "Ban": 10026,
    "Interaction": 10062,
    "application command": 10063,
    "Auto Moderation Rule": 10066,
}


def missing_access() -> ApiError:
    """Return the refusal for a channel that cannot be seen."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Return the refusal for an act that the roles do not allow."""
    return ApiError(403, 50013, "Missing Permissions")


def not_the_author() -> ApiError:
    """Return the refusal for editing what another user wrote."""
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    """Return the refusal for a message with nothing in it."""
    return ApiError(400, 50006, "Cannot send an empty message")


def already_acknowledged() -> ApiError:
    """Return the refusal for a second first answer."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def archived() -> ApiError:
    """Return the refusal for changing something in an archived thread."""
    return ApiError(400, 50083, "Thread is archived")


def locked() -> ApiError:
    """Return the refusal for writing in a locked thread."""
    return ApiError(403, 160005, "Thread is locked")


def too_old_for_bulk() -> ApiError:
    """Return the refusal for bulk-deleting messages older than 14 days."""
    return ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
