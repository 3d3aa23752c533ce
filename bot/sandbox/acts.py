"""A person's acts as the web page sends them.

Knows the fields of each act in ``docs/sandbox.md``; must never know HTTP.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
from collections.abc import Awaitable, Callable

from bot.sandbox.answers import InteractionAnswer, InteractionFailedError
from bot.sandbox.errors import ApiError
from bot.sandbox.people import Person
from bot.sandbox.state import Attachment, Json, Message, World

LARGEST_UPLOAD = 8 * 1024 * 1024
AUTOCOMPLETE_WAIT_S = 3.5
Act = Callable[[Person, Json], Awaitable[Json]]


class Acts:
    """Turns an act of the page into what a person does."""

    def __init__(self, world: World, find_person: Callable[[str], Person]) -> None:
        self._world = world
        self._find_person = find_person
        self._uploads: dict[str, Attachment] = {}
        self._acts: dict[str, Act] = {
            "say": self._say,
            "upload": self._upload,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "unreact": self._unreact,
            "press": self._press,
            "select": self._select,
            "slash": self._slash,
            "autocomplete": self._autocomplete,
            "menu": self._menu,
            "modal": self._modal,
            "dismiss": self._dismiss,
            "thread": self._thread,
            "forum_post": self._forum_post,
        }

    async def do(self, body: Json) -> Json:
        """Do one act and return what is answered besides ``ok``."""
        person = self._find_person(str(body["as"]))
        if person.user.bot:
            raise ApiError(403, 0, "The bot acts by itself; choose a member.")
        act = self._acts.get(str(body["do"]))
        if act is None:
            raise ApiError(400, 0, f"There is no act {body['do']!r}.")
        return await act(person, body)

    def _message(self, person: Person, body: Json) -> Message:
        message = self._world.any_message(str(body["message_id"]))
        if message.ephemeral and message.ephemeral_for != person.id:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    async def _say(self, person: Person, body: Json) -> Json:
        ids = [str(i) for i in body.get("uploads") or []]
        if any(i not in self._uploads for i in ids):
            raise ApiError(400, 0, "Upload the file again; it is no longer here.")
        files = [(self._uploads[i].filename, self._uploads[i].data) for i in ids]
        said = person.say(
            str(body["channel_id"]),
            str(body.get("content") or ""),
            reply_to=str(body["reply_to"]) if body.get("reply_to") else None,
            files=files,
        )
        for stored, upload_id in zip(said.attachments, ids, strict=True):
            stored.content_type = self._uploads.pop(upload_id).content_type
        return {"message_id": said.id}

    async def _upload(self, _person: Person, body: Json) -> Json:
        try:
            data = base64.b64decode(str(body["data"]), validate=True)
        except binascii.Error:
            raise ApiError(400, 0, "The file is not valid base64.") from None
        if len(data) > LARGEST_UPLOAD:
            raise ApiError(400, 40005, "A file has at most 8 MB.")
        name = str(body["name"]).replace("/", "_").replace("\\", "_")[:100] or "file"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        upload = Attachment(self._world.ids.next(), name, data, "0", kind, ephemeral=True)
        self._uploads[upload.id] = upload
        self._world.attachments[upload.id] = upload
        return {"upload_id": upload.id}

    async def _edit(self, person: Person, body: Json) -> Json:
        person.edit(self._message(person, body), str(body["content"]))
        return {}

    async def _delete(self, person: Person, body: Json) -> Json:
        person.delete(self._message(person, body))
        return {}

    async def _react(self, person: Person, body: Json) -> Json:
        message, burst = self._message(person, body), bool(body.get("burst"))
        person.react(message, str(body["emoji"]), burst=burst)
        return {}

    async def _unreact(self, person: Person, body: Json) -> Json:
        message, burst = self._message(person, body), bool(body.get("burst"))
        person.unreact(message, str(body["emoji"]), burst=burst)
        return {}

    async def _press(self, person: Person, body: Json) -> Json:
        return _begun(person.press(self._message(person, body), str(body["custom_id"])))

    async def _select(self, person: Person, body: Json) -> Json:
        values = [str(v) for v in body["values"]]
        message = self._message(person, body)
        return _begun(person.select(message, str(body["custom_id"]), values))

    async def _slash(self, person: Person, body: Json) -> Json:
        options = dict(body.get("options") or {})
        where = str(body["channel_id"])
        return _begun(person.slash_with(str(body["name"]), options, where=where))

    async def _autocomplete(self, person: Person, body: Json) -> Json:
        begun = person.autocomplete_with(
            str(body["name"]),
            str(body["focused"]),
            dict(body.get("options") or {}),
            where=str(body["channel_id"]),
        )
        try:
            answer = await begun.answer(AUTOCOMPLETE_WAIT_S)
        except (InteractionFailedError, TimeoutError):
            raise ApiError(400, 0, "Loading options failed.") from None
        return _begun(begun) | {"choices": list(answer.choices)}

    async def _menu(self, person: Person, body: Json) -> Json:
        name = str(body["name"])
        if body.get("message_id"):
            return _begun(person.menu(name, self._message(person, body)))
        target = self._find_person(str(body["user_id"]))
        return _begun(person.menu(name, target, where=str(body["channel_id"])))

    async def _modal(self, person: Person, body: Json) -> Json:
        opened = self._world.interactions.get(str(body["interaction_id"]))
        if opened is None or opened.user_id != person.id:
            raise ApiError(404, 10062, "This form is not open.")
        begun = person.submit_modal(person.answer_to(opened), dict(body.get("values") or {}))
        return _begun(begun)

    async def _dismiss(self, person: Person, body: Json) -> Json:
        person.dismiss(self._message(person, body))
        return {}

    async def _thread(self, person: Person, body: Json) -> Json:
        message = self._message(person, body) if body.get("message_id") else None
        where, name = str(body["channel_id"]), str(body["name"])
        return {"channel_id": person.create_thread(where, name, message=message).id}

    async def _forum_post(self, person: Person, body: Json) -> Json:
        thread, first = person.forum_post(
            str(body["channel_id"]),
            str(body["name"]),
            str(body["content"]),
            tags=[str(t) for t in body.get("tags") or []],
        )
        return {"channel_id": thread.id, "message_id": first.id}


def _begun(answer: InteractionAnswer) -> Json:
    return {"interaction_id": answer.id}
