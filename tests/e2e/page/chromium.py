"""Finds and starts Chromium for the page's tests and pictures.

Knows the browser's flags; must never know what is on the page.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def must_run() -> bool:
    """Tell whether a missing browser is a failure rather than a reason to skip."""
    return os.environ.get("CI") == "true" or os.environ.get("FOOTNOTE_REQUIRE_ALL") == "1"


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """Run a headless browser with a new, empty profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, headless=True, args=list(FLAGS)
        )
        try:
            yield browser
        finally:
            await browser.close()
