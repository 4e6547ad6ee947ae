"""The list of duties: who is responsible, gaps and overlaps, proposals; in by form and table, out again."""

from __future__ import annotations

import io
from datetime import date, timedelta
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db import ProgrammingError, connections, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.tasks.conftest import task_ids, task_of
from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.dispatching import proposals, subjects_of
from wufei.actions.tasks.core.responsibility import (
    ALL,
    CHAIN,
    Responsibility,
    Stage,
    matrix,
    responsible,
    wider,
)
from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.forms import DUTY
from wufei.actions.tasks.models import Responsibility as Line
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.forms import services as forms
from wufei.runtime.forms.services import import_workbook
from wufei.runtime.identity.models import Region, User
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.notices.queries import notices_of

DAY = date(2026, 6, 1)
LIST = "试验区责任清单"


def line(number, stream, stages, department, duty=Duty.LEAD, from_on=date(2026, 1, 1), **more):
    return Responsibility(number, stream, tuple(stages), department, duty, "", LIST, "一", from_on, **more)


KINDS = (ALL, "household", "SW61", "hazardous", "HW01", "AGRI-STRAW", "SW80")
DAYS = tuple(date(2025, 1, 1) + timedelta(days=each) for each in (0, 300, 500, 530, 700))
A_LINE = st.tuples(
    st.integers(1, 99),
    st.sampled_from(KINDS),
    st.sampled_from([CHAIN, (Stage.USE,), (Stage.USE, Stage.OVERSIGHT), (Stage.PUBLICITY,)]),
    st.integers(1, 4),
    st.sampled_from(Duty),
    st.sampled_from(DAYS),
    st.sampled_from([None, date(2027, 6, 1)]),
    st.booleans(),
)
LINES = st.lists(A_LINE.map(lambda drawn: line(*drawn[:6], to_on=drawn[6], withdrawn=drawn[7])), max_size=6)


@given(
    LINES,
    st.sampled_from((*KINDS, "SW64", "HW08")),
    st.sampled_from(Stage),
    st.sampled_from(DAYS),
)
def test_whoever_is_named_has_a_line_that_holds_and_the_narrowest_leads(lines, stream, stage, on):
    answer = responsible(lines, stream, stage, on)
    for each in (*answer.leads, *answer.supports):
        assert each.holds(on)
        assert stage in each.stages
        assert each.stream in wider(stream)
    leading = [each for each in lines if each.duty is Duty.LEAD and each.holds(on) and stage in each.stages]
    levels = [wider(stream).index(each.stream) for each in leading if each.stream in wider(stream)]
    assert answer.is_gap == (not levels)
    assert {wider(stream).index(each.stream) for each in answer.leads} == ({min(levels)} if levels else set())
    assert not {each.department_id for each in answer.leads} & {
        each.department_id for each in answer.supports
    }
    assert responsible(list(reversed(lines)), stream, stage, on).overlaps == answer.overlaps


def test_a_narrow_line_goes_before_a_wide_one_and_ends_on_its_last_day():
    wide = line(1, "household", CHAIN, 1)
    narrow = line(2, "SW61", [Stage.USE], 2, to_on=DAY)
    help_ = line(3, ALL, [Stage.USE], 3, Duty.SUPPORT)
    lines = [wide, narrow, help_]
    answer = responsible(lines, "SW61", Stage.USE, DAY)
    assert ([each.id for each in answer.leads], [each.id for each in answer.supports]) == ([2], [3])
    after = responsible(lines, "SW61", Stage.USE, DAY + timedelta(days=1))
    assert ([each.id for each in after.leads], after.inherited) == ([1], True)
    assert responsible(lines, "SW61", Stage.USE, date(2025, 12, 31)).is_gap


def test_the_matrix_shows_gaps_and_two_leads_for_one_cell():
    rows = matrix([line(1, "household", CHAIN, 1), line(2, "household", [Stage.USE], 2)], DAY)
    household = next(row for row in rows if row.stream == "household")
    use = household.cells[list(Stage).index(Stage.USE)]
    assert use.overlaps
    assert household.cells[list(Stage).index(Stage.PUBLICITY)].is_gap
    assert not household.cells[0].overlaps
    assert [row.stream for row in rows][:3] == ["general-industrial", "hazardous", "HW01"]


