import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.sandbox import Sandbox
from tests.e2e.wire import RunningBot, WireBot

Json = dict[str, Any]


class Browser:
    """The page's requests, without a browser."""

    def __init__(self, sandbox: Sandbox, web: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.web = web

    async def act(self, member: str, do: str, **fields: Any) -> Json:
        body = {"as": self.sandbox.member(member).id, "do": do} | fields
        async with self.web.post(f"{self.sandbox.url}/_sandbox/act", json=body) as answer:
            found: Json = await answer.json()
            assert answer.status == (200 if found["ok"] else 400)
            return found

    async def state(self) -> Json:
        async with self.web.get(f"{self.sandbox.url}/_sandbox/state") as answer:
            found: Json = await answer.json()
            return found


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as web:
        yield Browser(sandbox, web)


async def until(socket: aiohttp.ClientWebSocketResponse, kind: str) -> Json:
    """Return the next change of a type."""
    while True:
        change: Json = await socket.receive_json(timeout=5)
        if change["type"] == kind:
            return change


async def test_the_snapshot_shows_the_guild_as_the_contract_says(browser: Browser) -> None:
    sandbox = browser.sandbox
    said = sandbox.member("Mika").say("general", "Asia embraces AI art")
    sandbox.member("Sol").say("general", "Does it?", reply_to=said)
    sandbox.member("Sol").react(said, "👍", burst=True)
    state = await browser.state()
    general = sandbox.channel("general").id
    first, second = state["messages"][general]
    assert state["guild"]["name"] == "Paper & Pixel"
    assert state["bot"]["online"] is False
    assert second["reply_to"] == {
        "id": said.id,
        "author_id": said.author_id,
        "excerpt": "Asia embraces AI art",
    }
    assert first["reactions"] == [
        {
            "emoji": {"id": None, "name": "👍"},
            "count": 1,
            "burst": 1,
            "members": [sandbox.member("Sol").id],
        }
    ]
    kinds = {c["name"]: c["type"] for c in state["channels"]}
    assert kinds["debates"] == "forum"
    assert kinds["Talk"] == "category"
    moderators = {m["name"] for m in state["members"] if m["moderator"]}
    assert moderators == {"Tomas", "Noor"}


async def test_the_moderators_room_is_listed_with_those_who_see_it(browser: Browser) -> None:
    state = await browser.state()
    room = next(c for c in state["channels"] if c["name"] == "mod-room")
    names = {m["name"] for m in state["members"] if m["id"] in room["visible_to"]}
    assert names == {"Tomas", "Noor", "Footnote"}
    refused = await browser.act("Mika", "say", channel_id=room["id"], content="Hello?")
    assert refused == {"ok": False, "error": "Missing Access"}


async def test_every_change_arrives_on_the_live_socket(browser: Browser) -> None:
    general = browser.sandbox.channel("general").id
    async with browser.web.ws_connect(f"{browser.sandbox.url}/_sandbox/live") as socket:
        assert (await socket.receive_json())["type"] == "snapshot"
        said = await browser.act("Mika", "say", channel_id=general, content="Hello")
        assert (await until(socket, "message"))["message"]["content"] == "Hello"
        message_id = said["message_id"]
        await browser.act("Mika", "edit", message_id=message_id, content="Hello all")
        assert (await until(socket, "message"))["message"]["edited_timestamp"]
        await browser.act("Sol", "react", message_id=message_id, emoji="👍")
        assert (await until(socket, "reactions"))["reactions"][0]["count"] == 1
        await browser.act("Sol", "unreact", message_id=message_id, emoji="👍")
        assert (await until(socket, "reactions"))["reactions"] == []
        started = await browser.act("Sol", "thread", channel_id=general, name="Talk")
        assert (await until(socket, "channel"))["channel"]["id"] == started["channel_id"]
        await browser.act("Mika", "delete", message_id=message_id)
        assert (await until(socket, "message_deleted"))["message_ids"] == [message_id]


async def test_commands_forms_and_private_answers_reach_the_page(
    browser: Browser, running_bot: RunningBot
) -> None:
    bot = WireBot()

    class Form(discord.ui.Modal, title="Form"):
        word: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Word", custom_id="word")

        async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
            await interaction.response.send_message(self.word.value, ephemeral=True)

    @bot.tree.command(description="Opens a form")
    async def form(interaction: discord.Interaction[Any], topic: str) -> None:
        await interaction.response.send_modal(Form())

    @form.autocomplete("topic")
    async def topics(_: Any, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.upper(), value=typed)]

    general = browser.sandbox.channel("general").id
    async with (
        browser.web.ws_connect(f"{browser.sandbox.url}/_sandbox/live") as socket,
        running_bot(bot),
    ):
        assert (await until(socket, "bot_status"))["online"] is True
        state = await browser.state()
        assert [c["name"] for c in state["commands"]] == ["form"]
        fields: Json = {"channel_id": general, "name": "form"}
        typed = await browser.act(
            "Aiko", "autocomplete", **fields, options={"topic": "art"}, focused="topic"
        )
        assert typed["choices"] == [{"name": "ART", "value": "art"}]
        await browser.act("Aiko", "slash", **fields, options={"topic": "art"})
        opened = await until(socket, "modal")
        assert opened["modal"]["title"] == "Form"
        sent = await browser.act(
            "Aiko", "modal", interaction_id=opened["interaction_id"], values={"word": "Hi"}
        )
        assert sent["ok"]
        private = await until(socket, "ephemeral")
        assert private["member_id"] == browser.sandbox.member("Aiko").id
        assert private["message"]["content"] == "Hi"
        assert private["message"]["channel_id"] == general
        stranger = await browser.act("Mika", "dismiss", message_id=private["message"]["id"])
        assert stranger == {"ok": False, "error": "Unknown Message"}
        await browser.act("Aiko", "dismiss", message_id=private["message"]["id"])
        gone = await until(socket, "ephemeral_deleted")
        assert gone["message_id"] == private["message"]["id"]


