"""Takes pictures of a running sandbox; run it as a module, `--help` says how.

Knows the page's landmarks only; must never know which bot is connected.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Error

from tests.e2e.page.chromium import chromium, find_chromium

Scheme = Literal["light", "dark"]
SHOTS: dict[str, tuple[Scheme, int, int]] = {
    "light": ("light", 1280, 800),
    "dark": ("dark", 1280, 800),
    "narrow": ("dark", 400, 800),
}


@dataclass(frozen=True, slots=True)
class View:
    """What the pictures show."""

    url: str
    channel: str | None = None
    member: str | None = None
    around: str | None = None


async def take(browser: Browser, view: View, folder: Path) -> list[Path]:
    """Write one picture per look and return their paths."""
    taken = []
    for name, (scheme, width, height) in SHOTS.items():
        context = await browser.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            device_scale_factor=2,
            reduced_motion="reduce",
            locale="en-GB",
        )
        page = await context.new_page()
        await page.goto(view.url)
        await page.locator(".channel").first.wait_for(state="attached")
        if view.member is not None:
            await page.locator(".person label", has_text=view.member).dispatch_event("click")
        if view.channel is not None:
            await page.locator(".channel", has_text=view.channel).first.dispatch_event("click")
        await page.locator(".message").first.wait_for()
        if view.around is not None:
            message = page.locator(".message", has_text=view.around).first
            await message.evaluate("(card) => card.scrollIntoView({ block: 'center' })")
        await page.evaluate("document.activeElement?.blur()")
        taken.append(folder / f"{name}.png")
        await page.screenshot(path=taken[-1])
        await context.close()
    return taken


async def _main(arguments: argparse.Namespace) -> None:
    path = find_chromium()
    if path is None:
        raise SystemExit("There is no Chromium on this machine.")
    view = View(arguments.url, arguments.channel, arguments.member, arguments.around)
    async with chromium(path) as browser:
        try:
            await take(browser, view, Path(arguments.folder))
        except Error as error:
            raise SystemExit(f"No picture was taken: {error.message.splitlines()[0]}") from None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take pictures of a running sandbox.")
    parser.add_argument("url")
    parser.add_argument("folder")
    parser.add_argument("--channel", help="a channel or thread to open, by name")
    parser.add_argument("--as", dest="member", help="a member to be, by name")
    parser.add_argument("--around", help="a text of the message to put in the middle")
    asyncio.run(_main(parser.parse_args()))
