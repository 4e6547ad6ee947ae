"""A world to ask about: objects of a firm, of its neighbour and of another region; people of every role."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.actions.cases.made import case_things
from tests.records.plans.document import PLAN
from tests.records.plans.eia_document import EIA
from wufei.actions.assessment import services as assessment
from wufei.actions.assessment.queries.schemes import packaged_schemes
from wufei.actions.reports.core.document import Document, Head, Kind
from wufei.actions.reports.services import create as create_report
from wufei.actions.tasks.models import Meeting, Member, Project, Step, Task, Unit
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.ledger import queries as ledger
from wufei.records.ledger.core.sheet.files import Upload
from wufei.records.ledger.services import close_period, load_file
from wufei.records.plans.queries import editions_of, get_plan
from wufei.records.plans.services import load_plan, take_in, take_in_eia
from wufei.records.registry.core.applications import ApplicationDraft
from wufei.records.registry.core.drafts import PaperDraft
from wufei.records.registry.services import apply, save_papers
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.access.services.mandates import grant_mandate
from wufei.runtime.files.core.media import ACCEPTS
from wufei.runtime.files.services import keep
from wufei.runtime.forms import exports
from wufei.runtime.forms import services as forms
from wufei.runtime.identity.core.granting import grantable_roles
from wufei.runtime.identity.core.kinds import GRANTED_ROLES, PARTY_ROLES
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import (
    api_keys_of,
    invitations_within,
    memberships_of,
    regions_by_id,
)
from wufei.runtime.identity.services import (
    Invited,
    add_membership,
    create_api_key,
    create_user,
    make_join_link,
    save_department,
    save_party,
)
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.queries import notices_of
from wufei.runtime.notices.services import notify
from wufei.runtime.people.queries import reach_of
from wufei.runtime.review.core.subject import Row, Sheet
from wufei.runtime.review.services import submit
from wufei.runtime.signing.services import register_device

RATE = "general-industrial-waste-utilisation-rate"


HEAD = "日期,环节,废物类别,数量（吨）,单位名称,账簿\n"


VIEWERS = tuple(role for role in GRANTED_ROLES if role is not Role.PUBLIC)


VISIT = """
key: visit
version: 1
title: {zh: 参观, en: Visit}
fields: [{key: who, kind: text, title: {zh: 谁, en: Who}}]
"""


SHEETS: dict[uuid.UUID, Sheet] = {}
"""What there is to review; the case about it is in the database."""


@dataclass(frozen=True)
class World:
    """Objects of a firm, of its neighbour in the same region, and of another region; people of every role."""

    own: dict
    neighbour: dict
    foreign: dict
    people: dict


def make_world(here, there, seal_all) -> World:
    tag = uuid.uuid4().hex[:8]
    firms = {
        name: save_party(
            key=f"{name}-{tag}",
            name=Text(f"{name}-{tag}", f"{name}-{tag}"),
            kind="enterprise",
            region_id=place.region_id,
            synthetic=True,
        )
        for name, place in (("own", here), ("neighbour", here), ("foreign", there))
    }
    agencies = [
        save_party(key=f"agency-{each}-{tag}", name=Text("代理"), kind="enterprise", region_id=here.region_id)
        for each in range(2)
    ]
    bureaus = {
        name: save_department(
            key=f"bureau-{name}-{tag}",
            name=Text("生态环境局", "Ecology bureau"),
            region_id=place.region_id,
            aliases=["试验区生态环境局"],
        )
        for name, place in (("own", here), ("foreign", there))
    }
    bureaus["neighbour"] = bureaus["own"]
    people = make_people(here.region_id, firms["own"], agencies[0], tag, bureaus["own"])
    grant(firms["own"], agencies[0])
    loads, things = {}, {}
    for name, place in (("own", here), ("neighbour", here), ("foreign", there)):
        scope = _producer(name, tag, place.region_id, firms[name])
        rows = [f"2026-{month}-05,产生,SW03,5,{name}-{tag},{place.book}" for month in ("01", "02")]
        content = (HEAD + "\n".join(rows)).encode("gbk")
        with session(scope):
            report = load_file(
                scope, Upload(content, f"{name}-{tag}.csv", ""), keep_good=False, now=clock.now()
            )
            loads[name] = report.load_id
        things[name] = {
            **things_of(scope, place, firms[name], f"{name}-{tag}"),
            "mandate_id": grant(firms[name], agencies[1]),
            "of_role": {},
            **things_of_person(scope, Role.PRODUCER, place.region_id, firms[name], f"{name}-{tag}"),
        }
    for role, user in people.items():
        scope = scope_of(memberships_of(user.id, on=clock.today_on())[0], language="zh-hans")
        things["own"]["of_role"][role] = things_of_person(
            scope, role, here.region_id, firms["own"], f"own-{tag}"
        )
    seal_all()
    objects = {
        name: objects_of(place, firms[name], loads[name], f"{name}-{tag}")
        | things[name]
        | assessed(place, bureaus[name], f"{name}-{tag}")
        for name, place in (("own", here), ("neighbour", here), ("foreign", there))
    }
    return World(**objects, people=people)


def grant(owner_id: int, agent_id: int) -> int:
    """Let an agent act for a firm, and give the mandate."""
    today, operator = clock.today_on(), Scope.operator()
    terms = {"from_on": today, "last_on": today + timedelta(days=300), "at": clock.now()}
    with session(operator):
        return grant_mandate(operator, owner_id=owner_id, agent_id=agent_id, **terms)


def make_people(
    region_id: int, party_id: int, agency_id: int, tag: str, department_id: int
) -> dict[Role, User]:
    """One person of every role, of the region, of the firm, or of the agency that acts for it."""
    people = {}
    for role in VIEWERS:
        user_id = create_user(username=f"{role}-{tag}", password=tag)
        add_membership(
            user_id=user_id,
            role=role,
            region_id=region_id,
            party_id=(agency_id if role is Role.AGENT else party_id) if role in PARTY_ROLES else None,
            department_id=None if role in PARTY_ROLES else department_id,
        )
        people[role] = User.objects.get(id=user_id)
    return people


def _producer(name: str, tag: str, region_id: int, party_id: int) -> Scope:
    user_id = create_user(username=f"loader-{name}-{tag}", password=tag)
    add_membership(user_id=user_id, role=Role.PRODUCER, region_id=region_id, party_id=party_id)
    return scope_of(memberships_of(user_id, on=clock.today_on())[0], language="zh-hans")


def picture(marker: str) -> SimpleUploadedFile:
    """A photograph that nobody else has."""
    out = io.BytesIO()
    Image.new("RGB", (32, 32), tuple(uuid.uuid4().bytes[:3])).save(out, "PNG")
    return SimpleUploadedFile(f"{marker}.png", out.getvalue(), "image/png")


def locked(marker: str) -> str:
    """The number of a firm's paper: what row-level security keeps also where the firm may be named."""
    return f"paper-{marker[::-1]}"