def test_a_text_leads_to_whoever_leads_most_of_what_it_speaks_of():
    lines = [
        line(1, "construction", CHAIN, 1),
        line(2, "construction", [Stage.ENFORCEMENT], 2),
        line(3, "household", CHAIN, 3),
    ]
    text = "加强建筑垃圾收集、运输和资源化利用，查处随意倾倒"
    assert subjects_of(text).streams == ("construction",)
    found = proposals(lines, text, Duty.LEAD, DAY)
    assert [each.department_id for each in found] == [1, 2]
    assert [each.id for each in found[1].lines] == [2]
    assert proposals(lines, "建立健全工作机制", Duty.LEAD, DAY) == ()
    assert proposals(lines, "开展宣传", Duty.LEAD, DAY) == ()
    assert subjects_of("生活垃圾和厨余垃圾分类").streams == ("SW61",)


def answers_of(**changed):
    answers = {
        "stream": "生活垃圾",
        "stages": ["sorting", "collection"],
        "department": "城管委",
        "duty": "lead",
        "document": LIST,
        "article": "第三条",
        "from_on": "2026-01-01",
    }
    return {key: value for key, value in (answers | changed).items() if value is not None}


def enter(place, who="office", **changed):
    return forms.enter(
        place.people[who],
        DUTY,
        entry_id=new_id(clock.now()),
        answers=answers_of(**changed),
        place=forms.Place(place.region_id),
        now=clock.now(),
    )


def asked(place, who="office", stream="household", stage=Stage.SORTING, on=DAY):
    found = queries.who_is_responsible(place.people[who], place.region_id, stream=stream, stage=stage, on=on)
    return None if found is None else [each.department_id for each in found.leads]


def test_a_line_is_entered_by_the_office_and_answers_who_is_responsible(place):
    assert asked(place) is None
    assert enter(place).outcome == "entered"
    assert asked(place, "clerk") == [place.departments["urban"]]
    assert asked(place, stream="SW64") == [place.departments["urban"]]
    assert asked(place, stage=Stage.DISPOSAL) == []
    assert enter(place, stream="厨余垃圾", stages=["chain"], department="生态环境局").outcome == "entered"
    assert asked(place, stream="SW61", stage=Stage.TRANSPORT) == [place.departments["ecology"]]
    assert enter(place).outcome == "entered"
    assert len(queries.duty_board(place.people["office"], place.region_id, on=DAY).lines) == 2


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"stream": "外星垃圾"}, "/stream"),
        ({"department": "财政部"}, "/department"),
        ({"to_on": "2025-01-01"}, "/to_on"),
        ({"stages": None}, "/stages"),
        ({"document": None}, "/document"),
    ],
)
def test_a_line_that_is_wrong_is_refused_with_its_place(place, changed, where):
    outcome = enter(place, **changed)
    assert outcome.outcome == "refused"
    assert where in [each.where for each in outcome.findings]
    assert asked(place) is None


def test_only_the_office_of_the_region_enters_and_ends(place, place_factory):
    for who in ("clerk", "leader", "reviewer"):
        with pytest.raises(AccessError):
            enter(place, who)
    enter(place)
    (row,) = queries.duty_board(place.people["office"], place.region_id, on=DAY).lines
    ended = {"line_id": row.line.id, "last_on": DAY, "note": "x"}
    with pytest.raises(AccessError):
        services.end_duty(place.people["clerk"], **ended)
    foreign = place_factory()
    with pytest.raises(NotFoundError):
        services.end_duty(foreign.people["office"], **ended)
    with pytest.raises(AccessError):
        services.end_document(
            foreign.people["office"], region_id=place.region_id, document=LIST, last_on=DAY, note="x"
        )
    assert asked(place) == [place.departments["urban"]]


def test_the_database_alone_keeps_lines_apart_and_unchanged(place, place_factory):
    enter(place)
    foreign = place_factory()
    with session(foreign.people["office"]):
        assert not Line.objects.filter(region_id=place.region_id).exists()
        assert Line.objects.filter(region_id=place.region_id).update(to_on=DAY) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Line.objects.create(
                entry_id=new_id(clock.now()),
                region_id=place.region_id,
                stream=ALL,
                stages=["use"],
                department_id=place.departments["urban"],
                duty="lead",
                document="x",
                from_on=DAY,
                entered_at=clock.now(),
            )
    with session(place.people["office"]):
        for statement in (
            "UPDATE tasks_responsibility SET document = 'x'",
            "DELETE FROM tasks_responsibility",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connections["default"].cursor().execute(statement)


def test_a_street_reads_the_list_of_the_district_above_and_a_firm_none(place, region_factory, party_factory):
    enter(place)
    street = region_factory()
    Region.objects.filter(id=street).update(parent_id=place.region_id)
    township = Scope(1, 1, Role.TOWNSHIP, region_ids=frozenset({street}))
    board = queries.duty_board(township, street, on=DAY)
    assert (board.region_id, len(board.lines)) == (place.region_id, 1)
    found = queries.who_is_responsible(township, street, stream="SW64", stage=Stage.SORTING, on=DAY)
    assert [each.department_id for each in found.leads] == [place.departments["urban"]]
    assert found.level.zh == "生活垃圾"
    firm = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({party_factory(region_id=place.region_id)}))
    with pytest.raises(AccessError):
        queries.duty_board(firm, place.region_id, on=DAY)
    with session(firm):
        assert not Line.objects.exists()


