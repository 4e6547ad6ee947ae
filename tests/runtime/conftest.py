"""People who review and sign in the tests of the runtime floor, on one day in March."""

import uuid
from datetime import UTC, datetime

import pytest

from wufei.runtime.access.services import scope_of
from wufei.runtime.identity.core.totp import hotp, step_at
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import (
    add_membership,
    begin_second_factor,
    confirm_second_factor,
    create_user,
)

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
def right_code(db):
    """Set up a real second factor for somebody at the first call, and give its code at `NOW`.

    A code is good for once: a second call gives that of the next half minute.
    """
    secrets, steps = {}, {}

    def code_of(scope):
        user_id = scope.user_id
        if user_id not in secrets:
            secrets[user_id] = begin_second_factor(user_id=user_id)
            steps[user_id] = step_at(NOW) - 1
            before = hotp(secrets[user_id], steps[user_id])
            confirm_second_factor(user_id=user_id, code=before, at=NOW)
        steps[user_id] += 1
        return hotp(secrets[user_id], steps[user_id])

    return code_of