def things_of(scope: Scope, place, party_id: int, marker: str) -> dict:
    """Give what people of a firm keep, fill in, hold and submit."""
    operator, now = Scope.operator(), clock.now()
    here = {"region_id": place.region_id, "party_id": party_id}
    with session(scope):
        photo = picture(marker)
        kept = keep(scope, content=photo.read(), name=photo.name, accept=ACCEPTS["photo"], **here)
        entry_id = new_id(now)
        forms.enter(
            scope,
            exports.form_named("visit"),
            entry_id=entry_id,
            answers={"who": marker},
            place=forms.Place(place.region_id, party_id),
            now=now,
        )
        row = Row("/who", Text("谁", "Who"), Text(marker, marker))
        SHEETS[entry_id] = Sheet(
            Text(marker, marker), place.region_id, party_id, {"who": marker}, (row,), "/overview"
        )
        case = submit(scope, kind="visit", subject_id=entry_id, now=now).case
    tasks = things_of_tasks(place, marker)
    with session(operator):
        paper = PaperDraft(party_id, "permit", locked(marker), date(2026, 1, 1), date(2026, 12, 31))
        saved = save_papers(operator, [paper])
        assert not saved.findings
    return {"file_id": kept.id, "entry_id": entry_id, "case_id": case.id, "paper_id": saved.ids[0]} | {
        **case_things(place.region_id, party_id, tasks.pop("department_id"), scope.user_id, marker),
        "draft_id": draft_of_plan(place, marker),
        "reading_id": reading_of_eia(place, marker),
        "part": "tasks",
        "index": 0,
        "application_id": apply_for(place, marker),
        **tasks,
        "place": here,
        **dict.fromkeys(("key", "form_key"), "visit"),
        "name": "who",
        "party_key": marker,
    }


