"""The kinds of regions, parties and roles that identity knows."""

from __future__ import annotations

from enum import StrEnum

from wufei.kernel.text import Text


class RegionKind(StrEnum):
    """What a region is; only a functional area lies outside the administrative tree."""

    PROVINCE = "province"
    DISTRICT = "district"
    TOWNSHIP = "township"
    FUNCTIONAL = "functional"
    SYNTHETIC = "synthetic"


class PartyKind(StrEnum):
    """What a holder of waste is; an aggregate stands for the firms that a published total does not name."""

    ENTERPRISE = "enterprise"
    FACILITY = "facility"
    HOSPITAL = "hospital"
    STREET = "street"
    FARM = "farm"
    SITE = "site"
    AGGREGATE = "aggregate"


class Role(StrEnum):
    """What a person is in one membership; the operator is the local command line."""

    LEADER = "leader"
    OFFICE = "office"
    CLERK = "clerk"
    PRODUCER = "producer"
    AUDITOR = "auditor"
    PUBLIC = "public"
    OPERATOR = "operator"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.LEADER: Text("分管领导", "Leader"),
    Role.OFFICE: Text("无废办", "Zero-waste office"),
    Role.CLERK: Text("部门经办", "Department clerk"),
    Role.PRODUCER: Text("产废单位", "Waste producer"),
    Role.AUDITOR: Text("审计人员", "Auditor"),
    Role.PUBLIC: Text("社会公众", "Public"),
    Role.OPERATOR: Text("本机操作", "Local operator"),
}

GRANTED_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
"""The roles a membership can have: the operator is whoever commands the machine, never a sign-in."""
