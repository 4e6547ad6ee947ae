"""关账: an office closes a month, late records are amendments, and what was published stays beside them."""

import io
import re
from uuid import UUID

import openpyxl
import pytest
from django.test import Client

from wufei.records.ledger.core.proofs import check_proof, read_proof


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def form(place, **changes):
    typed = {"region": place.key, "period": "2025-01", "book": place.book, "grouping": ""}
    return typed | changes


def close(client, place, **changes):
    return client.post("/ledger/closings", form(place, confirm="yes", **changes))


@pytest.fixture
def closed(district, signed_in, seal_all):
    """A district whose office has closed January 2025, and the address of the closing."""
    seal_all()
    answer = close(signed_in(district, "office"), district)
    assert answer.status_code == 303
    return district, answer.url


def test_a_month_is_closed_after_a_step_that_says_what_will_happen(signed_in, district, seal_all):
    client = signed_in(district, "office")
    page = client.get("/ledger/closings").content.decode()
    assert "还没有关过账" in page
    assert '<option value="2025-01">2025年1月</option>' in page
    assert 'value="2026-03"' not in page
    seal_all()
    asked = client.post("/ledger/closings", form(district))
    assert "关账后，该期间的记录只能由主管人员以更正方式修改" in words(asked)
    assert "2025-01-01 – 2025-01-31" in words(asked)
    assert "还没有关过账" in client.get("/ledger/closings").content.decode()
    done = close(client, district)
    assert done.status_code == 303
    assert "没有更正，修订数与公布数相同" in words(client.get(done.url))
    listed = words(client.get("/ledger/closings"))
    assert "2025年1月" in listed
    assert "试验office" in listed


