"""Takes pictures of a running sandbox; run it as a module, `--help` says how.

Knows the page's landmarks only; must never know which bot is connected.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from tests.e2e.page.chromium import chromium, find_chromium

Scheme = Literal["light", "dark"]
SHOTS: dict[str, tuple[Scheme, int, int]] = {
    "light": ("light", 1280, 800),
    "dark": ("dark", 1280, 800),
    "narrow": ("dark", 400, 800),
}


async def take(
    browser: Browser, url: str, folder: Path, *, channel: str | None, member: str | None
) -> list[Path]:
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
        await page.goto(url)
        await page.locator(".channel").first.wait_for(state="attached")
        if channel is not None:
            found = page.locator(".channel", has_text=channel).first
            await found.dispatch_event("click")
        if member is not None:
            await page.locator(".person label", has_text=member).dispatch_event("click")
        await page.locator(".message").first.wait_for()
        await page.evaluate("document.activeElement?.blur()")
        taken.append(folder / f"{name}.png")
        await page.screenshot(path=taken[-1])
        await context.close()
    return taken


async def _main(arguments: argparse.Namespace) -> None:
    path = find_chromium()
    if path is None:
        raise SystemExit("There is no Chromium on this machine.")
    async with chromium(path) as browser:
        await take(
            browser,
            arguments.url,
            Path(arguments.folder),
            channel=arguments.channel,
            member=arguments.member,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take pictures of a running sandbox.")
    parser.add_argument("url")
    parser.add_argument("folder")
    parser.add_argument("--channel", help="a channel or thread to open, by name")
    parser.add_argument("--as", dest="member", help="a member to be, by name")
    asyncio.run(_main(parser.parse_args()))
