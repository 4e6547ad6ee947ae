"""A briefing from draft to lock: figures, answers of departments, states, rights, later changes."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from decimal import Decimal

import docx
import openpyxl
import pytest
from django.db import DatabaseError, connections, transaction
from PIL import Image

from tests.actions.reports.conftest import USE, moved_on
from wufei.actions.reports import queries, services
from wufei.actions.reports.core.document import Kind, Paragraph, Section
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.reports.core.editing import lines_of_section
from wufei.actions.reports.core.states import Act, State
from wufei.actions.reports.forms import KEY
from wufei.actions.reports.models import Answer, Move, Report
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.forms.exports import form_named
from wufei.runtime.forms.services import Place, enter
from wufei.runtime.signing.core.canonical import digest_of

OPERATOR = Scope.operator()


def key_of(opened, indicator):
    return next(each.key for each in opened.document.figures if each.indicator == indicator)


def answered(scope, district, **answers):
    return enter(
        scope,
        form_named(KEY),
        entry_id=new_id(clock.now()),
        answers=answers,
        place=Place(district.a),
        now=clock.now(),
    )


def test_the_briefing_of_a_quarter_has_a_figure_for_every_line_of_the_plan(drafted, office, district):
    opened = queries.open_report(office, drafted.id)
    document = opened.document
    used = next(each for each in document.figures if each.indicator == USE)
    assert used.value == Decimal(60)
    assert used.period == Period.parse("2025Q2")
    assert used.transfers > 0
    text = text_of(document)
    assert "2025年第二季度一般工业固体废物综合利用率为60%（测算值）" in text
    assert f"指标共{len(document.figures)}项" in text
    assert drafted.state is State.DRAFT
    assert document.synthetic
    assert drafted.digest == digest_of_row(drafted)


def digest_of_row(row):
    import json  # noqa: PLC0415 - one place

    with session(OPERATOR):
        return digest_of(json.loads(Report.objects.get(id=row.id).content))


def test_the_document_is_written_in_the_regions_own_layout(drafted, office, district, test_data_dir):
    folder = test_data_dir / "layouts" / district.a_key
    folder.mkdir(parents=True)
    (folder / "briefing.yaml").write_text("words: {name: 本区无废简报}\n", encoding="utf-8")
    opened = queries.open_report(office, drafted.id)
    file = docx.Document(io.BytesIO(queries.docx_of(opened.document, district.a)))
    assert "本区无废简报" in [each.text for each in file.paragraphs]
    (folder / "briefing.yaml").write_text("words: 1\n", encoding="utf-8")
    with pytest.raises(InputError):
        queries.docx_of(opened.document, district.a)


def test_a_department_corrects_a_figure_by_form_and_the_sentence_follows(drafted, clerk, office, district):
    key = key_of(queries.open_report(office, drafted.id), USE)
    told = {"report": str(drafted.id), "figure": key.lower(), "answer": "correct", "value": "97.5"}
    outcome = answered(clerk, district, **told, reason="按年报核定")
    assert outcome.findings == ()
    opened = queries.open_report(office, drafted.id)
    assert "一般工业固体废物综合利用率为97.5%（部门更正值）" in text_of(opened.document)
    (answer,) = opened.answers
    assert (answer.old, answer.new, answer.reason, answer.user_id) == (
        "60%",
        "97.5%",
        "按年报核定",
        clerk.user_id,
    )
    assert opened.row.version == drafted.version + 1
    assert opened.row.digest != drafted.digest


def test_a_department_confirms_a_figure_and_nothing_changes(drafted, clerk, office, district):
    key = key_of(queries.open_report(office, drafted.id), USE)
    answered(clerk, district, report=str(drafted.id), figure=key, answer="confirm")
    opened = queries.open_report(office, drafted.id)
    (answer,) = opened.answers
    assert (answer.corrected, answer.old, answer.new) == (False, "60%", "60%")
    assert opened.row.digest == drafted.digest


@pytest.mark.parametrize(
    "told",
    [
        {"answer": "correct", "value": "60", "reason": "同值"},
        {"answer": "correct", "value": "80"},
        {"figure": "F99", "answer": "confirm"},
        {"report": "nothing", "answer": "confirm"},
    ],
)
def test_an_answer_that_cannot_be_taken_changes_nothing_and_says_why(drafted, clerk, office, district, told):
    key = key_of(queries.open_report(office, drafted.id), USE)
    outcome = answered(clerk, district, **({"report": str(drafted.id), "figure": key} | told))
    assert outcome.outcome == "refused"
    assert outcome.findings[0].message.en
    assert queries.open_report(office, drafted.id).answers == ()


def test_a_document_goes_from_draft_over_check_and_countersigning_to_final(final, office):
    opened = queries.open_report(office, final.id)
    assert [(each.source, each.target) for each in opened.moves] == [
        (State.DRAFT, State.CHECK),
        (State.CHECK, State.COUNTERSIGN),
        (State.COUNTERSIGN, State.FINAL),
    ]
    assert opened.row.locked_at is not None


def test_sending_back_needs_a_reason_and_leads_to_the_draft(drafted, office, leader):
    row = moved_on(office, drafted, Act.SUBMIT)
    with pytest.raises(InputError) as caught:
        moved_on(leader, row, Act.BACK, " ")
    assert caught.value.code == "report.reason"
    assert moved_on(leader, row, Act.BACK, "数据待核").state is State.DRAFT


def test_nobody_passes_an_own_draft_and_no_step_is_left_out(drafted, office, leader):
    with pytest.raises(ConflictError):
        moved_on(leader, drafted, Act.FINISH)
    row = moved_on(office, drafted, Act.SUBMIT)
    with pytest.raises(InputError) as caught:
        moved_on(office, row, Act.PASS)
    assert caught.value.code == "report.own"


def test_who_was_slower_is_told(drafted, office):
    document = queries.open_report(office, drafted.id).document
    told = {"report_id": drafted.id, "version": drafted.version, "tail": document.tail}
    services.edit(office, head=replace(document.head, issue=4), now=clock.now(), **told)
    with pytest.raises(ConflictError) as caught:
        services.edit(office, head=document.head, now=clock.now(), **told)
    assert caught.value.code == "report.version"


def test_head_and_own_sections_are_edited_while_it_is_a_draft(drafted, office):
    document = queries.open_report(office, drafted.id).document
    standing = [(each.title, "\n".join(lines_of_section(each, document))) for each in document.sections]
    own = Section("补充情况", (Paragraph(("另有要闻一则。",)),))
    head = replace(document.head, title="新标题", issue=4, number="区办〔2025〕9号")
    row = services.edit(
        office,
        report_id=drafted.id,
        version=drafted.version,
        head=head,
        tail=replace(document.tail, copies=30),
        typed=[*standing, ("补充情况", "另有要闻一则。")],
        now=clock.now(),
    )
    again = queries.open_report(office, row.id).document
    assert again.sections == (*document.sections, own)
    assert (again.head.title, again.head.issue, again.head.number, again.tail.copies) == ("新标题", 4, "", 30)
    row = moved_on(office, row, Act.SUBMIT)
    with pytest.raises(ConflictError):
        services.edit(
            office, report_id=row.id, version=row.version, head=head, tail=document.tail, now=clock.now()
        )


def test_a_text_marked_secret_is_refused_and_nothing_is_kept(drafted, office):
    document = queries.open_report(office, drafted.id).document
    with pytest.raises(InputError) as caught:
        services.edit(
            office,
            report_id=drafted.id,
            version=drafted.version,
            head=replace(document.head, title="机密★一年"),
            tail=document.tail,
            now=clock.now(),
        )
    assert caught.value.code == "report.classified"
    assert queries.open_report(office, drafted.id).row.title == drafted.title


def test_a_final_document_is_changed_by_nobody_not_even_in_the_database(final, office, clerk, district):
    key = key_of(queries.open_report(office, final.id), USE)
    outcome_told = {
        "report": str(final.id),
        "figure": key,
        "answer": "correct",
        "value": "97",
        "reason": "迟到",
    }
    with pytest.raises(ConflictError) as caught:
        answered(clerk, district, **outcome_told)
    assert caught.value.code == "report.final"
    changes = (
        "UPDATE reports_report SET title = 'x' WHERE id = %s",
        "UPDATE reports_report SET content = '{}', digest = encode(sha256('{}'), 'hex') WHERE id = %s",
        "UPDATE reports_report SET state = 'draft', locked_at = NULL WHERE id = %s",
        "DELETE FROM reports_report WHERE id = %s",
        "DELETE FROM reports_move WHERE report_id = %s",
    )
    for change in changes:
        with (
            pytest.raises(DatabaseError),
            transaction.atomic("owner"),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(change, [final.id])


def test_content_without_its_digest_is_refused_by_the_database(drafted):
    with pytest.raises(DatabaseError), transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE reports_report SET content = '{}' WHERE id = %s", [drafted.id])


def test_number_and_signed_scan_are_attached_when_it_is_final(final, drafted, office):
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    row = services.attach(
        office, report_id=final.id, number="区无废办〔2025〕9号", scan=out.getvalue(), name="签章.png"
    )
    opened = queries.open_report(office, final.id)
    assert opened.row.number == "区无废办〔2025〕9号"
    assert opened.scan is not None
    assert row.digest == final.digest
    with pytest.raises(InputError):
        services.attach(office, report_id=final.id, number="1", scan=out.getvalue(), name="【机密】.png")


def test_number_and_scan_wait_until_it_is_final(drafted, office):
    with pytest.raises(ConflictError) as caught:
        services.attach(office, report_id=drafted.id, number="9号")
    assert caught.value.code == "report.not-final"


def test_a_figure_that_changed_after_the_lock_is_shown_old_and_new(final, office, district, seal_all):
    document = queries.open_report(office, final.id).document
    assert queries.later_changes(office, document, district.a) == ()
    district.post(district.generate(100))
    seal_all()
    changes = queries.later_changes(office, document, district.a)
    found = {each.figure.partition("@")[0]: (each.old, each.new) for each in changes}
    assert found[USE] == ("60%", "30%")
    assert queries.open_report(office, final.id).document == document


def test_a_locked_figure_is_traced_from_the_annex_to_its_transfers(final, office):
    from wufei.measures.indicators.queries import trace  # noqa: PLC0415 - one test
    from wufei.records.ledger.queries import find_as_of  # noqa: PLC0415 - one test

    document = queries.open_report(office, final.id).document
    used = next(each for each in document.figures if each.indicator == USE)
    assert used.address == f"/indicators/figures/{used.figure}"
    found = trace(office, used.figure, as_of=find_as_of(office, str(used.sequence)))
    assert found.figure.value == used.value
    assert sum(len(each.transfers) for each in found.quantities) == used.transfers


def test_only_the_office_drafts_and_only_within_its_region(office, clerk, leader, district):
    for scope, region in ((clerk, district.a), (leader, district.a), (office, district.b)):
        with pytest.raises(AccessError):
            services.draft_briefing(scope, region_id=region, year=2025, quarter=2, now=clock.now())


def test_who_is_of_another_region_finds_nothing(drafted, person, district):
    stranger = person(Role.OFFICE, district.b)
    with pytest.raises(NotFoundError):
        queries.open_report(stranger, drafted.id)
    assert drafted.id not in {each.id for each in queries.reports(stranger)}
    with pytest.raises(NotFoundError):
        moved_on(stranger, drafted, Act.SUBMIT)


def test_row_level_security_alone_hides_documents_and_refuses_new_ones(
    drafted, clerk, person, district, office
):
    key = key_of(queries.open_report(office, drafted.id), USE)
    answered(clerk, district, report=str(drafted.id), figure=key, answer="confirm")
    moved_on(office, drafted, Act.SUBMIT)
    stranger = person(Role.OFFICE, district.b)
    for table in (Report, Move, Answer):
        with session(office):
            assert table.objects.filter(region_id=district.a).exists()
        with session(stranger):
            assert not table.objects.filter(region_id=district.a).exists()
    with session(office):
        held = Report.objects.get(id=drafted.id)
    held.id = uuid.uuid4()
    with pytest.raises(DatabaseError), session(stranger):
        held.save(force_insert=True)
    with pytest.raises(DatabaseError), session(office), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE reports_move SET reason = 'x'")


def test_other_documents_are_kept_the_same_way(office, district, document):
    notice = document(Kind.NOTICE)
    row = services.create(
        office, document=notice, region_id=district.a, period=Period.parse("2025"), now=clock.now()
    )
    assert queries.open_report(office, row.id).document == notice
    assert [
        each.id
        for each in queries.reports(office, asked=queries.Listed(kind=Kind.NOTICE), region_id=district.a)
    ] == [row.id]
    with pytest.raises(InputError):
        services.draft_briefing(office, region_id=district.a, year=2025, quarter=5, now=clock.now())


def test_the_data_pack_of_a_year_has_every_line_of_the_plan_with_its_source(office, clerk, district, person):
    title, content = queries.bulletin_of(office, region_id=district.a, year=2025, book=district.book)
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert "2025年固体废物污染环境防治信息公告数据" in title
    head = [cell.value for cell in page[3]]
    rows = [dict(zip(head, (cell.value for cell in row), strict=True)) for row in page.iter_rows(min_row=4)]
    used = next(row for row in rows if USE in row["数据来源"])
    assert (used["数值"], used["单位"], used["时段"], used["目标"]) == (60, "%", "2025年", "97%")
    assert page.oddHeader.center.text == "示例区·合成数据"
    with pytest.raises(AccessError):
        queries.bulletin_of(
            person(Role.OFFICE, district.b), region_id=district.a, year=2025, book=district.book
        )


def test_the_value_of_a_year_earlier_is_of_the_same_book(office, district, seal_all):
    before = clock.now().replace(year=2024, month=5)
    district.post(district.generate(50, occurred_at=before))
    district.post(district.move(50, occurred_at=before))
    district.post(district.treat(25, "recycle-material", occurred_at=before))
    seal_all()
    told = {"region_id": district.a, "year": 2025, "quarter": 2, "book": district.book}
    opened = queries.open_report(office, services.draft_briefing(office, now=clock.now(), **told).id)
    used = next(each for each in opened.document.figures if each.indicator == USE)
    assert used.previous is not None
    assert used.previous.figure == f"{USE}@{district.a_key}/2024Q2/{district.book}"
    assert used.previous.value == 50
    assert "较2024年第二季度（50%）上升10个百分点" in text_of(opened.document)


@pytest.mark.parametrize(
    ("half", "month", "span"), [(1, 3, "年上半年"), (2, 11, "年下半年"), (None, 11, "年")]
)
def test_an_assessment_says_its_half_or_its_year_in_title_figures_and_comparison(
    office, district, seal_all, half, month, span
):
    for year, recycled in ((2024, 50), (2025, 60)):
        at = clock.now().replace(year=year, month=month, day=3)
        district.post(district.generate(100, occurred_at=at))
        district.post(district.move(100, occurred_at=at))
        district.post(district.treat(recycled, "recycle-material", occurred_at=at))
    seal_all()
    told = {"region_id": district.a, "year": 2025, "half": half, "book": district.book}
    row = services.draft_progress(office, now=clock.now().replace(year=2026, month=2), **told)
    titled = f"2025{span}" if half else "2025年度"
    assert f"{titled}“无废城市”建设进展评价" in row.title
    assert row.period == Period.parse(f"2025{span}")
    text = text_of(queries.open_report(office, row.id).document)
    said = f"2025{span}一般工业固体废物综合利用率为60%（测算值），较2024{span}（50%）上升10个百分点"
    assert said in text
