"""Leases and small facts, as the use cases keep them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class LeaseStore(Protocol):
    """Named leases, so that only one process does a thing."""

    async def acquire(self, name: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Take or renew a lease; False while another owner's lease runs."""
        ...

    async def holder(self, name: str) -> str | None:
        """Return the owner of a lease, whether or not it has run out."""
        ...

    async def release(self, name: str, *, owner: str) -> None:
        """Give a lease back."""
        ...


class SettingStore(Protocol):
    """Small facts by name, such as the hash of the commands that were synced last."""

    async def get(self, name: str) -> str | None:
        """Return a value."""
        ...

    async def put(self, name: str, value: str) -> None:
        """Store a value."""
        ...

    async def keep_first(self, name: str, value: str) -> str:
        """Store a value unless one is there; return the one that is there then."""
        ...

    async def beginning(self, prefix: str) -> Mapping[str, str]:
        """Return the values whose names begin so, by name."""
        ...
