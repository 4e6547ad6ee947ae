"""An enterprise that asks to be registered: what it says, what is wrong with that, how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.registry.core.uscc import check_uscc
from wufei.runtime.identity.core.personal import is_email, is_phone, plain_phone

WAITING_MAX = 200
"""How many applications may wait in one region: more than an office reads in weeks, so they are no flood."""

WORDS_MAX = 400
_LENGTHS = {"/name": 200, "/address": 200, "/contact_name": 64}


class ApplicationState(StrEnum):
    """How far an application has come."""

    WAITING = "waiting"
    RETURNED = "returned"
    PASSED = "passed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]


_LABELS = {
    ApplicationState.WAITING: Text("待审核", "Waiting"),
    ApplicationState.RETURNED: Text("退回修改", "Returned"),
    ApplicationState.PASSED: Text("已通过", "Passed"),
    ApplicationState.REFUSED: Text("未通过", "Refused"),
    ApplicationState.WITHDRAWN: Text("已撤回", "Withdrawn"),
}

OPEN = (ApplicationState.WAITING, ApplicationState.RETURNED)


class ApplicationAct(StrEnum):
    """What is done with an application, by the applicant or by the office."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    PASS = "pass"  # noqa: S105 - an act
    REFUSE = "refuse"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _ACT_LABELS[self]


_ACT_LABELS = {
    ApplicationAct.SUBMIT: Text("提交", "Sent"),
    ApplicationAct.RESUBMIT: Text("修改后再次提交", "Mended and sent again"),
    ApplicationAct.WITHDRAW: Text("撤回", "Withdrawn"),
    ApplicationAct.RETURN: Text("退回修改", "Returned"),
    ApplicationAct.PASS: Text("通过", "Passed"),
    ApplicationAct.REFUSE: Text("不予通过", "Refused"),
}

TRANSITIONS: Mapping[ApplicationAct, tuple[tuple[ApplicationState, ...], ApplicationState]] = {
    ApplicationAct.RESUBMIT: ((ApplicationState.RETURNED,), ApplicationState.WAITING),
    ApplicationAct.WITHDRAW: (OPEN, ApplicationState.WITHDRAWN),
    ApplicationAct.RETURN: ((ApplicationState.WAITING,), ApplicationState.RETURNED),
    ApplicationAct.PASS: ((ApplicationState.WAITING,), ApplicationState.PASSED),
    ApplicationAct.REFUSE: ((ApplicationState.WAITING,), ApplicationState.REFUSED),
}
"""From which states each act leads to which one; what is passed, refused or withdrawn stays so."""


@dataclass(frozen=True, slots=True)
class ApplicationDraft:
    """What an applicant says of the enterprise and of whom to call; ``region`` is as it was typed."""

    name: str
    uscc: str
    region: str
    address: str
    contact_name: str
    phone: str
    email: str = ""


FIELDS: Mapping[str, Text] = {
    "/name": Text("企业名称", "Name of the enterprise"),
    "/uscc": Text("统一社会信用代码", "Unified social credit code"),
    "/region": Text("所在区域", "Region"),
    "/address": Text("地址", "Address"),
    "/contact_name": Text("联系人", "Contact"),
    "/phone": Text("手机或电话", "Phone"),
    "/email": Text("电子邮箱", "E-mail"),
}
"""The fields by place, in the order of the form: each can be returned with a reason."""


@dataclass(frozen=True, slots=True)
class FieldRemark:
    """Why one field was returned."""

    where: str
    words: str


def after(act: ApplicationAct, state: ApplicationState) -> ApplicationState:
    """Give the state to which an act leads.

    Raises
    ------
    ConflictError
        ``registry.application-state``: it cannot be done with an application that stands so.
    """
    sources, target = TRANSITIONS.get(act, ((), state))
    if state not in sources:
        raise ConflictError(
            "registry.application-state",
            Text(
                f"申请现为“{state.label.zh}”，不能再“{act.label.zh}”。请刷新页面查看最新状态。",
                f"The application is “{state.label.en}” now, so this cannot be done. Load the page again.",
            ),
        )
    return target


