"""A district with figures, a department, a firm, and people who write, review, publish and read."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

from tests.actions.reports.conftest import USE, district, own_store
from tests.actions.tasks.conftest import on_day, place, place_factory, taken
from wufei.actions.cases import queries
from wufei.actions.cases.forms import CASE
from wufei.actions.cases.models import Case
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.forms import services as forms
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_department, save_party
from wufei.runtime.review.queries import case_of
from wufei.runtime.review.services import pass_
from wufei.runtime.signing.core.canonical import digest_of

__all__ = ["district", "on_day", "own_store", "place", "place_factory", "taken"]

PASSWORD = "correct horse battery"


@pytest.fixture
def book() -> str:
    """The book that figures are read from where none is named; the districts are the test's own."""
    return "actual"


@dataclass
class Library:
    """The district and its people by name."""

    region_id: int
    other_id: int
    department_id: int
    party_id: int
    people: dict[str, Scope]
    names: dict[str, str]


@pytest.fixture
def library(district):
    """The library of district A, with somebody of district B."""
    tag = uuid.uuid4().hex[:8]
    departments = {
        name: save_department(key=f"{name}-{tag}", name=Text(f"{zh}{tag}", name), region_id=district.a)
        for name, zh in (("ecology", "区生态环境局"), ("urban", "区城管委"))
    }
    firms = {
        name: save_party(
            key=f"{name}-{tag}", name=Text(f"{name}-{tag}"), kind="enterprise", region_id=district.a
        )
        for name in ("firm", "rival")
    }
    library = Library(district.a, district.b, departments["ecology"], firms["firm"], {}, {})
    for name, role, department, firm in (
        ("clerk", Role.CLERK, "ecology", ""),
        ("colleague", Role.CLERK, "ecology", ""),
        ("helper", Role.CLERK, "urban", ""),
        ("office", Role.OFFICE, "", ""),
        ("leader", Role.LEADER, "", ""),
        ("producer", Role.PRODUCER, "", "firm"),
        ("rival", Role.PRODUCER, "", "rival"),
        ("driver", Role.DRIVER, "", "firm"),
        ("foreigner", Role.OFFICE, "", ""),
    ):
        library.names[name] = f"{name}-{tag}"
        user_id = create_user(username=library.names[name], password=PASSWORD, display_name=f"试验{name}")
        add_membership(
            user_id=user_id,
            role=role,
            region_id=district.b if name == "foreigner" else district.a,
            department_id=departments.get(department),
            party_id=firms.get(firm),
        )
        library.people[name] = scope_of(memberships_of(user_id, on=clock.today_on())[0], language="zh-hans")
    return library


def answers_of(**changed):
    answers = {
        "title": "园区固废集中分拣",
        "streams": ["general-industrial", "recyclables"],
        "problem": "各企业自行处置，可利用的混入处置。",
        "practice": "建一处分拣中心。\n统一上门收运。",
        "result": "企业交付率提高。",
        "figures": [{"indicator": load_indicators()[USE].name.zh, "year": 2025}],
        "claims": [{"name": "每月节省车次", "value": "40车次", "year": 2025, "source": "分拣中心台账"}],
        "cost_wan": "120.5",
        "saving_wan": "30",
        "money_source": "项目决算",
        "conditions": "园区内企业不少于二十家。",
        "pitfalls": "先谈好计量再开工。",
    }
    return {key: value for key, value in (answers | changed).items() if value is not None}


def write(library, who="clerk", **changed):
    """Send a case by the form."""
    scope = library.people[who]
    return forms.enter(
        scope,
        CASE,
        entry_id=new_id(clock.now()),
        answers=answers_of(**changed),
        place=forms.place_of(scope, region_id=library.region_id),
        now=clock.now(),
    )


def written(library, who="clerk", **changed) -> int:
    """Send a case and give its id."""
    outcome = write(library, who, **changed)
    assert outcome.entry is not None, outcome.findings
    with session(Scope.operator()):
        return Case.objects.get(entry_id=outcome.entry.id).id


def reviewed(library, case_id, who="office") -> None:
    """Pass the review of a case."""
    scope = library.people[who]
    row = queries.open_case(scope, case_id).row
    with session(scope):
        case = case_of(scope, "entry:case", row.entry_id)
    with session(Scope.operator()):
        values = Case.objects.get(id=case_id).values
    with session(scope):
        pass_(scope, case_id=case.id, version=case.version, seen=digest_of(values), now=clock.now())
