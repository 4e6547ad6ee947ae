"""Pictures of the running demo, wide and phone, Chinese and English (docs/images by default)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.world import world
from tools.steps import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--hide-scrollbars"]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
FIGURE = "general-industrial-waste-utilisation-rate@DEMO/2025/synthetic"
PAGES = {
    "home": "/",
    "overview": "/overview?region=DEMO&period=2025&book=synthetic",
    "overview-bda": "/overview?region=BDA&period=2018&book=published:bda-2020",
    "indicators": "/indicators?region=DEMO&period=2025&book=synthetic",
    "figure": f"/indicators/figures/{FIGURE}",
    "ledger": "/ledger?region=DEMO&book=synthetic",
    "plans": "/plans",
    "plan-miyun": "/plans/miyun-2022",
    "plan-bda": "/plans/bda-2020",
}


def main() -> None:
    """Take every page in both sizes and languages; ``--port N`` uses a demo that already runs."""
    arguments = sys.argv[1:]
    folder = Path(arguments[arguments.index("--to") + 1]) if "--to" in arguments else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with _demo(arguments) as (port, username, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in ("zh-hans", "en"):
            for size, viewport in (("wide", WIDE), ("phone", PHONE)):
                for name in _take(browser, port, (username, password), language, (size, viewport), folder):
                    print(name, flush=True)
        browser.close()


@contextmanager
def _demo(arguments: list[str]) -> Iterator[tuple[int, str, str]]:
    """Give port, user name and password of the demo that was named, or of one started for the pictures."""
    with world() as folder:
        from benchmarks.first_page import serving  # noqa: PLC0415 (it needs Django ready)
        from wufei.demo.people import load_people  # noqa: PLC0415 (it needs Django ready)

        people = load_people()
        username = people.persons[0].username
        if "--port" in arguments:
            yield int(arguments[arguments.index("--port") + 1]), username, people.password
            return
        with serving({**os.environ, "WUFEI_DATA_DIR": str(folder / "demo")}) as (port, _):
            yield port, username, people.password


def _take(
    browser: Browser,
    port: int,
    person: tuple[str, str],
    language: str,
    screen: tuple[str, dict[str, int]],
    folder: Path,
) -> Iterator[str]:
    size, viewport = screen
    context = browser.new_context(viewport=viewport, locale=language, device_scale_factor=1)  # type: ignore[arg-type]
    context.add_cookies([{"name": "wufei_language", "value": language, "url": f"http://127.0.0.1:{port}"}])
    page = context.new_page()
    suffix = f"{'zh' if language == 'zh-hans' else 'en'}-{size}.png"
    page.goto(f"http://127.0.0.1:{port}/sign-in")
    yield _picture(page, folder / f"sign-in-{suffix}")
    page.fill("input[name=username]", person[0])
    page.fill("input[name=password]", person[1])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    for name, path in PAGES.items():
        page.goto(f"http://127.0.0.1:{port}{path}")
        yield _picture(page, folder / f"{name}-{suffix}")
    context.close()


def _picture(page: Page, path: Path) -> str:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    page.screenshot(path=path, animations="disabled")
    return path.name


if __name__ == "__main__":
    main()
