"""Pictures of the running demo for the README; with ``--all`` every page, wide and phone, to look at.

``--to DIR`` names the folder (docs/images), ``--port N`` a demo that already runs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.world import world
from tools.steps import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--hide-scrollbars"]
SCREENS = {"wide": ViewportSize(width=1440, height=900), "phone": ViewportSize(width=390, height=844)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
FIGURE = "general-industrial-waste-utilisation-rate@DEMO/2025/synthetic"
IN_README = {
    "overview": "/overview?region=DEMO&period=2025&book=synthetic",
    "indicators": "/indicators?region=DEMO&period=2025&book=synthetic",
    "figure": f"/indicators/figures/{FIGURE}",
    "ledger": "/ledger?region=DEMO&book=synthetic",
    "plan-bda": "/plans/bda-2020",
    "tasks": "/tasks?region=DEMO",
    "briefing": "/reports?region=DEMO main a[href^='/reports/0']",
}
"""Pages by the name of their picture; after a blank, the first link of a selector is followed."""

OTHERS = {
    "home": "/",
    "overview-bda": "/overview?region=BDA&period=2018&book=published:bda-2020",
    "overview-miyun": "/overview?region=110118&period=2020&book=published:miyun-2022",
    "overview-empty": "/overview?region=110101",
    "audit": "/ledger/audit",
    "closings": "/ledger/closings",
    "plans": "/plans",
    "plan-miyun": "/plans/miyun-2022",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Where the demo is, and who looks at which pages.

    Attributes
    ----------
    site : str
        Address of the demo without a slash at the end.
    username, password : str
        A demo account.
    pages : Mapping of str to str
        Paths by the name of the picture.
    folder : Path
        Where the pictures go.
    """

    site: str
    username: str
    password: str
    pages: Mapping[str, str]
    folder: Path


def main() -> None:
    """Take the pictures and print their names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--port", type=int)
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    pages = IN_README | OTHERS if asked.all else IN_README
    with _demo(asked.port, pages, asked.to) as visit, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in LANGUAGES:
            for screen in SCREENS if asked.all else ["wide"]:
                for name in _take(browser, visit, language, screen):
                    print(name, flush=True)
        browser.close()


@contextmanager
def _demo(port: int | None, pages: Mapping[str, str], folder: Path) -> Iterator[Visit]:
    with world() as data:
        from benchmarks.first_page import serving  # noqa: PLC0415 (it needs Django ready)
        from wufei.demo.people import load_people  # noqa: PLC0415 (it needs Django ready)

        people = load_people()
        who = people.persons[0].username, people.password
        if port is not None:
            yield Visit(f"http://127.0.0.1:{port}", *who, pages, folder)
            return
        with serving({**os.environ, "WUFEI_DATA_DIR": str(data / "demo")}) as (own_port, _):
            yield Visit(f"http://127.0.0.1:{own_port}", *who, pages, folder)


def _take(browser: Browser, visit: Visit, language: str, screen: str) -> Iterator[str]:
    context = browser.new_context(viewport=SCREENS[screen], locale=LANGUAGES[language])
    context.add_cookies([{"name": "wufei_language", "value": LANGUAGES[language], "url": visit.site}])
    page = context.new_page()
    page.goto(f"{visit.site}/sign-in")
    yield _picture(page, visit.folder / f"sign-in-{language}-{screen}.png")
    page.fill("input[name=username]", visit.username)
    page.fill("input[name=password]", visit.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{visit.site}/")
    for name, path in visit.pages.items():
        address, _, link = path.partition(" ")
        page.goto(f"{visit.site}{address}")
        if link:
            page.locator(link).first.click()
        yield _picture(page, visit.folder / f"{name}-{language}-{screen}.png")
    context.close()


def _picture(page: Page, path: Path) -> str:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    page.screenshot(path=path, animations="disabled")
    return path.name


if __name__ == "__main__":
    main()
