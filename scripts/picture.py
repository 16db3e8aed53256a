"""Takes the picture in the README: starts the playground, asks about a sample picture, photographs the answer."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

PORT = 3999
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


async def main(target: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "playground",
        env={"PORT": str(PORT), "PATH": "/usr/bin:/bin", "LOG_LEVEL": "ERROR"},
    )
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
            await _open(page)
            await page.locator(".try").first.click()
            await page.get_by_text("Read: ").first.wait_for(timeout=60_000)
            await page.wait_for_timeout(500)
            target.parent.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=str(target))
            await browser.close()
    finally:
        process.terminate()
        await process.wait()


async def _open(page: Page) -> None:
    for _ in range(100):
        try:
            await page.goto(f"http://127.0.0.1:{PORT}/")
        except Exception:  # noqa: BLE001  # not listening yet
            await asyncio.sleep(0.2)
        else:
            return
    raise SystemExit("the playground did not start")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/playground.png")))
