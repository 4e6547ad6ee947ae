"""名称查代码 for people, programs and the command line."""

import json

import pytest
from django.conf import settings
from django.test import Client
from typer.testing import CliRunner

from wufei.records.catalogue.commands import app


@pytest.mark.usefixtures("db")
def test_a_visitor_finds_codes_on_the_page():
    page = Client().get("/catalogue/find", {"q": "空机油桶"}, headers={"accept-language": "zh-hans"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "900-249-08" in text
    assert "沾染矿物油的废弃包装物随废矿物油" in text


@pytest.mark.usefixtures("db")
def test_the_box_takes_only_the_answer_and_speaks_english():
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    part = client.get("/catalogue/find/answer", {"q": "飞灰"})
    text = part.content.decode()
    assert "<html" not in text
    assert "Fly ash from where" in text
    assert "772-002-18" in text


@pytest.mark.usefixtures("db")
def test_the_page_without_a_name_says_what_to_type():
    text = Client().get("/catalogue/find", headers={"accept-language": "zh-hans"}).content.decode()
    assert "请输入废物的名称" in text


@pytest.mark.usefixtures("db")
def test_what_is_typed_is_shown_as_text_never_as_markup():
    text = Client().get("/catalogue/find", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in text


@pytest.mark.usefixtures("db")
def test_programs_get_candidates_question_and_look_alikes():
    found = Client().get("/api/catalogue/find", {"q": "废活性炭"}).json()
    assert found["status"] == "asks"
    assert found["candidates"][0]["class"] == "hazardous"
    assert found["question"]["answers"]
    assert Client().get("/api/catalogue/find", {"q": "x" * 10_001}).status_code == 422
    assert Client().get("/api/catalogue/find").json()["status"] == "empty"


@pytest.mark.usefixtures("db")
def test_the_command_tells_reasons_or_json():
    told = CliRunner().invoke(app, ["find", "废油漆桶"])
    assert told.exit_code == 0
    assert "1. 900-041-49" in told.output
    found = json.loads(CliRunner().invoke(app, ["find", "电瓶", "--json"]).output)
    assert found["candidates"][0]["code"] == "900-052-31"
    assert CliRunner().invoke(app, ["find", " "]).exit_code == 1


@pytest.mark.usefixtures("db")
def test_an_undetermined_name_gets_a_plain_next_step():
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    text = client.get("/catalogue/find", {"q": "阿巴阿巴"}).content.decode()
    assert "先以“待定”登记" in text
    assert "GB 5085.7" in text
    clear = client.get("/catalogue/find", {"q": "废机油"}).content.decode()
    assert "先以“待定”登记" not in clear


@pytest.mark.usefixtures("db")
def test_the_search_of_the_lists_understands_everyday_names_too():
    client = Client()
    text = client.get("/catalogue", {"q": "偈油壶"}).content.decode()
    assert "900-249-08" in text
    sheet_of = client.get("/catalogue", {"q": "偈油壶", "category": "HW49"}).content.decode()
    assert "900-249-08" not in sheet_of
    by_code = client.get("/catalogue", {"q": "900-214"}).content.decode()
    assert "900-214-08" in by_code
    assert "900-249-08" not in by_code