async def test_an_uploaded_file_is_served_so_that_it_cannot_run(browser: Browser) -> None:
    html = base64.b64encode(b"<script>alert(1)</script>").decode()
    upload = await browser.act("Mika", "upload", name="../evil.html", data=html)
    general = browser.sandbox.channel("general").id
    await browser.act("Mika", "say", channel_id=general, uploads=[upload["upload_id"]])
    state = await browser.state()
    shown = state["messages"][general][0]["attachments"][0]
    async with browser.web.get(browser.sandbox.url + shown["url"]) as answer:
        assert await answer.read() == b"<script>alert(1)</script>"
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}"}, 200),
        ({"Host": "evil.example:{port}"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_other_hosts_and_sites_are_refused(
    browser: Browser, headers: dict[str, str], status: int
) -> None:
    sent = {k: v.format(port=browser.sandbox.port) for k, v in headers.items()}
    async with browser.web.get(f"{browser.sandbox.url}/_sandbox/state", headers=sent) as answer:
        assert answer.status == status


async def test_another_site_cannot_open_the_live_socket(browser: Browser) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.web.ws_connect(
            f"{browser.sandbox.url}/_sandbox/live", origin="https://evil.example"
        )
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "{}",
        '{"as": "1", "do": "say"}',
        '{"as": "Mika", "do": "fly"}',
        '{"as": "Mika", "do": "say", "channel_id": "general", "content": ""}',
        '{"as": "Mika", "do": "react", "message_id": "1", "emoji": "x"}',
        '{"as": "Footnote", "do": "say", "channel_id": "general", "content": "I am the bot"}',
    ],
)
async def test_bad_acts_get_one_sentence(browser: Browser, body: str) -> None:
    kind = {"Content-Type": "application/json"}
    url = f"{browser.sandbox.url}/_sandbox/act"
    async with browser.web.post(url, data=body, headers=kind) as answer:
        found = json.loads(await answer.read())
    assert answer.status == 400
    assert found["ok"] is False
    assert isinstance(found["error"], str)
    assert "\n" not in found["error"]


async def test_a_form_post_of_another_site_is_no_act(browser: Browser) -> None:
    url = f"{browser.sandbox.url}/_sandbox/act"
    async with browser.web.post(url, data={"as": "Mika", "do": "say"}) as answer:
        assert answer.status == 400


async def test_a_script_is_played_by_members_in_order(sandbox: Sandbox) -> None:
    await sandbox.play("general", [("Mika", "One", 0), ("Sol", "Two", 0.01)])
    assert [m.content for m in sandbox.messages("general")] == ["One", "Two"]


async def test_a_port_in_use_is_an_os_error_and_leaves_nothing_open(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await Sandbox.demo(port=sandbox.port).start()
