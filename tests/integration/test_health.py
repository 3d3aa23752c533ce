"""The probe over real HTTP: well, unwell, figures, a port in use."""

from collections.abc import Mapping

import aiohttp
import pytest

from bot.services.errors import UnavailableError
from bot.web.health import build_app, serving


async def ask(parts: Mapping[str, bool], path: str) -> tuple[int, str]:
    async def health() -> Mapping[str, bool]:
        return parts

    async def figures() -> Mapping[str, float]:
        return {"events_waiting": 3, "gateway_latency_seconds": 0.25}

    async with (
        serving(build_app(health, figures), "127.0.0.1", 0) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}{path}") as response,
    ):
        return response.status, await response.text()


async def test_a_well_bot_answers_200() -> None:
    status, text = await ask({"gateway": True, "database": True}, "/health")
    assert (status, '"well": true' in text) == (200, True)


async def test_one_unwell_part_answers_503() -> None:
    status, text = await ask({"gateway": True, "database": False}, "/health")
    assert (status, '"database": false' in text) == (503, True)


async def test_figures_are_in_prometheus_text() -> None:
    status, text = await ask({}, "/metrics")
    assert status == 200
    assert text == "footnote_events_waiting 3\nfootnote_gateway_latency_seconds 0.25\n"


async def test_a_port_in_use_is_one_sentence() -> None:
    async def nothing() -> Mapping[str, bool]:
        return {}

    app = build_app(nothing, nothing)
    async with serving(app, "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(UnavailableError, match=f"HTTP_PORT {port} cannot be listened on"):
            async with serving(build_app(nothing, nothing), "127.0.0.1", port):
                raise AssertionError("it listened twice")
