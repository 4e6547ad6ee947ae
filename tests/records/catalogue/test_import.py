"""Importing official lists: dated, never deleting, the same file twice without a change, officials only."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connections
from typer.testing import CliRunner

from tests.records.catalogue.conftest import HEAD, workbook
from wufei.kernel.errors import AccessError, ConflictError, NotFoundError
from wufei.records.catalogue import queries
from wufei.records.catalogue.commands import app
from wufei.records.catalogue.core.items import Basis, load_items
from wufei.records.catalogue.core.naming.answers import Status as Answered
from wufei.records.catalogue.core.sources import Status
from wufei.records.catalogue.services import ListFile, import_list
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
IN_2025, IN_2027 = date(2025, 6, 1), date(2027, 6, 1)
NEXT = date(2027, 1, 1)
OIL = ("HW08 废矿物油", "非特定行业", "900-214-08", "官方描述：废润滑油", "T,I")
DRUM = ("HW08 废矿物油", "非特定行业", "900-249-08", "官方描述：其他废矿物油", "T,I")
NEW = ("HW08 废矿物油", "非特定行业", "900-299-08", "官方描述：新增条目", "T")
ASH = ("HW18 焚烧处置残渣", "环境治理业", "772-002-18", "官方描述：飞灰", "T")

pytestmark = pytest.mark.usefixtures("no_lists")


def load(*rows, scope=None, dry_run=False, withdraw_many=True, **terms):
    file = ListFile(workbook([HEAD, *rows]), "名录.xlsx", **terms)
    return import_list(
        scope or Scope.operator(), file=file, now=NOW, dry_run=dry_run, withdraw_many=withdraw_many
    )


def counts(report):
    found = report.comparison
    return len(found.new), len(found.changed), len(found.withdrawn), len(found.equal), len(report.findings)


def test_imported_rows_take_the_place_of_what_comes_with_wufei_and_keep_our_everyday_words():
    assert queries.item("900-214-08", IN_2025).status is Status.TO_BE_CONFIRMED
    assert counts(load(OIL, DRUM, part=True)) == (2, 0, 0, 0, 0)
    found = queries.item("900-214-08", IN_2025)
    assert found.name.zh == "官方描述：废润滑油"
    assert (found.status, found.basis) == (Status.OFFICIAL, Basis.ANNEX)
    assert found.source.title.zh == "国家危险废物名录（2025年版）"
    assert found.everyday == load_items()["900-214-08"].everyday
    assert queries.item("900-041-49", IN_2025).status is Status.TO_BE_CONFIRMED


def test_the_same_file_again_changes_nothing_and_records_nothing():
    assert load(OIL, ASH).written
    before = len(queries.official_lists())
    again = load(OIL, ASH)
    assert counts(again) == (0, 0, 0, 2, 0)
    assert not again.written
    assert len(queries.official_lists()) == before


def test_a_dry_run_says_what_would_change_and_writes_nothing():
    report = load(OIL, dry_run=True)
    assert counts(report) == (1, 0, 0, 0, 0)
    assert not report.written
    assert queries.official_lists() == []


def test_a_whole_list_ends_the_packaged_codes_that_it_does_not_have():
    report = load(OIL, DRUM)
    assert "900-041-49" in report.unconfirmed
    assert "900-214-08" not in report.unconfirmed
    assert "900-001-S17" not in report.unconfirmed
    with pytest.raises(NotFoundError):
        queries.item("900-041-49", IN_2025)
    assert queries.item("900-001-S17", IN_2025)
    hazardous = {code for code, item in queries.items(IN_2025).items() if item.hazardous}
    assert hazardous == {"900-214-08", "900-249-08"}


def test_a_later_list_dates_what_it_changes_adds_and_withdraws_and_deletes_nothing():
    load(OIL, DRUM)
    changed = (*OIL[:3], "官方描述：改过的", "T,I")
    report = load(changed, NEW, effective_on=NEXT, title="国家危险废物名录（2027年版）")
    assert counts(report) == (1, 1, 1, 0, 0)
    assert report.comparison.changed[0].fields == ("name",)
    assert queries.item("900-214-08", IN_2025).name.zh == "官方描述：废润滑油"
    assert queries.item("900-214-08", IN_2027).name.zh == "官方描述：改过的"
    assert queries.item("900-249-08", IN_2025).valid_to == NEXT
    with pytest.raises(NotFoundError):
        queries.item("900-249-08", IN_2027)
    assert queries.item("900-299-08", IN_2027).source.title.zh == "国家危险废物名录（2027年版）"
    assert [one.valid_to for one in queries.versions("900-214-08")] == [NEXT, None]


def test_a_correction_of_the_same_day_replaces_a_row_and_keeps_it():
    load(OIL, DRUM)
    load((*OIL[:3], "官方描述：更正", "T,I"), DRUM)
    assert queries.item("900-214-08", IN_2025).name.zh == "官方描述：更正"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_officialitem WHERE code = '900-214-08'")
        assert cursor.fetchone() == (2,)


def test_before_the_first_day_of_its_list_an_item_is_given_as_it_first_stood():
    assert queries.item("900-214-08", date(2018, 12, 31)).code == "900-214-08"
    load(OIL)
    assert queries.item("900-214-08", date(2018, 12, 31)).name.zh == "官方描述：废润滑油"


def test_a_refused_row_withdraws_nothing_and_the_good_ones_stand():
    load(OIL, DRUM)
    report = load((*OIL[:3], "官方描述：二", "T,I"), (*DRUM[:3], "描述", "Z"), effective_on=NEXT)
    assert counts(report) == (0, 1, 0, 0, 1)
    assert queries.item("900-249-08", IN_2027)


def test_an_older_list_is_refused():
    load(OIL, effective_on=NEXT)
    with pytest.raises(ConflictError, match="2027-01-01") as caught:
        load(OIL, effective_on=date(2021, 1, 1))
    assert caught.value.code == "catalogue.older-list"


def test_a_file_that_lacks_much_of_what_stands_is_taken_for_a_part_unless_confirmed():
    load(OIL, DRUM, ASH)
    with pytest.raises(ConflictError, match="--part") as caught:
        load(OIL, effective_on=NEXT, withdraw_many=False)
    assert caught.value.code == "catalogue.many-withdrawn"
    assert len(queries.official_lists()) == 1
    assert counts(load(OIL, effective_on=NEXT, withdraw_many=False, part=True)) == (0, 0, 0, 1, 0)


def test_a_withdrawn_code_names_what_took_its_place():
    with pytest.raises(NotFoundError, match="900-402-06"):
        queries.item("900-403-06", IN_2025)
    with pytest.raises(NotFoundError, match="停用"):
        queries.item("900-040-49", IN_2025)
    with pytest.raises(NotFoundError, match="按名称查找"):
        queries.item("900-998-49", IN_2025)


@pytest.mark.parametrize("role", [Role.PRODUCER, Role.CLERK, Role.AUDITOR, Role.PUBLIC])
def test_only_the_office_and_the_operator_import(role):
    scope = Scope(1, 1, role, region_ids=frozenset({1}), party_ids=frozenset({1}))
    with pytest.raises(AccessError):
        load(OIL, scope=scope)
    assert queries.official_lists() == []


def test_an_office_imports_a_list():
    office = Scope(1, 1, Role.OFFICE, region_ids=frozenset({1}), party_ids=frozenset())
    assert load(OIL, scope=office).written


ROW = (
    "INSERT INTO catalogue_officiallist"
    " (kind, title, effective_on, whole, file_name, file_sha256, imported_at)"
    " VALUES ('hazardous', 'x', '2025-01-01', false, 'x', 'x', now())"
)


def test_the_database_alone_lets_no_firm_and_no_visitor_write_and_lets_everybody_read():
    load(OIL)
    firm = Scope(1, 1, Role.PRODUCER, region_ids=frozenset(), party_ids=frozenset({1}))
    for scope in (firm, Scope.public()):
        with pytest.raises(DatabaseError, match="row-level security"), session(scope):
            _run(ROW)
        with session(scope):
            assert queries.item("900-214-08", IN_2025).status is Status.OFFICIAL
            assert _run("UPDATE catalogue_officialitem SET valid_to = '2030-01-01'") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM catalogue_officialitem",
        "TRUNCATE catalogue_officialitem",
        "UPDATE catalogue_officialitem SET name = 'x'",
        "UPDATE catalogue_officiallist SET title = 'x'",
        "DELETE FROM catalogue_officiallist",
    ],
)
def test_the_database_lets_nobody_delete_or_rewrite_an_item(statement):
    load(OIL)
    with pytest.raises(DatabaseError, match="permission denied"), session(Scope.operator()):
        _run(statement)


def _run(statement):
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def command(*arguments):
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, list(map(str, arguments)), catch_exceptions=False)


def test_the_command_reports_in_both_languages_and_fails_if_a_row_was_refused(tmp_path):
    path = tmp_path / "名录.xlsx"
    path.write_bytes(workbook([HEAD, OIL, (*DRUM[:3], "描述", "Z")]))
    result = command("import", path)
    assert result.exit_code == 1
    for part in ("+ 900-214-08", "附表!C3", "危险特性缺失或有误", "1 new, 0 changed", "1 rows refused"):
        assert part in result.stdout
    path.write_bytes(workbook([HEAD, OIL, DRUM]))
    assert command("import", path, "--dry-run").exit_code == 0
    assert command("import", path).exit_code == 0
    again = command("import", path, "--json")
    assert again.exit_code == 0
    told = json.loads(again.stdout)
    assert (told["new"], told["changed"], told["withdrawn"], told["equal"]) == ([], [], [], 2)
    assert "国家危险废物名录（2025年版）" in command("lists").stdout


def test_a_name_finds_the_codes_of_the_imported_lists():
    find = queries.find_name
    assert find(Scope.operator(), "废机油", on=IN_2025).candidates[0].name.zh != OIL[3]
    assert find(Scope.operator(), "废油漆桶", on=IN_2025).candidates[0].code == "900-041-49"
    load(OIL, DRUM)
    assert find(Scope.operator(), "废机油", on=IN_2025).candidates[0].name.zh == OIL[3]
    withdrawn = find(Scope.operator(), "废油漆桶", on=IN_2025)
    assert withdrawn.status is not Answered.CLEAR
    assert "900-041-49" not in [one.code for one in withdrawn.candidates]


def test_a_finder_gives_one_code_for_a_clear_name_all_for_a_question_and_none_for_nonsense():
    codes_of = queries.finder(queries.items(IN_2025), IN_2025)
    assert codes_of("废机油") == ("900-214-08",)
    assert {"772-002-18", "900-001-S02"} <= set(codes_of("飞灰"))
    assert codes_of("阿巴阿巴") == codes_of("没有这种废物") == ()
