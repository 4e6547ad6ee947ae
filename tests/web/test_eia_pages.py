"""The pages of an assessment: read it, see what is missing, take it over into an enterprise's file."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.records.plans.eia_document import EIA

SENT = EIA.encode()
NEW = {
    "waste": ["0", "2"],
    "code-0": "900-214-08",
    "code-2": "900-001-S17",
    "store": ["0"],
    "number": "京环审〔2025〕7号",
    "approved_on": "2025-01-08",
}


def dropped(client, content=SENT, name="环评.txt", **headers):
    return client.post("/plans/eia", {"file": SimpleUploadedFile(name, content)}, **headers)


def read_by(client):
    return dropped(client, HTTP_ACCEPT="application/json").json()["address"]


def test_a_dropped_file_leads_to_its_table_its_gaps_and_an_excel_file(district, signed_in):
    client = signed_in(district, "office")
    address = read_by(client)
    text = client.get(address).content.decode()
    for words in ("试验金属制品有限公司", "900-214-08", "3.2t/a", "委托有危险废物经营许可证", "0.334 t/万件"):
        assert words in text, words
    assert "没有提到转移联单" in text
    assert client.get(f"{address}?format=xlsx").content.startswith(b"PK")
    assert address in client.get("/plans/eia").content.decode()
    client.cookies["wufei_language"] = "en"
    assert "Hazardous" in client.get(address).content.decode()


def test_a_file_that_cannot_be_read_is_told_in_words_that_fit_an_assessment(district, signed_in):
    client = signed_in(district, "office")
    for content, name, words in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "环评.doc", "另存为 .docx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "环评.docx",
            "打开密码",
        ),
        (f"机密★3年\n{EIA}".encode(), "环评.txt", "标有密级"),
        (b"%PDF-1.7 broken", "环评.pdf", "已损坏"),
        (b"", "环评.txt", "空文件"),
    ):
        problem = dropped(client, content, name, HTTP_ACCEPT="application/json").json()["problem"]
        assert words in problem
        assert "方案" not in problem
    assert "请先选择一个文件" in client.post("/plans/eia").content.decode()


def test_the_same_file_is_recognised_and_read_again_on_demand(district, signed_in):
    client = signed_in(district, "office")
    address = read_by(client)
    said = dropped(client, HTTP_ACCEPT="application/json").json()
    assert said["same"] == address
    assert "仍然读入" in said["problem"]
    page = dropped(client).content.decode()
    assert f'href="{address}" data-same>' in page
    file = SimpleUploadedFile("环评.txt", SENT)
    again = client.post("/plans/eia", {"file": file, "again": "1"})
    assert again.url not in {"", address}


def test_ticked_lines_stand_in_the_enterprises_file_beside_what_was_made(district, signed_in):
    client = signed_in(district, "office")
    take = f"{read_by(client)}/take"
    firm = f"{district.key}-firm"
    assert f"?firm={firm}" in client.get(f"{take}?q=试验一厂").content.decode()
    shown = client.get(f"{take}?firm={firm}").content.decode()
    assert "请确认是同一家" in shown
    assert "危废暂存间" in shown
    done = client.post(take, {"firm": firm, **NEW}, follow=True).content.decode()
    assert "新增 2 条" in done
    again = client.post(take, {"firm": firm, **NEW}, follow=True).content.decode()
    assert "新增 0 条，更改 0 条，不变 2 条" in again
    page = client.get(reverse("enterprise", args=[firm])).content.decode()
    for words in ("京环审〔2025〕7号", "TS001", "危废暂存间", "环评批复量与实际产生量"):
        assert words in page, words
    earlier = client.get(reverse("enterprise", args=[firm]), {"year": "2024"}).content.decode()
    assert "这一年没有生效的环评批复" in earlier


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(district, signed_in):
    client = signed_in(district, "office")
    take = f"{read_by(client)}/take"
    answer = client.post(take, {"firm": f"{district.key}-firm", **NEW, "code-2": "999-999-S99"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "不在名录中" in text
    assert 'value="999-999-S99"' in text
    assert 'value="京环审〔2025〕7号"' in text


def test_who_keeps_no_register_sees_no_button_and_is_refused(district, signed_in):
    office = signed_in(district, "office")
    address = read_by(office)
    assert signed_in(district, "auditor").get(address).status_code == 403
    assert signed_in(district, "producer").post("/plans/eia").status_code == 403
    assert (
        "确认写入"
        in signed_in(district, "clerk").get(f"{address}/take?firm={district.key}-firm").content.decode()
    )


def test_another_district_finds_neither_the_reading_nor_the_firm(district, district_factory, signed_in):
    address = read_by(signed_in(district, "office"))
    other = district_factory(days=0, with_plan=False)
    stranger = signed_in(other, "office")
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/take", {"firm": f"{district.key}-firm", **NEW}).status_code == 404
    own = read_by(stranger)
    assert stranger.post(f"{own}/take", {"firm": f"{district.key}-firm", **NEW}).status_code == 404
