"""A loaded demo: nothing invented in real regions, a second load changes nothing, figures tell the truth."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import typer
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connections
from typer.testing import CliRunner

from wufei.actions.reports.queries import reports
from wufei.actions.tasks.core.task import State
from wufei.actions.tasks.queries import board
from wufei.demo import commands, loading, marker
from wufei.demo.account_file import read_account
from wufei.demo.commands import register
from wufei.demo.district import demo_district, post_year, save_places
from wufei.demo.loading import (
    Step,
    demo_plan,
    draft_quarter,
    load_account,
    load_all_plans,
    load_steps,
    record_values,
)
from wufei.demo.people import load_people, sign_ins
from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.indicators.queries import compute
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.plans.core.departments import is_group
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.clock import now, today_on
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import find_region, find_user, memberships_of
from wufei.simulator.district import simulate_district
from wufei.simulator.truth import What

SYNTHETIC = ("DEMO", "DEMO-NEIGHBOUR")
TABLES = (
    "ledger_transfer",
    "ledger_posting",
    "observations_observation",
    "plans_plan",
    "identity_user",
    "identity_party",
    "registry_site",
    "identity_membership",
)


def rows(query, *parameters):
    with connections["system"].cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def counts():
    with connections["owner"].cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    # The owner's reads are subject to row security too; the ledger is counted by the role that sees all.
    found["ledger_transfer"] = rows("SELECT count(*) FROM ledger_transfer")[0][0]
    found["observations_observation"] = rows("SELECT count(*) FROM observations_observation")[0][0]
    return found


def computed(key, year):
    region = find_region(key)
    result = compute(Scope.operator(), region_ids=[region.id], period=Period.year_of(year))
    return {figure.indicator: figure for figure in result.figures}


def methods_in(*groups):
    return frozenset(key for key, method in load_methods().items() if method.group in groups)


def test_the_load_tells_every_step_with_its_time(demo):
    lines = [line for line in demo.splitlines() if line.startswith("✓")]
    assert len(lines) == len(load_steps()) + 1
    assert all(re.search(r"\d+\.\d s$", line) for line in lines)


def test_no_transfer_in_a_real_region_is_invented_or_without_source(demo):
    real = rows(
        """SELECT DISTINCT t.book, t.document FROM ledger_transfer AS t
        JOIN identity_region AS r ON r.id IN (t.source_region_id, t.target_region_id, t.origin_region_id)
        WHERE NOT r.synthetic"""
    )
    title = read_account(
        Path(str(resources.files("wufei.demo") / "data" / "bda-2018-account.yaml"))
    ).account.source_title
    assert {book for book, _ in real} == {"published:bda-2020"}
    assert all(document.startswith(title) and len(document) > len(title) for _, document in real)


def test_no_observation_in_a_real_region_is_invented_or_without_source(demo):
    real = rows(
        """SELECT DISTINCT o.book, o.source_title, o.party_id FROM observations_observation AS o
        JOIN identity_region AS r ON r.id = o.region_id WHERE NOT r.synthetic"""
    )
    assert {book for book, _, _ in real} == {"published:bda-2020", "published:miyun-2022"}
    assert all("无废城市" in title and "合成" not in title for _, title, _ in real)
    assert {party for _, _, party in real} == {None}


def test_only_the_synthetic_district_is_assessed_and_one_appeal_waits(demo):
    assessed = rows(
        """SELECT r.key, a.state, (SELECT count(*) FROM assessment_appeal AS p WHERE p.assessment_id = a.id
            AND p.accepted IS NULL)
        FROM assessment_assessment AS a JOIN identity_region AS r ON r.id = a.region_id"""
    )
    assert assessed == [("DEMO", "published", 1)]


def test_duties_cases_and_the_question_stand_in_the_synthetic_district_only(demo):
    assert rows(
        """SELECT r.key, t.state, count(*) FROM (SELECT region_id, state FROM cases_case
            UNION ALL SELECT region_id, 'question ' || state FROM cases_question
            UNION ALL SELECT region_id, 'duty' FROM tasks_responsibility) AS t
        JOIN identity_region AS r ON r.id = t.region_id GROUP BY r.key, t.state ORDER BY t.state"""
    ) == [
        ("DEMO", "duty", 9),
        ("DEMO", "published", 1),
        ("DEMO", "question closed", 1),
        ("DEMO", "waiting", 1),
    ]


def test_every_synthetic_record_lies_in_a_synthetic_region(demo):
    strays = rows(
        """SELECT t.id FROM ledger_transfer AS t
        JOIN identity_region AS r ON r.id IN (t.source_region_id, t.target_region_id, t.origin_region_id)
        WHERE (t.book = 'synthetic') <> r.synthetic LIMIT 5"""
    )
    assert strays == []
    observed = rows(
        """SELECT o.id FROM observations_observation AS o JOIN identity_region AS r ON r.id = o.region_id
        WHERE (o.book = 'synthetic') <> r.synthetic LIMIT 5"""
    )
    assert observed == []
    assert rows("SELECT count(*) FROM ledger_transfer WHERE book = 'synthetic'")[0][0] > 15_000


def test_synthetic_parties_and_sites_stand_in_synthetic_regions_and_bear_the_word(demo):
    parties = rows(
        """SELECT p.name_zh, p.uscc, p.synthetic, r.synthetic FROM identity_party AS p
        JOIN identity_region AS r ON r.id = p.region_id"""
    )
    assert all(party == region for _, _, party, region in parties)
    assert all("示例" in name and "合成" in name for name, _, synthetic, _ in parties if synthetic)
    assert {uscc for _, uscc, _, _ in parties} <= {None}
    real = [name for name, _, synthetic, _ in parties if not synthetic]
    assert len(real) == 1
    assert "公布总量" in real[0]
    sites = rows(
        """SELECT s.id FROM registry_site AS s JOIN identity_region AS r ON r.id = s.region_id
        WHERE NOT r.synthetic
        OR NOT (s.longitude BETWEEN 119.5 AND 119.8 AND s.latitude BETWEEN 38.6 AND 38.9)"""
    )
    # In the open sea: no real address bears an invented firm.
    assert sites == []


def test_a_second_load_changes_nothing_and_says_so(demo, load_again):
    before = counts()
    assert "已是最新" in load_again()
    marker.clear_mark(environment())
    again = load_again()
    assert again.count("已在库中") == 3
    assert counts() == before
    assert marker.is_marked(environment())


def test_a_spoilt_marker_only_means_loading_again(demo):
    path = marker.marker_path(environment())
    written = path.read_text("utf8")
    for spoilt in ("", "{", "[]", '{"fingerprint": "other"}'):
        path.write_text(spoilt, "utf8")
        assert not marker.is_marked(environment())
    path.write_text(written, "utf8")
    assert marker.is_marked(environment())
    assert json.loads(written) == {"fingerprint": marker.fingerprint()}


def test_another_year_is_refused_whole_and_the_message_says_what_to_do(demo):
    before, scope = counts(), Scope.operator()
    # The same identifiers with other masses, as a later version of the simulator would make them.
    other = simulate_district(np.random.default_rng(2026), 2025)
    changed = replace(other, id_seed=demo_district().id_seed)
    with pytest.raises(ConflictError, match="WUFEI_DATA_DIR"):
        post_year(scope, changed, save_places(scope, demo_district()), now=now())
    assert counts() == before


@pytest.mark.parametrize(
    ("indicator", "percent"),
    [
        ("general-industrial-waste-utilisation-rate", 96),
        ("industrial-hazardous-waste-utilisation-rate", 57),
        ("construction-waste-utilisation-rate", 13),
    ],
)
def test_bda_gives_its_published_rates(demo, indicator, percent):
    figure = computed("BDA", 2018)[indicator]
    assert round(figure.value) == percent
    assert figure.quality.derived_share > 0
    assert figure.reported.value == percent


RATES = [
    ("general-industrial-waste-utilisation-rate", "stat.general-industrial", ("utilise",)),
    ("industrial-hazardous-waste-utilisation-rate", "stat.industrial-hazardous", ("utilise",)),
    ("construction-waste-recycling-rate", "stat.construction", ("utilise",)),
    ("household-waste-recycling-rate", "stat.household", ("utilise", "biological")),
    ("kitchen-waste-recycling-rate", "stat.kitchen", ("utilise", "energy", "biological")),
    ("straw-utilisation-rate", "stat.straw", ("utilise", "energy", "biological")),
    ("manure-utilisation-rate", "stat.manure", ("utilise", "energy", "biological")),
]


@pytest.mark.parametrize(("indicator", "group", "groups"), RATES)
def test_the_system_computes_the_simulators_truth(demo, indicator, group, groups):
    truth, members, methods = demo_district().truth, members_of(group), methods_in(*groups)
    used_g = sum(
        truth.mass_g(what, members=members, methods=methods, origin="DEMO")
        for what in (What.TREATED, What.USED_ON_THE_SPOT)
    )
    made_g = truth.mass_g(What.GENERATED, members=members, origin="DEMO")
    rate = Fraction(100 * used_g, made_g)
    assert abs(Fraction(computed("DEMO", 2025)[indicator].value) - rate) < Fraction(1, 10**12)


def test_amounts_are_the_truth_to_the_gram(demo):
    truth, figures = demo_district().truth, computed("DEMO", 2025)
    for indicator, group, groups in (
        ("household-waste-landfilled", "stat.household", ("landfill",)),
        (
            "general-industrial-waste-storage-disposal",
            "stat.general-industrial",
            ("landfill", "store", "incinerate", "unspecified"),
        ),
    ):
        true_g = truth.mass_g(
            What.TREATED, members=members_of(group), methods=methods_in(*groups), origin="DEMO"
        )
        assert figures[indicator].value == Decimal(true_g) / 1_000_000


def test_the_plan_of_the_district_shows_every_status(demo):
    lines = {line.indicator_id for line in demo_plan().lines}
    statuses = Counter(str(figure.status) for key, figure in computed("DEMO", 2025).items() if key in lines)
    assert statuses["met"] >= 5
    assert statuses["on-track"] >= 5
    assert statuses["behind"] >= 3
    assert statuses["not-computable"] == 2
    assert statuses["not-numeric"] == 1
    assert sum(statuses.values()) == len(demo_plan().lines)


def test_tasks_of_the_real_plan_wait_for_their_breakdown_and_only_invented_people_report(demo):
    today = date(2026, 11, 26)
    real = board(Scope.operator(), find_region("110118").id, on=today)
    assert (real.total, dict(real.counts)[State.NOT_STARTED]) == (78, 70)
    assert dict(real.counts)[State.BEHIND] == 0
    assert not any(row.reports or row.goals for row in real.rows)
    assert all(unit.department_id or is_group(unit.name) for row in real.rows for unit in row.units)
    synthetic = board(Scope.operator(), find_region("DEMO").id, on=today)
    assert any(row.reports for row in synthetic.rows)


def test_a_briefing_of_the_last_quarter_is_drafted_once(demo):
    region_id = find_region("DEMO").id
    (row,) = reports(Scope.operator(), region_id=region_id)
    assert row.period == Period.parse("2025-Q4")
    draft_quarter()
    assert len(reports(Scope.operator(), region_id=region_id)) == 1


def test_reported_values_differ_a_little_from_the_computed_ones(demo):
    figures = computed("DEMO", 2025).values()
    gaps = [
        abs(figure.reported.difference / figure.value)
        for figure in figures
        if figure.reported and figure.reported.difference is not None and not figure.reported.agrees
    ]
    assert len(gaps) >= 4
    assert all(0 < gap < Decimal("0.03") for gap in gaps)
    assert any(figure.reported and figure.reported.provisional for figure in figures)
    assert all(figure.reported.confirmed_by for figure in figures if figure.reported)


def test_every_role_has_a_person_who_can_sign_in(demo):
    people = load_people()
    roles = {post.role for person in people.persons for post in person.posts}
    assert roles == set(Role) - {Role.OPERATOR}
    for person in people.persons:
        assert authenticate(username=person.username, password=people.password) is not None
        held = memberships_of(find_user(person.username).id, on=today_on())
        assert [m.role for m in held] == [post.role for post in person.posts]
    assert any(len({p.role for p in person.posts}) == 2 for person in people.persons)


def test_the_office_looks_at_all_three_districts_and_producers_at_their_firm(demo):
    office = memberships_of(find_user("demo-office").id, on=today_on())
    assert {m.region.key for m in office} == {"DEMO", "110118", "BDA"}
    producer = memberships_of(find_user("demo-producer").id, on=today_on())[0]
    assert producer.party.key == "demo-machining-1"


def test_the_sign_in_page_is_given_one_button_per_person(demo):
    offered = sign_ins(load_people())
    assert [each["username"] for each in offered] == [p.username for p in load_people().persons]
    assert all(each["title"]["zh"] and each["title"]["en"] for each in offered)
    assert all(each["place"]["zh"] and each["place"]["en"] for each in offered)


@pytest.fixture
def program():
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["demo", *arguments])


def test_the_command_stops_after_loading_if_asked_to(demo, program, monkeypatch):
    monkeypatch.setattr(commands, "serve_site", None)
    done = program("--no-serve")
    assert done.exit_code == 0, done.output
    assert "已是最新" in done.output


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])  # noqa: S104
def test_the_command_serves_with_the_sign_ins_and_warns_beyond_this_machine(
    demo, program, monkeypatch, host, warned
):
    served = {}

    def serve(*, host, port, on_ready):
        served.update(host=host, port=port, offered=settings.DEMO_SIGN_INS)
        on_ready("http://localhost:8123/")

    monkeypatch.setattr(commands, "serve_site", serve)
    monkeypatch.setattr(settings, "DEMO", False, raising=False)
    monkeypatch.setattr(settings, "DEMO_SIGN_INS", (), raising=False)
    done = program("--port", "8123", "--host", host)
    assert done.exit_code == 0, done.output
    assert (served["host"], served["port"]) == (host, 8123)
    assert len(served["offered"]) == len(load_people().persons)
    assert settings.DEMO
    assert "http://localhost:8123/" in done.output
    assert all(person.username in done.output for person in load_people().persons)
    assert ("口令人人可知" in done.output) == warned


def test_an_older_demo_is_kept_and_the_start_goes_on_with_a_word_about_it(demo, load_again, monkeypatch):
    def refuse():
        raise ConflictError("demo.other-year", Text("账本中已有旧版演示数据", "an earlier version"))

    marker.clear_mark(environment())
    monkeypatch.setattr(commands, "load_steps", lambda: (Step(Text("台账", "Ledger"), refuse),))
    assert "已有旧版演示数据" in load_again()
    assert not marker.is_marked(environment())
    marker.set_mark(environment())


@pytest.mark.parametrize(
    ("name", "step", "code"),
    [
        ("bda-2018-account.yaml", load_account, "demo.account"),
        ("demo-2025.yaml", load_all_plans, "demo.plan"),
        ("demo-observations.yaml", record_values, "demo.observations"),
    ],
)
def test_a_defective_data_file_stops_its_step_and_writes_nothing(
    demo, monkeypatch, tmp_path, name, step, code
):
    source = Path(str(resources.files("wufei.demo") / "data"))
    for path in source.glob("*.yaml"):
        text = path.read_text("utf8")
        # Another year makes every good row a new one, so that a half-written file would show.
        spoilt = text.replace("吨", "米").replace('"90%"', "90").replace("period: 2025", "period: 2024")
        spoilt = spoilt if path.name == name else text
        (tmp_path / path.name).write_text(spoilt, "utf8")
    monkeypatch.setattr(loading, "_data", lambda wanted: tmp_path / wanted)
    before = counts()
    with pytest.raises(InputError) as stopped:
        step(Scope.operator())
    assert stopped.value.code == code
    assert name in stopped.value.message.zh
    assert counts() == before
