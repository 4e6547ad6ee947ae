"""An enterprise asks to be registered; the office returns, refuses or passes it; nobody else sees it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry import queries, services
from wufei.records.registry.core.applications import WAITING_MAX, ApplicationDraft, ApplicationState
from wufei.records.registry.core.uscc import ALPHABET, check_character
from wufei.records.registry.models import Application, ApplicationMove, PartyProfile
from wufei.records.registry.services import NewAccount
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.models import Contact, Membership, Party, User
from wufei.runtime.identity.queries import get_membership, memberships_of, regions_by_id
from wufei.runtime.identity.services import add_membership, create_user, save_party
from wufei.runtime.notices.queries import notices_of

PASSWORD = "seven green kettles sing"


def new_code() -> str:
    body = "91" + f"{uuid.uuid4().int % 10**15:015}"
    return body + check_character(body)


@pytest.fixture
def region(region_factory):
    return regions_by_id([(made := region_factory())])[made]


@pytest.fixture
def draft(region):
    return ApplicationDraft(
        f"试验{uuid.uuid4().hex[:6]}公司", new_code(), region.name.zh, "试验路 1 号", "李四光", "13800005678"
    )


def person(role: str, region_id: int, party_id: int | None = None) -> Scope:
    user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password=PASSWORD)
    held = add_membership(user_id=user_id, role=role, region_id=region_id, party_id=party_id)
    return scope_of(get_membership(held, user_id=user_id, on=today_on()), language="zh-hans")


@pytest.fixture
def office(region):
    return person("office", region.id)


def apply(draft: ApplicationDraft) -> tuple[int, Scope]:
    """Apply as a visitor, and give the application and the scope of whoever it made."""
    account = NewAccount(f"applicant-{uuid.uuid4().hex[:8]}", PASSWORD)
    with session(Scope.public()):
        made = services.apply(Scope.public(), draft=draft, account=account, at=now())
    user = User.objects.get(username=account.username)
    return made, replace(Scope.public(), user_id=user.id)


def seen(scope: Scope) -> set[int]:
    with session(scope):
        return set(Application.objects.values_list("id", flat=True))


def passed(office: Scope, application_id: int, version: int = 1):
    return services.pass_application(office, application_id=application_id, version=version, at=now())


def test_a_pass_makes_party_profile_and_membership_and_tells_the_applicant(draft, office, region):
    made, applicant = apply(draft)
    party = passed(office, made)
    assert (party.name.zh, party.uscc, party.region_id) == (draft.name, draft.uscc, region.id)
    (held,) = memberships_of(applicant.user_id, on=today_on())
    assert (held.role, held.party.id) == (Role.PRODUCER, party.id)
    assert PartyProfile.objects.get(party_id=party.id).address == draft.address
    with session(applicant):
        own = queries.own_application(applicant)
        assert (own.state, own.party.id) == (ApplicationState.PASSED, party.id)
        (notice, *_), _ = notices_of(applicant)
        assert draft.name in notice.text.zh


def test_the_history_holds_each_act_and_nothing_personal(draft, office):
    made, applicant = apply(draft)
    services.return_application(
        office, application_id=made, version=1, remarks={"/address": "缺门牌号"}, at=now()
    )
    services.mend(applicant, draft=replace(draft, address="试验路 2 号"), version=2, at=now())
    passed(office, made, version=3)
    with session(office):
        moves = list(ApplicationMove.objects.filter(application_id=made).order_by("number"))
        assert [move.act for move in moves] == ["submit", "return", "resubmit", "pass"]
        assert [move.said["address"] for move in moves][1:3] == ["试验路 1 号", "试验路 2 号"]
        assert draft.phone not in str([move.said for move in moves])
        kept = Application.objects.get(id=made)
        assert (kept.contact_name, kept.phone, kept.email) == ("", "", "")
    with session(applicant):
        assert Contact.objects.get(user_id=applicant.user_id).phone == draft.phone


def test_an_enterprise_on_file_is_linked_and_no_second_party_is_made(draft, office, region):
    standing = save_party(
        key=f"old-{uuid.uuid4().hex[:8]}",
        name=Text("老名称"),
        kind="facility",
        region_id=region.id,
        uscc=draft.uscc,
    )
    made, applicant = apply(draft)
    assert passed(office, made).id == standing
    kept = Party.objects.get(uscc=draft.uscc)
    assert (kept.id, kept.name_zh, kept.kind) == (standing, "老名称", "facility")
    assert memberships_of(applicant.user_id, on=today_on())[0].party.id == standing


def test_two_applications_of_one_enterprise_end_at_one_party(draft, office):
    first, second = apply(draft)[0], apply(draft)[0]
    assert passed(office, first).id == passed(office, second).id
    assert Party.objects.filter(uscc=draft.uscc).count() == 1


def test_who_acts_for_the_enterprise_already_keeps_the_membership_as_it_is(draft, office, region):
    standing = save_party(
        key=draft.uscc, name=Text(draft.name), kind="enterprise", region_id=region.id, uscc=draft.uscc
    )
    member = person("producer", region.id, standing)
    made = services.apply(member, draft=draft, account=None, at=now())
    assert passed(office, made).id == standing
    (held,) = Membership.objects.filter(user_id=member.user_id)
    assert (held.id, held.valid_from) == (member.membership_id, None)


def test_an_enterprise_of_another_region_is_not_given_away(draft, office, party_factory):
    Party.objects.filter(id=party_factory()).update(uscc=draft.uscc)
    made, applicant = apply(draft)
    with pytest.raises(ConflictError) as refused:
        passed(office, made)
    assert refused.value.code == "registry.application-elsewhere"
    assert memberships_of(applicant.user_id, on=today_on()) == []
    with session(office):
        assert queries.get_application(office, made).state is ApplicationState.WAITING


def test_a_refusal_carries_its_reason_and_lets_one_apply_anew(draft, office):
    made, applicant = apply(draft)
    with pytest.raises(InputError):
        services.refuse_application(office, application_id=made, version=1, reason=" ", at=now())
    services.refuse_application(office, application_id=made, version=1, reason="非本区企业", at=now())
    with session(applicant):
        assert queries.own_application(applicant).words == "非本区企业"
    again = services.apply(applicant, draft=draft, account=None, at=now())
    assert again != made


def test_a_decision_over_what_was_changed_meanwhile_is_refused(draft, office, region):
    made, applicant = apply(draft)
    services.return_application(office, application_id=made, version=1, remarks={"/name": "简称"}, at=now())
    services.mend(applicant, draft=draft, version=2, at=now())
    with pytest.raises(ConflictError) as refused:
        passed(person("office", region.id), made, version=1)
    assert refused.value.code == "registry.application-changed"
    assert not Party.objects.filter(uscc=draft.uscc).exists()


def test_one_person_has_one_application_under_way(draft):
    _, applicant = apply(draft)
    with pytest.raises(ConflictError) as refused:
        services.apply(applicant, draft=draft, account=None, at=now())
    assert refused.value.code == "registry.application-open"


def test_a_withdrawn_application_is_not_passed(draft, office):
    made, applicant = apply(draft)
    services.withdraw_application(applicant, version=1, at=now())
    with pytest.raises(ConflictError):
        passed(office, made, version=2)


def test_a_region_takes_so_many_and_no_more(draft, region):
    with session(Scope.operator()):
        columns = {
            "region_id": region.id,
            "name": "满",
            "uscc": draft.uscc,
            "address": "满",
            "state": "waiting",
        }
        people = [
            create_user(username=f"full-{uuid.uuid4().hex[:12]}", password="x") for _ in range(WAITING_MAX)
        ]
        Application.objects.bulk_create(
            Application(user_id=each, version=1, sent_at=now(), moved_at=now(), **columns) for each in people
        )
    before = User.objects.count()
    with pytest.raises(ConflictError) as refused:
        apply(draft)
    assert refused.value.code == "registry.applications-full"
    assert User.objects.count() == before


def test_an_abolished_region_is_refused_and_its_successor_named(draft, db):
    services.load_regions()
    with pytest.raises(InputError) as refused:
        apply(replace(draft, region="崇文区"))
    assert refused.value.code == "registry.region-withdrawn"
    assert "东城区" in refused.value.message.zh
    offered = {region.name.zh for region in queries.open_regions(today_on())}
    assert "东城区" in offered
    assert not offered & {"崇文区", "北京市"}


@pytest.mark.parametrize("role", ["clerk", "reviewer", "leader", "inspector"])
def test_who_could_not_invite_does_not_decide(draft, region, role):
    made, applicant = apply(draft)
    with pytest.raises(AccessError):
        passed(person(role, region.id), made)
    assert memberships_of(applicant.user_id, on=today_on()) == []


def test_a_firm_and_an_office_elsewhere_find_nothing(draft, region, region_factory, party_factory):
    made, _ = apply(draft)
    firm = person("producer", region.id, party_factory(region_id=region.id))
    elsewhere = person("office", region_factory())
    for stranger in (firm, elsewhere):
        with pytest.raises(NotFoundError):
            passed(stranger, made)


def test_nobody_decides_about_the_own_application(draft, office):
    made = services.apply(office, draft=draft, account=None, at=now())
    with pytest.raises(AccessError):
        passed(office, made)
    with session(office):
        moved = Application.objects.filter(id=made)
        with pytest.raises(DatabaseError), transaction.atomic():
            moved.update(state="returned")


def test_row_security_alone_shows_it_to_the_applicant_and_the_office_only(
    draft, office, region, region_factory, party_factory
):
    made, applicant = apply(draft)
    other = apply(replace(draft, uscc=new_code()))[1]
    firm = person("producer", region.id, party_factory(region_id=region.id))
    assert made in seen(applicant)
    assert made in seen(office)
    for stranger in (Scope.public(), other, firm, person("office", region_factory())):
        assert made not in seen(stranger)
        with session(stranger):
            assert Application.objects.filter(id=made).update(words="mine") == 0


def test_row_security_alone_keeps_a_visitor_from_writing_and_an_applicant_from_passing(draft, party_factory):
    made, applicant = apply(draft)
    columns = {"name": "x", "uscc": draft.uscc, "address": "x", "state": "waiting", "version": 1}
    with session(Scope.operator()):
        region_id = Application.objects.get(id=made).region_id
    stranger = create_user(username=f"other-{uuid.uuid4().hex[:8]}", password="x")
    for scope in (Scope.public(), applicant):
        with pytest.raises(DatabaseError), session(scope):
            Application.objects.create(
                region_id=region_id, user_id=stranger, sent_at=now(), moved_at=now(), **columns
            )
    with pytest.raises(DatabaseError), session(applicant):
        Application.objects.filter(id=made).update(
            state="passed", party_id=party_factory(), contact_name="", phone="", email=""
        )
    for scope in (applicant, Scope.operator()):
        with pytest.raises(DatabaseError), session(scope), connection.cursor() as cursor:
            cursor.execute("DELETE FROM registry_applicationmove WHERE application_id = %s", [made])


# The pages.


def visitor() -> Client:
    return Client(REMOTE_ADDR=f"10.{'.'.join(str(uuid.uuid4().int % 250) for _ in range(3))}")


def posted(draft: ApplicationDraft, **more: str) -> dict[str, str]:
    words = {name: getattr(draft, name) for name in draft.__slots__}
    return (
        words
        | {"username": f"u-{uuid.uuid4().hex[:8]}", "new_password": PASSWORD, "repeated": PASSWORD}
        | more
    )


def test_the_sign_in_page_leads_to_the_form(db):
    assert 'href="/register"' in visitor().get("/sign-in").content.decode()
    assert visitor().get("/register").status_code == 200


def test_nothing_entered_is_lost_on_an_error_but_the_password(draft):
    sent = posted(replace(draft, phone="?"), username="kept-name")
    answer = visitor().post("/register", sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    for name in ("name", "uscc", "region", "address", "contact_name", "username"):
        assert f'value="{sent[name]}"' in text
    assert PASSWORD not in text
    assert not User.objects.filter(username="kept-name").exists()


def test_a_code_of_the_pilot_years_is_asked_about_once_and_then_taken(draft):
    wrong = draft.uscc[:-1] + next(sign for sign in ALPHABET if sign != draft.uscc[-1])
    browser, sent = visitor(), posted(replace(draft, uscc=wrong))
    assert 'name="confirmed"' in browser.post("/register", sent).content.decode()
    assert not User.objects.filter(username=sent["username"]).exists()
    assert browser.post("/register", sent | {"confirmed": "yes"}).url == "/register/sent"


def test_a_weak_password_is_refused_and_none_is_kept_with_the_application(draft):
    weak = posted(draft, new_password="password12", repeated="password12")
    assert visitor().post("/register", weak).status_code == 422
    assert visitor().post("/register", posted(draft, repeated="another one")).status_code == 422
    sent = posted(draft)
    assert visitor().post("/register", sent).status_code == 302
    user = User.objects.get(username=sent["username"])
    assert user.check_password(PASSWORD)
    with session(Scope.operator()):
        assert PASSWORD not in str(Application.objects.filter(user=user).values().get())


def test_a_known_code_and_an_unknown_one_get_the_same_answer(draft, region):
    save_party(key=draft.uscc, name=Text("在档"), kind="enterprise", region_id=region.id, uscc=draft.uscc)
    answers = [
        visitor().post("/register", posted(each), follow=True)
        for each in (draft, replace(draft, uscc=new_code()))
    ]
    pages = [answer.content.decode().partition("<main")[2] for answer in answers]
    assert "csrfmiddlewaretoken" in pages[0]
    stripped = {_without_tokens(page) for page in pages}
    assert len(stripped) == 1


def _without_tokens(page: str) -> str:
    return "".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_one_address_cannot_apply_or_try_names_without_end(draft, db):
    browser = visitor()
    taken = posted(draft)
    assert browser.post("/register", taken).status_code == 302
    answers = [browser.post("/register", taken) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert draft.address in answers[-1].content.decode()
    assert visitor().post("/register", posted(draft)).status_code == 302


def test_who_has_no_membership_sees_the_state_at_home_and_mends_what_was_returned(draft, office):
    sent = posted(draft)
    browser = visitor()
    browser.post("/register", sent)
    browser.post("/sign-in", {"username": sent["username"], "password": PASSWORD})
    assert browser.get("/").url == "/register/mine"
    with session(office):
        made = Application.objects.get(user__username=sent["username"])
    assert "待审核" in browser.get("/register/mine").content.decode()
    services.return_application(
        office, application_id=made.id, version=1, remarks={"/address": "缺门牌号"}, at=now()
    )
    page = browser.get("/register/mine").content.decode()
    assert "缺门牌号" in page
    wrong = sent | {"version": "2", "act": "mend", "address": ""}
    assert browser.post("/register/mine", wrong).status_code == 422
    assert browser.post("/register/mine", wrong | {"address": "试验路 9 号"}).status_code == 302
    with session(office):
        row = queries.get_application(office, made.id)
    assert (row.state, row.draft.address) == (ApplicationState.WAITING, "试验路 9 号")


def test_the_office_finds_it_in_its_to_do_and_decides_on_its_page(draft, office):
    made, applicant = apply(draft)
    browser = visitor()
    browser.force_login(User.objects.get(id=office.user_id))
    assert "份企业注册申请待审核" in browser.get("/").content.decode()
    assert draft.name in browser.get("/registry/applications").content.decode()
    page = browser.get(f"/registry/applications/{made}").content.decode()
    assert draft.phone in page
    act = {"version": "1", "act": "return"}
    assert browser.post(f"/registry/applications/{made}", act).status_code == 422
    assert browser.post(f"/registry/applications/{made}", act | {"act": "pass"}).status_code == 302
    assert Membership.objects.filter(user_id=applicant.user_id, role="producer").count() == 1
    assert browser.post(f"/registry/applications/{made}", act | {"act": "pass"}).status_code == 409
