"""Pages of documents on desk and phone, and what becomes of what was typed; the whole way is in programme."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, check, picture

pytestmark = pytest.mark.browser


def draft(page, site, district):
    """Draft the briefing of the district's quarter as the office does."""
    page.goto(f"{site}/reports?region={district.key}")
    page.locator("select[name=quarter]").select_option("2")
    page.get_by_role("button", name=re.compile("起草简报|Draft the briefing")).click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}"))
    return page.url


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")], ids=["desk", "phone"])
def test_list_and_document_have_nothing_serious_and_fit(district, open_page, site, size, language):
    page = open_page(district.users["office"], size, language, refused=True)
    address = draft(page, site, district)
    listed, layouts = f"{site}/reports?region={district.key}", f"{site}/reports/layouts?region={district.key}"
    for place in (listed, f"{listed}&q=nothing", address, f"{address}/edit", layouts):
        page.goto(place)
        for summary in page.locator("details > summary").all()[-1:]:
            summary.click()
        check(page)
        picture(page, f"report-{place.rpartition('/')[2][:7]}-{language}")
    page.locator("input[type=file]").last.set_input_files(
        {"name": "own.yaml", "mimeType": "", "buffer": b"page: {top_mm: 900}\nwrods: {}\n"}
    )
    page.get_by_role("button", name=re.compile("检查并采用|Check and use")).last.click()
    expect(page.get_by_role("alert")).to_contain_text("case.yaml:2")
    check(page)


def test_what_was_typed_stays_when_it_cannot_be_taken(district, signed_in):
    office, clerk = signed_in(district, "office"), signed_in(district, "clerk")
    drafted = office.post(
        f"/reports?region={district.key}", {"year": 2026, "quarter": 2, "book": district.book}
    )
    assert drafted.status_code == 303
    told = {"do": "answer", "figure": "F1", "answer": "correct", "value": "86.5", "why": ""}
    answer = clerk.post(drafted.url, told)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert 'value="86.5"' in page
    secret = {"version": 1, "title": "机密★一年", "office": "区无废办", "text-1": "一段话", "order-1": "1"}
    answer = office.post(f"{drafted.url}/edit", secret)
    assert answer.status_code == 422
    assert "涉密渠道" in answer.content.decode()
    assert "一段话" in answer.content.decode()
    for told, status in (
        ({"do": "finish", "version": 1}, 409),
        ({"do": "nothing"}, 422),
        ({"do": "redraft", "version": 1}, 422),
        ({"do": "redraft", "version": 7, "overwrite": "yes"}, 409),
        ({"do": "ask", "due_on": "十月"}, 422),
        ({"do": "agree", "seen": "0"}, 409),
    ):
        assert office.post(drafted.url, told).status_code == status
    edits = (
        ({"version": 1, "title": "x", "issue": "三"}, 422),
        ({"version": 1, "title": "x", "issued_on": "十月"}, 422),
        ({"version": 1, "title": "x", "text-1": "见{F99}。"}, 422),
        ({"version": 9, "title": "慢了一步", "text-1": "我的一段话。"}, 409),
    )
    for told, status in edits:
        answer = office.post(f"{drafted.url}/edit", told)
        assert answer.status_code == status
        assert told.get("text-1", "") in answer.content.decode()
        assert f'value="{told["title"]}"' in answer.content.decode()
    assert clerk.get(f"{drafted.url}/edit").status_code == 403
    assert clerk.post(drafted.url, {"do": "submit", "version": 1}).status_code == 403
    assert office.post(f"/reports?region={district.key}", {"year": "去年", "quarter": 2}).status_code == 422
    assert office.get(f"/reports/bulletin.xlsx?region={district.key}&book={district.book}").status_code == 200