def edition_of(place) -> int:
    """Publish the district's plan anew with another number, and give its first edition."""
    operator = Scope.operator()
    with session(operator):
        load_plan(operator, replace(get_plan(operator, place.plan_id), number="新1号"))
        return editions_of(operator, place.plan_id)[-1].number


def draft_of_plan(place, marker: str) -> uuid.UUID:
    """Give a draft of a plan of that region in whose title and first task this name stands."""
    text = PLAN.replace("河东区", f"{marker}区").replace("建成3家绿色工厂", marker)
    operator = Scope.operator()
    return take_in(
        operator, content=text.encode(), name=f"{marker}.txt", region_id=place.region_id, now=clock.now()
    )


def reading_of_eia(place, marker: str) -> uuid.UUID:
    """Give the reading of an assessment of that region whose project has this name."""
    text = EIA.replace("金属制品加工项目", marker).encode()
    here = {"region_id": place.region_id, "on": clock.today_on(), "now": clock.now()}
    return take_in_eia(Scope.operator(), content=text, name=f"{marker}.txt", **here)


def apply_for(place, marker: str) -> int:
    """Give the application of somebody who wants an enterprise of this name to be registered there."""
    applicant = create_user(username=f"applicant-{uuid.uuid4().hex[:8]}", password=marker)
    scope = replace(Scope.public(), user_id=applicant)
    region = regions_by_id([place.region_id])[place.region_id].name.zh
    draft = ApplicationDraft(marker, "91110000600037341L", region, "1", marker, "13800005678")
    return apply(scope, draft=draft, account=None, at=clock.now())


def assessed(place, department_id: int, marker: str) -> dict:
    """Give a published assessment of that region by a scheme of this name, and a department in it."""
    operator, now = Scope.operator(), clock.now()
    text = packaged_schemes()[0].text.replace("id: departments", f"id: {marker}", 1)
    text = text.replace("部门考核评价办法（样例）", marker)
    terms = {"region_id": place.region_id, "now": now}
    key, findings = assessment.save_scheme(operator, text=text, **terms)
    assert not findings
    number = assessment.open_year(operator, year=2025, scheme_key=key, **terms)
    assessment.compute(operator, assessment_id=number, now=now)
    until = clock.today_on() + timedelta(days=7)
    assessment.publish(operator, assessment_id=number, appeal_until=until, now=now)
    return {"assessment_id": number, "department_id": department_id}


def things_of_tasks(place, marker: str) -> dict:
    """A task of a region with a step of its supervision, a meeting, a project and a member of its group."""
    with session(Scope.operator()):
        here, today = {"region_id": place.region_id}, clock.today_on()
        department_id = save_department(key=marker, name=Text("某局", "A bureau"), region_id=place.region_id)
        task = Task.objects.create(
            **here, plan_key=place.plan_id, code=marker, position=1, title=marker, text=marker, lasting=True
        )
        Unit.objects.create(
            **here, task=task, position=1, name=marker, duty="lead", department_id=department_id
        )
        step = Step.objects.create(
            **here,
            task=task,
            department_id=department_id,
            kind="reminder",
            node_year=2026,
            node_quarter=1,
            year=2026,
            text=marker,
            issued_on=today,
        )
        meeting = Meeting.objects.create(**here, held_on=today, title=marker)
        project = Project.objects.create(**here, plan_key=place.plan_id, code=marker, position=1, name=marker)
        Member.objects.create(**here, name=marker, post="x", duty="x", from_on=today)
    return {
        "task_id": task.id,
        "step_id": step.id,
        "meeting_id": meeting.id,
        "project_id": project.id,
        "department_id": department_id,
    }


