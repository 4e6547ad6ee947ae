"""A phone shrinks a photo before it is sent and keeps its evidence; the bell and notices in Chromium."""

import base64
import io
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_user
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
PASSWORD = "correct horse battery"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

pytestmark = pytest.mark.browser

SHRINK = """async ([name, data]) => {
  const { shrink } = await import("/static/shrink.js");
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const made = await shrink(new File([bytes], name, { type: "image/jpeg" }));
  const view = new Uint8Array(await made.arrayBuffer());
  return [made.name, made.type, btoa(Array.from(view, (code) => String.fromCharCode(code)).join(""))];
}"""


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


def sign_in(browser, site, name, size, language="zh-hans"):
    context = browser.new_context(viewport=size)
    context.add_cookies([{"name": "wufei_language", "value": language, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    page.get_by_label(re.compile("用户名|User name")).fill(name)
    page.get_by_label(re.compile("口令|Password")).fill(PASSWORD)
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def tell(name, many):
    with session(Scope.operator()):
        for number in range(many):
            notify(
                to=Recipients((find_user(name).id,)),
                topic="site",
                text=Text(f"第 {number} 件事需要您查看", f"Matter {number} waits for you"),
                link="/plans",
                key=uuid.uuid4().hex,
                urgent=number == 0,
            )


def photo():
    notes = Image.Exif()
    notes[0x0112] = 6
    notes.get_ifd(0x8769).update({0x9003: "2025:03:09 14:05:06"})
    notes.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 36.0), 3: "E", 4: (116.0, 24.0, 0.0)})
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(out, "JPEG", exif=notes, quality=95)
    return out.getvalue()


def test_a_photo_is_shrunk_upright_and_still_says_when_and_where(site, browser):
    page = browser.new_page()
    page.goto(f"{site}/sign-in")
    original = photo()
    name, kind, data = page.evaluate(SHRINK, ["现场.jpeg", base64.b64encode(original).decode()])
    made = base64.b64decode(data)
    assert (name, kind) == ("现场.jpg", "image/jpeg")
    assert len(made) < len(original) / 2
    with Image.open(io.BytesIO(made)) as small:
        assert small.size == (1920, 2560)
        notes = small.getexif()
        assert notes[0x0112] == 1
        assert notes.get_ifd(0x8769)[0x9003] == "2025:03:09 14:05:06"
        assert float(notes.get_ifd(0x8825)[4][0]) == 116
    broken = page.evaluate(SHRINK, ["a.jpg", base64.b64encode(b"no picture").decode()])
    assert base64.b64decode(broken[2]) == b"no picture"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_bell_notices_and_choices_on_desk_and_phone(district, site, browser, size, language):
    name = district.users["office"]
    page = sign_in(browser, site, name, size, language)
    faults = []
    for path in ("/notices", "/account/notices"):
        page.goto(f"{site}{path}")
        faults += serious(page)
    # The driver of the browser holds this thread.
    with ThreadPoolExecutor(1) as another:
        another.submit(tell, name, 3).result()
        another.submit(connections.close_all).result()
    page.goto(f"{site}/plans")
    expect(page.locator(".wf-bell-count")).to_have_text("3")
    page.locator(".wf-bell").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    faults += serious(page)
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".wf-notice-rows a").first.click()
    expect(page).to_have_url(re.compile("/plans"))
    expect(page.locator(".wf-bell-count")).to_have_text("2")
    box = page.locator(".wf-bell").bounding_box()
    assert min(box["width"], box["height"]) >= 44


def serious(page):
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