def test_a_line_ends_or_is_withdrawn_once_and_stays_readable(place):
    enter(place)
    enter(place, department="生态环境局", stages=["oversight"])
    office = place.people["office"]
    first, second = queries.duty_board(office, place.region_id, on=DAY).lines
    with pytest.raises(InputError, match="早于起始日"):
        services.end_duty(office, line_id=first.line.id, last_on=date(2025, 1, 1), note="x")
    with pytest.raises(InputError, match="填写内容"):
        services.end_duty(office, line_id=first.line.id, last_on=DAY, note=" ")
    services.end_duty(office, line_id=first.line.id, last_on=DAY, note="机构改革")
    services.end_duty(office, line_id=second.line.id, last_on=None, note="录错部门")
    with pytest.raises(ConflictError):
        services.end_duty(office, line_id=first.line.id, last_on=DAY, note="再来")
    assert asked(place) == [place.departments["urban"]]
    assert asked(place, on=DAY + timedelta(days=1)) == []
    assert asked(place, stage=Stage.OVERSIGHT) == []
    notes = [
        (each.ended_note, each.ended_by) for each in queries.duty_board(office, place.region_id, on=DAY).lines
    ]
    assert notes == [("机构改革", "试验office"), ("录错部门", "试验office")]
    assert enter(place, department="生态环境局", stages=["oversight"]).outcome == "entered"
    assert asked(place, stage=Stage.OVERSIGHT) == [place.departments["ecology"]]
    assert (
        services.end_document(office, region_id=place.region_id, document=LIST, last_on=DAY, note="修订") == 1
    )


