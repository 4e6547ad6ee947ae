"""A case from its form to the library: who sees it when, its figures then and now, both locks."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from django.db import DatabaseError, ProgrammingError, connections, transaction
from django.test import Client
from docx import Document as Word

from tests.actions.cases.conftest import answers_of, reviewed, write, written
from tests.actions.reports.conftest import USE
from tests.actions.tasks.conftest import pass_, report, task_ids
from wufei.actions.cases import queries, services
from wufei.actions.cases.core.card import card
from wufei.actions.cases.core.case import STREAMS, CaseState, content_of, streams_in
from wufei.actions.cases.forms import CASE
from wufei.actions.cases.models import Case, Event
from wufei.actions.cases.queries import CaseFilter
from wufei.actions.cases.services import keep_case
from wufei.actions.reports.core.content import as_json, from_json
from wufei.actions.tasks.services import set_indicators
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.forms.queries import entry
from wufei.runtime.identity.models import Region, User
from wufei.runtime.notices.queries import notices_of
from wufei.runtime.review.core.moves import Reason, Remark
from wufei.runtime.review.queries import case_of
from wufei.runtime.review.services import resubmit, return_

ALL = CaseFilter()


def seen_by(library, who, case_id):
    try:
        return queries.open_case(library.people[who], case_id).row.state
    except NotFoundError:
        return None


def listed(library, who, asks=ALL, *, published=True):
    return [row.id for row in queries.cases(library.people[who], asks, published=published)]


def told(scope):
    with session(scope):
        return [notice.text.zh for notice in notices_of(scope)[0]]


def test_what_the_form_offers_is_what_the_filter_offers():
    (field,) = (each for each in CASE.definition.fields if each.key == "streams")
    assert {each.key: each.title for each in field.choices} == STREAMS


def test_kinds_of_waste_are_read_from_the_words_of_a_task():
    assert streams_in("建设一般工业固体废物分拣中心，提升废矿物油和医疗废物收运") == (
        *("general-industrial", "hazardous", "medical"),
    )
    assert streams_in("健全工作机制") == ()


def test_a_card_is_a_document_that_survives_json_and_leaves_out_what_is_empty():
    content = content_of(answers_of(conditions=None, pitfalls=None, claims=None, cost_wan=None))
    assert content.asked == ((USE, 2025),)
    document = card(content, (), office="某局", synthetic=False)
    assert [section.title for section in document.sections] == ["背景与问题", "主要做法", "成效"]
    assert from_json(as_json(document)) == document
    texts = list(document.texts())
    assert "每年节约30万元（自报，来源：项目决算）。" in texts
    assert texts[4].startswith("背景与问题") or any(
        "适用类别：一般工业固体废物、可回收物" in each for each in texts
    )


def test_before_publication_only_its_department_its_firm_and_the_office_see_it(library):
    case_id = written(library)
    assert {who: seen_by(library, who, case_id) for who in library.people} == {
        "clerk": CaseState.WAITING,
        "colleague": CaseState.WAITING,
        "office": CaseState.WAITING,
        **dict.fromkeys(("helper", "leader", "producer", "rival", "driver", "foreigner")),
    }
    of_firm = written(library, "producer", title="厂内回用")
    assert [who for who in library.people if seen_by(library, who, of_firm)] == [
        "office",
        "producer",
        "driver",
    ]
    assert listed(library, "clerk", published=False) == [case_id]
    assert listed(library, "rival", published=False) == []
    assert listed(library, "office") == []


def test_the_office_passes_and_publishes_and_all_at_home_there_read_it(library):
    case_id = written(library)
    office = library.people["office"]
    with pytest.raises(ConflictError, match="审核通过"):
        services.publish_case(office, case_id=case_id)
    reviewed(library, case_id)
    assert seen_by(library, "office", case_id) is CaseState.PASSED
    assert seen_by(library, "producer", case_id) is None
    assert any("审核通过，可以发布" in each for each in told(office))
    for who in ("clerk", "leader"):
        with pytest.raises(AccessError):
            services.publish_case(library.people[who], case_id=case_id)
    with pytest.raises(NotFoundError):
        services.publish_case(library.people["foreigner"], case_id=case_id)
    services.publish_case(office, case_id=case_id)
    readers = [who for who in library.people if seen_by(library, who, case_id)]
    assert set(library.people) - set(readers) == {"foreigner"}
    assert len(queries.open_case(library.people["clerk"], case_id).events) == 3
    assert queries.open_case(library.people["rival"], case_id).events == ()
    assert "您的案例“园区固废集中分拣”已发布" in told(library.people["clerk"])
    with pytest.raises(ConflictError):
        services.publish_case(office, case_id=case_id)


def test_the_street_below_and_the_city_above_read_what_a_district_published(library, region_factory):
    case_id = written(library)
    reviewed(library, case_id)
    services.publish_case(library.people["office"], case_id=case_id)
    street, city = region_factory(), region_factory()
    Region.objects.filter(id=street).update(parent_id=library.region_id)
    Region.objects.filter(id=library.region_id).update(parent_id=city)
    township = Scope(1, 1, library.people["clerk"].role, region_ids=frozenset({street}))
    mayor = Scope(
        1, 1, library.people["leader"].role, region_ids=frozenset({city, library.region_id, street})
    )
    for scope in (township, mayor):
        assert [row.id for row in queries.cases(scope, ALL)] == [case_id]


def test_figures_are_read_when_it_passes_and_what_they_say_later_stands_beside(library, district, seal_all):
    case_id = written(library)
    assert queries.open_case(library.people["clerk"], case_id).document is None
    reviewed(library, case_id)
    found = queries.open_case(library.people["office"], case_id)
    (field,) = found.fields
    assert (field.indicator, field.period.start.year, field.basis) == (USE, 2025, "computed")
    assert field.value == Decimal(60)
    assert found.later == ()
    district.post(district.generate(20))
    seal_all()
    services.publish_case(library.people["office"], case_id=case_id)
    late = queries.open_case(library.people["leader"], case_id)
    assert [(each.old, each.new) for each in late.later] == [("60%", "50%")]
    assert late.fields == found.fields
    assert queries.open_case(library.people["producer"], case_id).later == ()


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"figures": [{"indicator": "幸福感", "year": 2025}]}, "/figures/0/indicator"),
        ({"claims": [{"name": "车次", "value": "4", "year": 2025}]}, "/claims/0/source"),
        ({"title": None}, "/title"),
        ({"task": "nowhere#1"}, "/task"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(library, changed, where):
    outcome = write(library, **changed)
    assert outcome.outcome == "refused"
    assert where in [each.where for each in outcome.findings]


def test_a_driver_writes_no_case_and_a_firm_links_no_task(library, taken):
    with pytest.raises(AccessError):
        write(library, "driver")
    firm = write(library, "producer", task=f"{taken.plan.id}#1")
    assert [each.where for each in firm.findings] == ["/task"]


def test_a_returned_case_is_mended_and_reviewed_anew(library):
    case_id = written(library)
    office = library.people["office"]
    row = queries.open_case(office, case_id).row
    with session(office):
        case = case_of(office, "entry:case", row.entry_id)
        remark = Remark("/practice", Reason.UNCLEAR, "请写明投入")
        return_(office, case_id=case.id, version=case.version, remarks=(remark,), now=clock.now())
    clerk = library.people["clerk"]
    with session(clerk):
        case = case_of(clerk, "entry:case", row.entry_id)
        changes = {"/practice": "建一处分拣中心，投入一百万元。"}
        resubmit(clerk, case_id=case.id, version=case.version, changes=changes, now=clock.now())
    found = queries.open_case(clerk, case_id)
    assert found.content.practice == "建一处分拣中心，投入一百万元。"
    assert [each.text.zh for each in found.events] == ["修改后再次提交", "提交审核"]
    reviewed(library, case_id)
    services.publish_case(office, case_id=case_id)
    with session(clerk), pytest.raises(InputError, match="不再修改"):
        keep_case(clerk, entry(clerk, row.entry_id))


def test_a_published_case_is_taken_down_with_a_reason_and_changes_for_nobody(library):
    case_id = written(library)
    reviewed(library, case_id)
    office = library.people["office"]
    with pytest.raises(ConflictError):
        services.retire_case(office, case_id=case_id, note="早了")
    services.publish_case(office, case_id=case_id)
    for statement in ("UPDATE cases_case SET title = 'x'", "UPDATE cases_case SET state = 'waiting'"):
        with session(office), pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            connections["default"].cursor().execute(statement)
    with pytest.raises(DatabaseError, match="does not change"):
        connections["owner"].cursor().execute(f"DELETE FROM cases_case WHERE id = {case_id}")
    with pytest.raises(InputError):
        services.retire_case(office, case_id=case_id, note=" ")
    services.retire_case(office, case_id=case_id, note="数据有误")
    assert seen_by(library, "rival", case_id) is None
    assert seen_by(library, "clerk", case_id) is CaseState.RETIRED
    events = [each.text.zh for each in queries.open_case(office, case_id).events]
    assert events == ["撤下：数据有误", "发布到案例库", "审核通过，成效指标已取数", "提交审核"]


def test_the_database_alone_keeps_cases_apart_and_firms_from_publishing(library):
    case_id, firm_id = written(library), written(library, "producer")
    for who, visible in (
        ("rival", set()),
        ("producer", {firm_id}),
        ("foreigner", set()),
        ("helper", {case_id, firm_id}),
    ):
        with session(library.people[who]):
            assert set(Case.objects.values_list("id", flat=True)) == visible
            assert set(Event.objects.values_list("case_id", flat=True)) == visible
    with session(library.people["producer"]):
        raised = pytest.raises(ProgrammingError, match="row-level security")
        with raised, transaction.atomic():
            Case.objects.filter(id=firm_id).update(
                state="published", card={}, passed_at=clock.now(), published_at=clock.now()
            )
        for statement in (
            "DELETE FROM cases_case",
            "DELETE FROM cases_event",
            "UPDATE cases_event SET text_zh = ''",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connections["default"].cursor().execute(statement)


def test_cases_are_found_by_words_stream_and_indicator(library):
    ids = [written(library), written(library, title="秸秆离田", streams=["agricultural"], figures=None)]
    for each in ids:
        reviewed(library, each)
        services.publish_case(library.people["office"], case_id=each)
    assert listed(library, "rival") == [ids[1], ids[0]]
    assert listed(library, "rival", CaseFilter(words="秸秆")) == [ids[1]]
    assert listed(library, "rival", CaseFilter(words="分拣 上门")) == [ids[1], ids[0]]
    assert listed(library, "rival", CaseFilter(words="分拣 火星")) == []
    assert listed(library, "rival", CaseFilter(stream="recyclables")) == [ids[0]]
    assert listed(library, "rival", CaseFilter(indicator=USE)) == [ids[0]]


def client_of(name):
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def test_the_pages_lead_from_the_form_to_the_card_and_the_word_file(library):
    clerk, office = (client_of(library.names[each]) for each in ("clerk", "office"))
    assert "案例库还是空的" in clerk.get("/cases").content.decode()
    case_id = written(library)
    address = f"/cases/{case_id}"
    waiting = clerk.get(address).content.decode()
    assert "正在审核" in waiting
    assert "审核通过时取数" in waiting
    assert clerk.get(f"{address}/card.docx").status_code == 404
    assert client_of(library.names["helper"]).get(address).status_code == 404
    assert clerk.post(address, {"do": "publish"}).status_code == 403
    assert office.post(address, {"do": "publish"}).status_code == 409
    reviewed(library, case_id)
    assert office.post(address, {"do": "publish"}).status_code == 303
    page = client_of(library.names["rival"]).get(address).content.decode()
    assert re.search(r'href="/indicators/figures/[^"]+">60%</a>', page)
    assert "自报" in page
    assert "发布到案例库</button>" not in page
    word = Word(io.BytesIO(clerk.get(f"{address}/card.docx").content))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "园区固废集中分拣" in text
    assert "2025年每月节省车次：40车次（自报，来源：分拣中心台账）。" in text
    assert office.post(address, {"do": "retire", "note": ""}).status_code == 422
    assert office.post(address, {"do": "fly"}).status_code == 422
    assert office.post(address, {"do": "retire", "note": "重复"}).status_code == 303


def test_a_task_that_goes_well_becomes_the_beginning_of_a_case(taken, on_day):
    on_day("2026-04-02")
    number = task_ids(taken)[0]
    set_indicators(taken.people["office"], task_id=number, indicators=[USE])
    pass_(report(taken.people["clerk"], taken, percent=25, progress="建成两处", problems="供电晚"))
    client = client_of(taken.names["clerk"])
    page = client.get(f"/tasks/{number}").content.decode()
    assert "写成案例" in page
    begun = client.post("/cases/start", {"task": number})
    form = client.get(begun.url).content.decode()
    for known in ("任务1的内容。", "2026年一季度：建成两处", "供电晚", f"{taken.plan.id}#1", 'value="2025"'):
        assert known in form
    assert client_of(taken.names["helper"]).post("/cases/start", {"task": "9" * 12}).status_code == 404
    assert client_of(taken.names["leader"]).post("/cases/start", {"task": number}).status_code == 403
