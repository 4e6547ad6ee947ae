"""People of an invented guild who sign for lanterns."""

import uuid
from datetime import UTC, datetime

import pytest

from wufei.runtime.access.services import scope_of
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def person(db):
    """Make a person with a role in a region and give the scope."""

    def make(role, region_id, *, party_id=None, language="zh-hans"):
        name = f"{role}-{uuid.uuid4().hex[:10]}"
        user = create_user(username=name, password=PASSWORD, display_name=f"试验{role}")
        add_membership(user_id=user, role=role, region_id=region_id, party_id=party_id)
        (membership,) = memberships_of(user, on=NOW.date())
        return scope_of(membership, language=language)

    return make


@pytest.fixture
def right_code():
    """A second factor for which 123456 is right."""

    def check(*, user_id, code, at):
        return code == "123456"

    return check
