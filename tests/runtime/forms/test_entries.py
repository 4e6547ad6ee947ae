"""Drafts keep what was typed, entering is final and idempotent, and others are refused twice over."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.forms import queries, services
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.models import Entry, Revision
from wufei.runtime.forms.services import Place
from wufei.runtime.identity.services import add_membership, create_user

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
GOOD = {"reader": "王", "loans": [{"book": "甲", "pages": "10"}]}


@pytest.fixture
def clerk(region_factory):
    """Give the scope of a new clerk, of a region of its own or the given one."""

    def make(region_id=None):
        place = region_id or region_factory()
        user = create_user(username=f"u-{uuid.uuid4().hex[:10]}", password="x" * 12, display_name="试")
        member = add_membership(user_id=user, role="clerk", region_id=place)
        return Scope(user, member, Role.CLERK, region_ids=frozenset({place}))

    return make


@pytest.fixture
def form(lending):
    return Form(lending)


def place_of(scope):
    return Place(min(scope.region_ids))


def enter(scope, form, entry_id, answers=GOOD, **more):
    return services.enter(
        scope, form, entry_id=entry_id, answers=answers, place=place_of(scope), now=NOW, **more
    )


def test_a_draft_keeps_what_cannot_be_right_and_is_its_authors_alone(clerk, form):
    mine, entry_id = clerk(), new_id(NOW)
    typed = {"members": "many", "loans": [{"pages": "x"}]}
    services.save_draft(mine, form, entry_id=entry_id, answers=typed, place=place_of(mine), now=NOW)
    assert queries.entry(mine, entry_id).values == typed
    colleague = clerk(min(mine.region_ids))
    with pytest.raises(NotFoundError):
        queries.entry(colleague, entry_id)


def test_row_level_security_alone_hides_drafts_and_other_regions(clerk, form):
    mine, draft, entered = clerk(), new_id(NOW), new_id(NOW)
    services.save_draft(mine, form, entry_id=draft, answers={}, place=place_of(mine), now=NOW)
    enter(mine, form, entered)
    colleague, stranger = clerk(min(mine.region_ids)), clerk()
    for scope, seen in ((mine, {draft, entered}), (colleague, {entered}), (stranger, set())):
        with session(scope):
            assert set(Entry.objects.filter(id__in=[draft, entered]).values_list("id", flat=True)) == seen
            assert Revision.objects.filter(entry_id=entered).count() == (entered in seen)
    with session(Scope.public()):
        assert Entry.objects.count() == 0


def test_sending_twice_gives_one_row_and_other_content_is_a_conflict(clerk, form):
    mine, entry_id = clerk(), new_id(NOW)
    assert enter(mine, form, entry_id).outcome == "entered"
    assert enter(mine, form, entry_id).outcome == "repeated"
    with pytest.raises(ConflictError):
        enter(mine, form, entry_id, GOOD | {"reader": "李"})
    assert [one.id for one in queries.entries(mine, "lending")] == [entry_id]
    assert queries.last_values(mine, "lending")["reader"] == "王"


def test_refused_answers_write_nothing_and_warnings_may_be_confirmed(clerk, form):
    mine, entry_id = clerk(), new_id(NOW)
    assert enter(mine, form, entry_id, {}).outcome == "refused"
    many = GOOD | {"members": 12}
    assert enter(mine, form, entry_id, many).outcome == "refused"
    assert enter(mine, form, entry_id, many, confirmed=True).outcome == "entered"


def test_an_amendment_is_a_new_revision_and_the_old_one_stays(clerk, form):
    mine, entry_id = clerk(), new_id(NOW)
    enter(mine, form, entry_id)
    changed = services.amend(mine, form, entry_id=entry_id, answers=GOOD | {"reader": "李"}, now=NOW)
    assert changed.outcome == "entered"
    assert [one.values["reader"] for one in queries.revisions(mine, entry_id)] == ["王", "李"]
    with pytest.raises(DatabaseError, match="permission denied"), session(mine):
        Revision.objects.filter(entry_id=entry_id).update(number=9)


def test_what_the_room_refuses_is_shown_at_the_field_and_nothing_is_written(clerk, lending):
    def refuse(scope, entry):
        raise InputError("library.full", "reader", entry.values["reader"], Text("已满", "Full"))

    mine, entry_id = clerk(), new_id(NOW)
    said = enter(mine, Form(lending, entered=refuse), entry_id)
    assert (said.outcome, said.findings[-1].where) == ("refused", "/reader")
    assert queries.entries(mine, "lending") == []


def test_nobody_enters_for_a_region_that_is_not_theirs(clerk, form):
    mine, other = clerk(), clerk()
    with pytest.raises(AccessError):
        services.enter(mine, form, entry_id=new_id(NOW), answers=GOOD, place=place_of(other), now=NOW)
    with pytest.raises(AccessError):
        services.enter(
            Scope.public(), form, entry_id=new_id(NOW), answers=GOOD, place=place_of(mine), now=NOW
        )
