"""Chromium for the tests: one per worker, with a window of its own for each person of each test."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, expect

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
PASSWORD = "correct horse battery"
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# What a finger must hit; links inside a sentence are exempt (WCAG 2.5.8).
TARGETS = (
    "main button, main .btn, main summary, main select,"
    " main input:not([type=hidden], [type=checkbox], [type=radio])"
)
# The browser logs every answer from 400 on, and every address it cannot reach, as an error of the page.
REFUSED = "Failed to load resource"

# For a busy machine.
expect.set_options(timeout=20_000)


@contextmanager
def chromium_running(folder: Path) -> Iterator[str]:
    """Run Chromium as a process of its own, and give the address at which tests reach it.

    A driver in this process would keep the thread of all later tests busy with its event loop.
    """
    path = {"executablePath": CHROMIUM} if Path(CHROMIUM).exists() else {}
    config = folder / "chromium.json"
    config.write_text(json.dumps({"args": ARGUMENTS} | path))
    process = subprocess.Popen(
        [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium", "--config", config],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("ws://"), address
        yield address
    finally:
        # The command only starts what serves: both are told to end, and Chromium ends with them.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        process.stdout.read()
        process.stdout.close()


class _QuietHandler(WSGIRequestHandler):
    """Serves without a log line per request."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def site_running() -> Iterator[str]:
    """Serve the site on a free port of this machine, in threads of the test, and give its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _QuietHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def beside(work: Callable[..., Any], *arguments: object, **terms: object) -> Any:
    """Use the database from a thread of its own: Playwright keeps this one busy with an event loop."""

    def working() -> Any:
        try:
            return work(*arguments, **terms)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(working).result()


class Windows:
    """Opens windows of the site; keeps what the browser complains of."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self.complaints: list[str] = []

    def __call__(
        self,
        name: str = "",
        size: ViewportSize = DESK,
        language: str = "zh-hans",
        *,
        refused: bool = False,
    ) -> Page:
        """Open an empty window of its own, in which ``name`` is signed in already.

        ``refused``: the test makes the site refuse or takes the network away, and the browser may say so.
        """
        context = self.browser.new_context(viewport=size, accept_downloads=True)
        cookies = {"wufei_language": language} | (beside(cookies_of, name, language) if name else {})
        context.add_cookies(
            [{"name": key, "value": value, "url": self.site} for key, value in cookies.items()]
        )
        page = context.new_page()

        def listen(kind: str, text: str) -> None:
            if kind == "error" and not (refused and text.startswith(REFUSED)):
                self.complaints.append(f"{page.url}: {text}")

        page.on("console", lambda line: listen(line.type, line.text))
        page.on("pageerror", lambda error: listen("error", str(error)))
        return page


def cookies_of(name: str, language: str) -> dict[str, str]:
    """Sign in by the form of the site, and give what it puts into the browser."""
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36")
    client.cookies["wufei_language"] = language
    answer = client.post("/sign-in", {"username": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return {key: morsel.value for key, morsel in client.cookies.items() if morsel.value}


def sign_in(page: Page, site: str, name: str, password: str = PASSWORD) -> None:
    """Type name and password into the form."""
    page.goto(f"{site}/sign-in")
    page.get_by_label(re.compile("用户名|User name")).fill(name)
    page.get_by_label(re.compile("口令|Password")).fill(password)
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def serious_faults(page: Page) -> list[str]:
    """What axe finds on a page that is serious or critical."""
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def is_wide(page: Page) -> bool:
    """Whether a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def small_targets(page: Page, selector: str = TARGETS) -> list[str]:
    """What is shown to be tapped and less than 44 px high."""
    return page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 43.5)
            .map((each) => `${each.outerHTML.slice(0, 120)} ${each.getBoundingClientRect().height}`)""",
        selector,
    )


def check(page: Page) -> None:
    """Axe finds nothing serious, nothing is wider than the window, and a finger hits what it should."""
    small = small_targets(page) if page.viewport_size == PHONE else []
    faults = [*serious_faults(page), *(["wider than its window"] if is_wide(page) else []), *small]
    assert faults == [], (page.url, *faults)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page in the folder SHOTS, for whoever wants to look."""
    if folder := os.environ.get("SHOTS"):
        width = page.evaluate("innerWidth")
        title = re.sub(r"\W+", "-", name).strip("-") or "empty"
        page.screenshot(path=Path(folder) / f"{title}-{width}.png", full_page=True)
