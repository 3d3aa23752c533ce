"""What goes wrong with the gateway and with requests during the month, by one seed.

Knows the sandbox's knobs; never what they break.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from bot.sandbox import Sandbox
from bot.sandbox.faults import Broken, Delay, RateLimited, Reset

MESSAGES = "/channels/{channel_id}/messages"
GIVERS = "/channels/*/messages/*/reactions/*"


class Trouble:
    """Causes one fault after the other; `over` ends those that last."""

    def __init__(self, sandbox: Sandbox, chance: random.Random) -> None:
        self._sandbox = sandbox
        self._chance = chance
        self.caused: dict[str, int] = {}

    def cause(self) -> None:
        """Let something go wrong now."""
        name, act = self._chance.choice(
            (
                ("connection cut", self._sandbox.gateway.abort),
                ("op 7", self._sandbox.gateway.ask_to_reconnect),
                ("session lost", lambda: self._sandbox.gateway.invalidate(resumable=False)),
                ("session resumable", lambda: self._sandbox.gateway.invalidate(resumable=True)),
                ("outage", self._refuse),
                ("resume refused", self._refuse_resume),
                ("reaction told twice", self._duplicate("MESSAGE_REACTION_ADD")),
                ("post told twice", self._duplicate("MESSAGE_CREATE")),
                ("post told late", lambda: self._sandbox.faults.swap_event("MESSAGE_CREATE")),
                ("history 503", self._arm("GET", MESSAGES, Broken(503))),
                ("givers 429", self._arm("GET", GIVERS, RateLimited(0.05))),
                ("post reset after", self._arm("POST", MESSAGES, Reset(after_acting=True))),
                ("post reset before", self._arm("POST", MESSAGES, Reset(after_acting=False))),
                ("post answered late", self._arm("POST", MESSAGES, Delay(0.5))),
            )
        )
        self.caused[name] = self.caused.get(name, 0) + 1
        act()

    def over(self) -> None:
        """End what lasts until somebody mends it."""
        self._sandbox.faults.refuse_gateway = self._sandbox.faults.refuse_resume = False

    def _refuse(self) -> None:
        self._sandbox.faults.refuse_gateway = True
        self._sandbox.gateway.abort()

    def _refuse_resume(self) -> None:
        self._sandbox.faults.refuse_resume = True
        self._sandbox.gateway.abort()

    def _duplicate(self, name: str) -> Callable[[], None]:
        return lambda: self._sandbox.faults.duplicate_event(name)

    def _arm(
        self, method: str, route: str, fault: Broken | RateLimited | Reset | Delay
    ) -> Callable[[], None]:
        def arm() -> None:
            self._sandbox.faults.arm(route, fault, method=method)

        return arm
