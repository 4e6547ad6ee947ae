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
    REVIEWER = "reviewer"
    TOWNSHIP = "township"
    VILLAGE = "village"
    INSPECTOR = "inspector"
    SURVEYOR = "surveyor"
    AUDITOR = "auditor"
    OBSERVER = "observer"
    PRODUCER = "producer"
    AGENT = "agent"
    CARRIER = "carrier"
    DRIVER = "driver"
    GATE = "gate"
    RECEIVER = "receiver"
    INFECTION = "infection"
    WARD = "ward"
    PORTER = "porter"
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
    Role.REVIEWER: Text("部门审核", "Department reviewer"),
    Role.TOWNSHIP: Text("街道乡镇", "Street or township"),
    Role.VILLAGE: Text("村（社区）", "Village"),
    Role.INSPECTOR: Text("执法检查", "Inspector"),
    Role.SURVEYOR: Text("调查员", "Surveyor"),
    Role.AUDITOR: Text("审计人员", "Auditor"),
    Role.OBSERVER: Text("市级观察", "City observer"),
    Role.PRODUCER: Text("产废单位", "Waste producer"),
    Role.AGENT: Text("第三方代办", "Third-party agent"),
    Role.CARRIER: Text("运输单位", "Carrier"),
    Role.DRIVER: Text("驾驶员", "Driver"),
    Role.GATE: Text("门岗", "Gate guard"),
    Role.RECEIVER: Text("接收单位", "Receiver"),
    Role.INFECTION: Text("医院感染管理", "Hospital infection control"),
    Role.WARD: Text("医院科室", "Hospital ward"),
    Role.PORTER: Text("医院收运", "Hospital porter"),
    Role.PUBLIC: Text("社会公众", "Public"),
    Role.OPERATOR: Text("本机操作", "Local operator"),
}

GRANTED_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
"""The roles a membership can have: the operator is whoever commands the machine, never a sign-in."""

REGION_ROLES = frozenset(
    {
        *(Role.LEADER, Role.OFFICE, Role.CLERK, Role.REVIEWER, Role.TOWNSHIP, Role.VILLAGE),
        *(Role.INSPECTOR, Role.SURVEYOR, Role.AUDITOR, Role.OBSERVER),
    }
)
"""They act in the membership's region and those below it."""

PARTY_ROLES = frozenset(GRANTED_ROLES) - REGION_ROLES - {Role.PUBLIC}
"""They act for the party that the membership names, an agent for those that authorised it."""