def test_the_same_form_sent_twice_closes_once(signed_in, closed):
    place, address = closed
    assert close(signed_in(place, "office"), place).url == address


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"period": "2026-03"}, "才结束，不能提前关账"),
        ({"period": "soon"}, "soon"),
        ({"period": ""}, "无法识别"),
        ({"period": "2025-01-03"}, "不是月、季或年"),
        ({"grouping": "stat.gold"}, "stat.gold"),
        ({"book": "nonsense"}, "nonsense"),
        ({"region": "ATLANTIS"}, "ATLANTIS"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(signed_in, district, changes, said):
    typed = {"period": "2025-02", "grouping": "stat.medical"} | changes
    answer = signed_in(district, "office").post("/ledger/closings", form(district, **typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "wf-inline-error" in page
    kept = {"2025-02", "stat.medical"} & set(typed.values())
    assert all(f'value="{value}" selected' in page for value in kept)


def test_a_period_is_not_closed_while_something_waits_to_be_sealed(signed_in, district_factory, seal_all):
    seal_all()
    place = district_factory()
    answer = close(signed_in(place, "office"), place)
    assert answer.status_code == 409
    assert "尚未" in words(answer) or "未封存" in words(answer)


def test_a_correction_in_a_closed_month_is_shown_beside_the_published_figure(signed_in, closed, seal_all):
    place, address = closed
    client = signed_in(place, "office")
    transfer = f"/ledger/transfers/{place.used_id}"
    assert "更正（原记录保留）" in words(client.get(transfer))
    asked = client.get(f"{transfer}/correction").content.decode()
    assert 'value="2025-01"' in asked
    empty = client.post(f"{transfer}/correction", {"amends": "2025-01"})
    assert (empty.status_code, "请选择更正原因" in words(empty)) == (422, True)
    told = client.post(f"{transfer}/correction", {"amends": "2025-01", "reason": "typed-wrong"})
    assert "将新增一笔冲回，质量为 -8 吨，原记录保留" in words(told)
    wrong = {"amends": "2025-02", "reason": "typed-wrong", "confirm": "yes"}
    refused = client.post(f"{transfer}/correction", wrong)
    assert (refused.status_code, 'value="2025-02"' in refused.content.decode()) == (422, True)
    sent = wrong | {"amends": "2025-01"}
    done = client.post(f"{transfer}/correction", sent)
    assert done.status_code == 303
    assert client.post(f"{transfer}/correction", sent).url == done.url
    chain = words(client.get(transfer))
    assert "更正链（原记录保留）" in chain
    assert chain.count("更正冲回") == 1
    seal_all()
    page = words(client.get(address))
    # Three days of 8 t were published, two of them remain.
    assert "24 吨 (3) 16 吨 (4) -8 吨" in page
    assert "有更正" in page
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}?format=xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert any("示例区·合成数据" in str(cell) for row in rows for cell in row)
    used = next(row for row in rows if row[0] == "投入处理")
    assert used[3:] == (24, 16, -8, 3, 4)


def test_a_clerk_may_not_correct_what_is_closed_and_is_told_why(signed_in, closed):
    place, _ = closed
    client = signed_in(place, "clerk")
    page = client.get(f"/ledger/transfers/{place.used_id}")
    assert "请联系本区无废办" in words(page)
    assert "/correction" not in page.content.decode()
    answer = client.post(
        f"/ledger/transfers/{place.used_id}/correction",
        {"amends": "2025-01", "reason": "typed-wrong", "confirm": "yes"},
    )
    assert answer.status_code == 403
    assert "已被更正" not in words(client.get(f"/ledger/transfers/{place.used_id}"))


def test_what_is_open_is_corrected_by_a_clerk_without_a_period(signed_in, district):
    client = signed_in(district, "clerk")
    address = f"/ledger/transfers/{district.used_id}/correction"
    assert 'name="amends"' not in client.get(address).content.decode()
    done = client.post(address, {"reason": "counted-twice", "confirm": "yes"})
    assert done.status_code == 303
    page = client.get(done.url).content.decode()
    back = re.search(r'/ledger/transfers/([0-9a-f-]{36})">看更正的一笔', page)[1]
    posting = re.search(
        r'href="(/ledger/postings/[^"]+)"', client.get(f"/ledger/transfers/{back}").content.decode()
    )
    assert "更正原因 重复登记" in words(client.get(posting[1]))
    refused = client.post(
        f"/ledger/transfers/{back}/correction", {"reason": "counted-twice", "confirm": "yes"}
    )
    assert refused.status_code == 409


def test_what_has_moved_on_is_not_taken_back_and_the_page_says_what_to_do_first(signed_in, district_factory):
    place = district_factory(days=1)
    client = signed_in(place, "office")
    page = client.get("/ledger/transfers?step=generate&period=2025").content.decode()
    address = re.search(r'href="(/ledger/transfers/[0-9a-f-]{36})"', page)[1]
    answer = client.post(f"{address}/correction", {"reason": "typed-wrong", "confirm": "yes"})
    assert answer.status_code == 422
    assert "请先更正后来的转出，再更正这一笔" in words(answer)


def test_a_form_without_a_token_changes_nothing(signed_in, district, seal_all):
    seal_all()
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(district, "office").cookies
    assert close(client, district).status_code == 403
    sent = {"reason": "typed-wrong", "confirm": "yes"}
    assert client.post(f"/ledger/transfers/{district.used_id}/correction", sent).status_code == 403
    assert "已被更正" not in words(client.get(f"/ledger/transfers/{district.used_id}"))


@pytest.mark.parametrize("role", ["leader", "auditor", "clerk"])
def test_who_does_not_close_is_refused_by_name(signed_in, closed, role):
    place, address = closed
    client = signed_in(place, role)
    reads = 403 if role == "clerk" else 200
    assert client.get("/ledger/closings").status_code == reads
    assert client.get(address).status_code == reads
    assert close(client, place, period="2025-02").status_code == 403


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_who_only_reads_corrects_nothing(signed_in, district, role):
    client = signed_in(district, role)
    assert "更正（原记录保留）" not in words(client.get(f"/ledger/transfers/{district.used_id}"))
    sent = {"reason": "typed-wrong", "confirm": "yes"}
    assert client.post(f"/ledger/transfers/{district.used_id}/correction", sent).status_code == 403


def test_another_region_sees_nothing_of_a_closing_a_posting_or_a_proof(signed_in, closed, district_factory):
    place, address = closed
    stranger = signed_in(district_factory(), "office")
    assert stranger.get(address).status_code == 403
    assert stranger.get(f"{address}?format=xlsx").status_code == 403
    assert place.key not in stranger.get("/ledger/closings").content.decode()
    assert close(stranger, place, period="2025-02").status_code == 422
    for path in ("", "/proof", "/correction"):
        assert stranger.get(f"/ledger/transfers/{place.used_id}{path}").status_code == 404
    assert stranger.get(f"/ledger/postings/{place.used_id}").status_code == 404


def test_a_producer_closes_for_itself_and_sees_only_that(signed_in, closed):
    place, address = closed
    client = signed_in(place, "producer")
    assert client.get(address).status_code == 403
    assert address not in client.get("/ledger/closings").content.decode()
    done = close(client, place, period="2025-02", region="ATLANTIS")
    assert done.status_code == 303
    assert "试验一厂" in words(client.get(done.url))
    assert f'href="{done.url}"' in client.get("/ledger/closings").content.decode()
    assert client.get("/ledger/audit").status_code == 403
    # The office of the region sees the closings of its firms.
    assert signed_in(place, "office").get(done.url).status_code == 200


def test_another_regions_office_does_not_read_the_closing_of_a_firm(signed_in, closed, district_factory):
    place, _ = closed
    own = close(signed_in(place, "producer"), place, period="2025-02").url
    stranger = signed_in(district_factory(), "office")
    assert stranger.get(own).status_code == 403
    other_firm = signed_in(district_factory(), "producer")
    assert other_firm.get(own).status_code == 403


@pytest.mark.parametrize(
    "path", ["/ledger/closings", "/ledger/closings/1", "/ledger/audit", "/ledger/audit/heads.json"]
)
def test_a_visitor_is_sent_to_sign_in(db, path):
    assert Client().get(path).status_code == 302


def test_a_transfer_gives_its_proof_once_it_is_sealed(signed_in, district_factory, seal_all):
    seal_all()
    place = district_factory()
    client = signed_in(place, "auditor")
    address = f"/ledger/transfers/{place.used_id}"
    assert "尚未封存" in words(client.get(address))
    assert client.get(f"{address}/proof").status_code == 404
    seal_all()
    assert "已封存，序号" in words(client.get(address))
    answer = client.get(f"{address}/proof")
    assert "attachment" in answer["Content-Disposition"]
    proof = read_proof(answer.content.decode())
    assert (check_proof(proof), proof.transfer_id) == ([], UUID(str(place.used_id)))


def test_a_posting_shows_its_transfers(signed_in, district):
    page = words(signed_in(district, "office").get(f"/ledger/postings/{district.used_id}"))
    assert "一组流水 · 1 笔" in page
    assert "投入处理" in page
    assert "本机命令" in page


def test_english_pages_hold_no_chinese(signed_in, closed):
    place, address = closed
    client = signed_in(place, "office")
    client.cookies["wufei_language"] = "en"
    correction = f"/ledger/transfers/{place.used_id}/correction"
    for path in (
        address,
        "/ledger/closings",
        "/ledger/audit",
        correction,
        f"/ledger/postings/{place.used_id}",
    ):
        main = client.get(path).content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        own = main.replace("试验office", "")
        assert re.findall(r"[\u4e00-\u9fff]+", own) == [], path
    told = client.post("/ledger/closings", form(place, period="2025-03")).content.decode()
    assert re.findall(r"[\u4e00-\u9fff]+", told.split("<main", 1)[1].split("</main>", 1)[0]) == []