def table_of(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD = ["编号", "废物类别", "环节", "部门", "牵头或配合", "依据文件", "条款", "起始日"]


def test_a_table_is_taken_row_by_row_and_its_export_changes_nothing(place):
    office = place.people["office"]
    content_of_first = ["生活垃圾", "分类、收集", "城管委", "牵头", LIST, "一", date(2026, 1, 1)]
    content = table_of(
        HEAD,
        ["1", *content_of_first],
        ["2", "生活垃圾", "分类", "火星局", "牵头", LIST, "二", date(2026, 1, 1)],
        ["3", "危险废物", "飞行", "生态环境局", "牵头", LIST, "三", date(2026, 1, 1)],
        ["4", "危险废物", "全过程、监管", "生态环境局", "牵头", LIST, "四", date(2026, 1, 1)],
    )

    def load(bytes_, name="清单.xlsx"):
        place_ = forms.Place(place.region_id)
        return import_workbook(office, DUTY, content=bytes_, name=name, place=place_, now=clock.now())

    report = load(content)
    assert [row.outcome for row in report.rows] == ["entered", "refused", "refused", "entered"]
    wrong = [each for row in report.rows for each in row.findings]
    assert [(each.where.split("!")[-1], each.value) for each in wrong] == [("D3", "火星局"), ("C4", "飞行")]
    assert all(each.fix for each in wrong)
    assert load(content).count("entered") == 0
    client = Client()
    client.force_login(User.objects.get(username=place.names["office"]))
    key = regions_by_id([place.region_id])[place.region_id].key
    exported = client.get("/tasks/duties.xlsx", {"region": key})
    rows = list(openpyxl.load_workbook(io.BytesIO(exported.content)).active.iter_rows(values_only=True))
    assert [row[1:3] for row in rows[2:]] == [
        ("生活垃圾", "分类、收集"),
        ("危险废物", "产生、分类、收集、贮存、运输、利用、处置、监管"),
    ]
    assert all(row.outcome != "refused" for row in load(exported.content).rows)
    assert len(queries.duty_board(office, place.region_id, on=DAY).lines) == 2
    (again,) = load(table_of([*HEAD, "终止日（现行的留空）"], [None, *content_of_first, "2026-12-31"])).rows
    assert "请在责任清单页终止它" in again.findings[0].message.zh
    comma = ",".join(HEAD) + f"\n9,医疗废物,处置,生态环境局,牵头,{LIST},五,2026-01-01\n"
    assert load(comma.encode("gb18030"), "清单.csv").count("entered") == 1
    assert asked(place, stream="HW01", stage=Stage.DISPOSAL) == [place.departments["ecology"]]


@pytest.fixture
def undecided(place_factory):
    """A district whose plan names 各有关部门 for one task, and a list that names the lead."""
    place = place_factory(
        task_of("1", lead=("各有关部门",), support=(), title="推进生活垃圾分类收集"),
        task_of("2", lead=("各有关部门",), support=(), title="健全工作机制", text="健全工作机制。"),
    )
    services.take_plan(place.people["office"], place.plan.id)
    enter(place)
    return place


def test_a_unit_without_department_gets_a_proposal_and_nothing_happens_by_itself(undecided):
    office = undecided.people["office"]
    (one,) = queries.unit_proposals(office, undecided.region_id, on=today_on())
    assert (one.unit, one.task, one.duty) == ("各有关部门", "推进生活垃圾分类收集", Duty.LEAD)
    assert [each.department_id for each in one.proposed] == [undecided.departments["urban"]]
    assert "生活垃圾·分类" in one.proposed[0].why.zh
    assert queries.find_task_row(office, one.task_id, on=today_on()).departments() == frozenset()
    with pytest.raises(AccessError):
        queries.unit_proposals(undecided.people["clerk"], undecided.region_id, on=today_on())
    with pytest.raises(AccessError):
        services.assign_unit(
            undecided.people["clerk"], task_id=one.task_id, name=one.unit, department_id=1, why="x"
        )


def test_a_person_takes_the_proposal_for_one_task_on_the_page(undecided):
    office, urban = undecided.people["office"], undecided.departments["urban"]
    client = Client()
    client.force_login(User.objects.get(username=undecided.names["office"]))
    key = regions_by_id([undecided.region_id])[undecided.region_id].key
    first, second = task_ids(undecided)
    address = f"/tasks/take?region={key}"
    assert "按责任清单的建议" in client.get(address).content.decode()
    sent = {"do": "dispatch", "name": "各有关部门", "department": str(urban)}
    refused = client.post(address, {**sent, "task": str(second)})
    assert refused.status_code == 422
    assert "没有这条建议" in refused.content.decode()
    assert client.post(address, {**sent, "task": str(first)}).status_code == 303
    assert queries.find_task_row(office, first, on=today_on()).departments() == {urban}
    assert queries.find_task_row(office, second, on=today_on()).departments() == frozenset()
    event = queries.task_file(office, first).events[0]
    assert event.text.zh.startswith("“各有关部门”按责任清单定为")
    with session(undecided.people["helper"]):
        assert "按责任清单" in notices_of(undecided.people["helper"])[0][0].text.zh
    with pytest.raises(ConflictError):
        services.assign_unit(office, task_id=first, name="各有关部门", department_id=urban, why="x")
    assert services.take_plan(office, undecided.plan.id).same == 2


def test_the_page_answers_shows_the_matrix_and_lets_lines_end(place):
    clients = {}
    for who in ("office", "clerk"):
        clients[who] = Client()
        clients[who].force_login(User.objects.get(username=place.names[who]))
    key = regions_by_id([place.region_id])[place.region_id].key
    address = f"/tasks/duties?region={key}"
    assert "还没有责任清单" in clients["clerk"].get(address).content.decode()
    enter(place)
    enter(place, department="生态环境局", stages=["sorting"])
    page = (
        clients["clerk"]
        .get(f"{address}&{urlencode({'kind': '生活垃圾', 'stage': 'sorting'})}")
        .content.decode()
    )
    assert "重复牵头" in page
    assert "1 处重复牵头" in page
    assert "终止或撤回" not in page
    nobody = clients["clerk"].get(f"{address}&kind=household&stage=publicity").content.decode()
    assert "清单没有写明谁牵头生活垃圾的宣传" in nobody
    first, second = queries.duty_board(place.people["office"], place.region_id, on=DAY).lines
    office = clients["office"]
    assert "终止或撤回" in office.get(address).content.decode()
    sent = {"do": "end", "line": first.line.id, "last_on": "2026-02-01", "note": "机构改革"}
    assert clients["clerk"].post(address, sent).status_code == 403
    assert office.post(address, {**sent, "last_on": "x"}).status_code == 422
    assert office.post(address, sent).status_code == 303
    assert office.post(address, sent).status_code == 409
    assert office.post(address, {"do": "withdraw", "line": second.line.id, "note": "录错"}).status_code == 303
    whole = {"do": "end-document", "document": LIST, "last_on": "2026-02-01", "note": "修订"}
    assert office.post(address, whole).status_code == 303
    assert "录错" in office.get(f"{address}&past=1").content.decode()