def things_of_person(scope: Scope, role: Role, region_id: int, party_id: int, marker: str) -> dict:
    """Give what is one person's own, a colleague whose role that person may give, and a link for another."""
    operator, now, tag = Scope.operator(), clock.now(), uuid.uuid4().hex[:8]
    to = Recipients(user_ids=(scope.user_id,))
    given = role if role in grantable_roles(role) and role in PARTY_ROLES else Role.GATE
    colleague = create_user(username=f"colleague-{tag}", password=tag, display_name=marker)
    place = {"role": str(given), "region_id": region_id, "party_id": party_id}
    membership_id = add_membership(user_id=colleague, **place)
    public = generate_private_key(SECP256R1()).public_key()
    key = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with session(operator):
        # One link to be renewed and withdrawn, one to be opened.
        make_join_link(Invited(marker, "", f"{tag}@example.org", **place), invited_by=None, at=now)
        token = make_join_link(Invited(marker, "", f"{tag}@example.net", **place), invited_by=None, at=now)
        links = invitations_within(reach_of(operator))
        notify(to=to, topic="site", text=Text(marker, marker), link="/overview", key=f"matrix:{tag}")
    password = User.objects.get(id=scope.user_id).username.rpartition("-")[2]
    with session(scope):
        notice = notices_of(scope)[0][0]
        device_id = register_device(scope, name=marker, public_key=key, password=password, now=now)
        held = memberships_of(scope.user_id, on=clock.today_on())[0].id
        create_api_key(
            user_id=scope.user_id, membership_id=held, name=marker, days=9, only_reading=True, at=now
        )
        api_key_id = api_keys_of(scope.user_id)[0].id
    return {
        "membership_id": membership_id,
        "invitation_id": next(link.id for link in links if link.email == f"{tag}@example.org"),
        "token": token,
        "notice_id": notice.id,
        "device_id": device_id,
        "api_key_id": api_key_id,
    }


def objects_of(place, party_id: int, load_id: uuid.UUID, marker: str) -> dict:
    """Give an object of a firm for each parameter that an address of the site has."""
    operator = Scope.operator()
    with session(operator):
        account = ledger.accounts(
            operator, book=place.book, region_id=place.region_id, holder_id=party_id, limit=1
        ).rows[0]
        transfer = ledger.account_transfers(operator, account.id, limit=1).rows[0]
        closing = close_period(
            operator, book=place.book, period=Period.parse("2026-01"), party_id=party_id, now=clock.now()
        )
        report = create_report(
            operator,
            document=Document(Head(Kind.NOTICE, marker), ()),
            region_id=place.region_id,
            period=Period.parse("2026"),
            now=clock.now(),
        )
    return {
        "account_id": account.id,
        "transfer_id": transfer.id,
        "posting_id": transfer.posting_id,
        "closing_id": closing.id,
        "load_id": load_id,
        "plan_id": place.plan_id,
        "number": edition_of(place),
        "report_id": report.id,
        "figure_id": f"{RATE}@{place.key}/2025/{place.book}",
        "code": "900-041-49",
        "book": place.book,
        "region": place.key,
        "marker": marker,
        "posting_body": _posting(place, party_id),
        "closing_of_party": {"book": place.book, "period": "2025-12", "party_id": party_id},
        "closing_of_region": {"book": place.book, "period": "2025-12", "region_id": place.region_id},
    }


def _posting(place, party_id: int) -> dict:
    number = str(new_id(clock.now()))
    origin = {"book": place.book, "kind": "origin", "region_id": place.region_id, "stream": "SW03"}
    origin |= {"origin_region_id": place.region_id, "origin_sector": "industry"}
    transfer = {
        "id": number,
        "source": origin,
        "target": origin | {"kind": "stock", "holder_id": party_id},
        "grams": 1_500_000,
        "step": "generate",
        "occurred_at": "2026-02-10T12:00:00+08:00",
        "precision": "day",
        "quantity": "1.5",
        "unit": "t",
        "evidence": "weighbridge",
        "document": "WB-1",
    }
    return {"id": number, "transfers": [transfer]}
