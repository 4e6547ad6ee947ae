"""How to reach somebody is forgotten when nobody needs it any more, and not before."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from wufei.runtime.clock import today_on
from wufei.runtime.identity.core.personal import CONTACT_RULES, contact_kept_since
from wufei.runtime.identity.queries import contact_of
from wufei.runtime.identity.services import add_membership, create_user, save_contact
from wufei.runtime.people.jobs import tidy

MOST = CONTACT_RULES[-1].days_max


@pytest.mark.parametrize(
    ("ends", "kept"),
    [
        ((None,), True),
        ((), True),
        ((MOST,), False),
        ((MOST - 1,), True),
        ((-5,), True),
        ((MOST + 200, MOST + 1), False),
        ((MOST + 200, 10), True),
        ((MOST + 200, None), True),
    ],
)
def test_a_contact_goes_so_many_days_behind_the_last_membership(
    ends: tuple[int | None, ...], kept: bool, region_factory: Callable[..., int]
) -> None:
    user_id = create_user(username=f"u-{uuid.uuid4().hex[:12]}", password="p")
    save_contact(user_id=user_id, phone="13800001234", email="zhang@example.cn")
    for ago in ends:
        last = None if ago is None else today_on() - timedelta(days=ago)
        add_membership(user_id=user_id, role="clerk", region_id=region_factory(), valid_to=last)
    tidy()
    found = contact_of(user_id)
    assert (found.phone, found.email) == (("13800001234", "zhang@example.cn") if kept else ("", ""))


def test_a_rule_holds_from_its_day_on_and_names_its_source() -> None:
    assert contact_kept_since(date(2026, 4, 1)) == date(2026, 4, 1) - timedelta(days=MOST)
    assert all(rule.source and rule.status and rule.days_max > 0 for rule in CONTACT_RULES)
