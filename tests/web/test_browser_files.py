"""A phone shrinks a photo before it is sent and keeps its evidence; the bell and notices in Chromium."""

import base64
import io
import re
import uuid

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, beside, is_wide, serious_faults
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_user
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

pytestmark = pytest.mark.browser

SHRINK = """async ([name, data]) => {
  const { shrink } = await import("/static/shrink.js");
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const made = await shrink(new File([bytes], name, { type: "image/jpeg" }));
  const view = new Uint8Array(await made.arrayBuffer());
  return [made.name, made.type, btoa(Array.from(view, (code) => String.fromCharCode(code)).join(""))];
}"""


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
    grain = Image.effect_noise((1000, 750), 40).resize((4000, 3000))
    grain.convert("RGB").save(out, "JPEG", exif=notes, quality=95)
    return out.getvalue()


def test_a_photo_is_shrunk_upright_and_still_says_when_and_where(site, open_page):
    page = open_page()
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


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")], ids=["desk", "phone"])
def test_bell_notices_and_choices_on_desk_and_phone(district, site, open_page, size, language):
    name = district.users["office"]
    page = open_page(name, size, language)
    beside(tell, name, 3)
    page.goto(f"{site}/plans")
    expect(page.locator(".wf-bell-count")).to_have_text("3")
    page.locator(".wf-bell").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert serious_faults(page) == []
    assert not is_wide(page)
    page.locator(".wf-notice-rows a").first.click()
    expect(page).to_have_url(re.compile("/plans"))
    expect(page.locator(".wf-bell-count")).to_have_text("2")
    box = page.locator(".wf-bell").bounding_box()
    assert min(box["width"], box["height"]) >= 44