def check_application(draft: ApplicationDraft) -> list[Finding]:
    """Give what is wrong with what was entered, all fields at once; the region is looked up elsewhere.

    A credit code whose check character fails warns only, as codes of the pilot years do.
    """
    found = [
        finding
        for where, most in _LENGTHS.items()
        for finding in _filled(where, getattr(draft, where[1:]), most)
    ]
    found += _filled("/region", draft.region, 200)
    found += check_uscc(draft.uscc, "/uscc") if draft.uscc.strip() else _filled("/uscc", draft.uscc, 18)
    if not is_phone(plain_phone(draft.phone)):
        # A number is personal and stays out of the message.
        message = Text(
            "请填写 5 至 15 位数字的手机或电话号码，可带国际区号 +86。",
            "Enter a phone number of 5 to 15 digits, with a country code such as +86 if you like.",
        )
        found.append(_refused("phone", "/phone", "…", message))
    if draft.email.strip() and not is_email(draft.email.strip()):
        message = Text(
            "电子邮箱应形如 zhang@example.cn；没有可以留空。",
            "An e-mail address looks like zhang@example.cn; leave it empty if there is none.",
        )
        found.append(_refused("email", "/email", "…", message))
    order = list(FIELDS)
    return sorted(found, key=lambda finding: order.index(finding.where))


def read_remarks(given: Mapping[str, str]) -> tuple[FieldRemark, ...]:
    """Give the remarks of a return, by place; what has no words is no remark.

    Raises
    ------
    InputError
        ``registry.remark``: a field that does not exist, too many words, or no remark at all.
    """
    remarks = tuple(FieldRemark(where, words.strip()) for where, words in given.items() if words.strip())
    for remark in remarks:
        if remark.where not in FIELDS or len(remark.words) > WORDS_MAX:
            message = Text(
                f"退回理由须写在申请的某一栏，不超过 {WORDS_MAX} 字。",
                f"A remark belongs to a field of the application and has at most {WORDS_MAX} signs.",
            )
            raise InputError("registry.remark", remark.where, remark.words[:WORDS_MAX], message)
    if not remarks:
        message = Text(
            "请至少在一栏写明退回理由，申请人据此修改。",
            "Give a reason at one field at least: the applicant mends by it.",
        )
        raise InputError("registry.remark", "/name", "", message)
    return remarks


def read_reason(text: str) -> str:
    """Give the reason of a refusal without outer blanks.

    Raises
    ------
    InputError
        ``registry.reason``: there is none, or it is too long.
    """
    words = text.strip()
    if not 0 < len(words) <= WORDS_MAX:
        message = Text(
            f"请写明不予通过的理由（不超过 {WORDS_MAX} 字），申请人会看到。",
            f"Give the reason of the refusal, at most {WORDS_MAX} signs; the applicant reads it.",
        )
        raise InputError("registry.reason", "reason", words[:WORDS_MAX], message)
    return words


def refuse_first(findings: Iterable[Finding]) -> None:
    """Refuse what has an error.

    Raises
    ------
    InputError
        The first error; its field is the place.
    """
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise InputError(finding.code, finding.where, finding.value, finding.message)


def _filled(where: str, text: str, most: int) -> list[Finding]:
    if 0 < len(text.strip()) <= most:
        return []
    label = FIELDS[where]
    message = Text(
        f"请填写{label.zh}，不超过 {most} 个字。", f"{label.en} is needed, with at most {most} signs."
    )
    return [_refused("missing", where, text[:most], message)]


def _refused(code: str, where: str, value: str, message: Text) -> Finding:
    return Finding(f"registry.{code}", Severity.ERROR, where, message, value=value)
