"""What each role may do, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import AccessError, InvariantError
from wufei.runtime.access import core
from wufei.runtime.access.core import ACTIONS, MATRIX, Role, Scope, allowed, require

IDS = st.integers(1, 50)
READERS = [Role.LEADER, Role.OFFICE, Role.CLERK, Role.AUDITOR]
WRITING = {"ledger.post", "plan.publish", "observations.write"}


def _scope(role: Role, regions: frozenset[int] = frozenset(), parties: frozenset[int] = frozenset()) -> Scope:
    return Scope(1, 1, role, region_ids=regions, party_ids=parties)


def test_every_role_is_in_the_matrix_with_known_actions() -> None:
    assert set(MATRIX) == set(Role)
    assert all(actions <= ACTIONS for actions in MATRIX.values())


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.PUBLIC])
def test_who_only_reads_writes_nothing(role: Role) -> None:
    assert not MATRIX[role] & WRITING


def test_the_public_reads_what_is_published_only() -> None:
    open_to_all = {action for action in ACTIONS if allowed(Scope.public(), action)}
    assert open_to_all == {"published.read", "plan.read"}


@pytest.mark.parametrize("role", list(Role))
def test_what_everyone_may_read_no_membership_takes_away(role: Role) -> None:
    scope = Scope(1, 1, role, region_ids=frozenset({1}), party_ids=frozenset({1}))
    require(scope, "plan.read", region_id=2)
    require(scope, "published.read", region_id=2)


def test_a_plan_is_published_by_the_office_alone() -> None:
    publishers = {role for role in Role if "plan.publish" in MATRIX[role]}
    assert publishers == {Role.OFFICE, Role.OPERATOR}


def test_the_operator_may_do_everything_everywhere() -> None:
    for action in ACTIONS:
        require(Scope.operator(), action, region_id=7, party_id=8)


@given(st.sampled_from(READERS), st.frozensets(IDS), IDS)
def test_a_region_is_reached_exactly_if_it_is_in_the_scope(
    role: Role, regions: frozenset[int], region_id: int
) -> None:
    scope = _scope(role, regions)
    if region_id in regions:
        require(scope, "ledger.read", region_id=region_id)
    else:
        with pytest.raises(AccessError):
            require(scope, "ledger.read", region_id=region_id)


@given(st.frozensets(IDS), IDS, IDS)
def test_a_producer_reaches_its_own_party_and_no_other(
    parties: frozenset[int], party_id: int, region_id: int
) -> None:
    scope = _scope(Role.PRODUCER, frozenset(), parties)
    if party_id in parties:
        require(scope, "ledger.post", party_id=party_id, region_id=region_id)
    else:
        with pytest.raises(AccessError):
            require(scope, "ledger.post", party_id=party_id, region_id=region_id)


def test_a_producer_does_not_reach_a_whole_region() -> None:
    with pytest.raises(AccessError):
        require(_scope(Role.PRODUCER, frozenset(), frozenset({1})), "ledger.read", region_id=1)


def test_a_clerk_is_refused_beyond_the_region_with_words_that_help() -> None:
    with pytest.raises(AccessError) as caught:
        require(_scope(Role.CLERK, frozenset({1})), "observations.write", region_id=2)
    assert "切换" in caught.value.message.zh
    assert "Switch" in caught.value.message.en


def test_a_leader_is_refused_to_post() -> None:
    with pytest.raises(AccessError):
        require(_scope(Role.LEADER, frozenset({1})), "ledger.post", region_id=1)


def test_a_misspelt_action_is_a_bug_and_not_a_refusal() -> None:
    with pytest.raises(InvariantError):
        require(Scope.operator(), "ledger.reed")


def test_the_readme_shows_the_matrix_as_it_is() -> None:
    lines = (Path(core.__file__).parents[1] / "README.md").read_text("utf8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    roles = [Role(name) for name in rows[0][1:]]
    shown = {role: {row[0] for row in rows[2:] if row[index]} for index, role in enumerate(roles, start=1)}
    assert shown == {role: set(MATRIX[role]) for role in Role}
