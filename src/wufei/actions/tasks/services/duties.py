"""The list of duties: lines are entered by the form, and end; a task's unit takes a department from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from wufei.actions.tasks.core.responsibility import CHAIN, Stage, kind_named, kinds_of_waste
from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.models import Responsibility, Unit
from wufei.actions.tasks.services.owning import ASSIGNED, find_task, keep_event, tell_departments
from wufei.actions.tasks.services.taking import offices_of_region
from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms.core.entries import Answered, EntryRow
from wufei.runtime.identity.queries import departments_by_id, departments_in, regions_under

RUN = "task.run"
_CHAIN = "chain"


def check_duties(_: Scope, answered: Sequence[Answered]) -> list[list[Finding]]:
    """Say of lines that are about to be entered whether the last day is before the first."""
    return [_wrong_days(each.values) for each in answered]


def keep_duty(scope: Scope, entry: EntryRow) -> None:
    """Keep a line as it is entered, in the form's transaction; the same line again changes nothing.

    Raises
    ------
    InputError
        ``/department``, ``/stream``: not of this region, not of the catalogue; ``/to_on``: the line stands
        with another last day.
    """
    require(scope, RUN, region_id=entry.region_id)
    values = entry.values
    last = values.get("to_on")
    line = {
        "region_id": entry.region_id,
        "stream": _stream(str(values["stream"])),
        "stages": [each.value for each in _stages(values["stages"])],
        "department_id": _department(entry.region_id, str(values["department"])),
        "duty": Duty(str(values["duty"])).value,
        "document": str(values["document"]).strip(),
        "article": str(values.get("article", "")).strip(),
        "from_on": date.fromisoformat(str(values["from_on"])),
    }
    to_on = None if last is None else date.fromisoformat(str(last))
    rest = {
        "entry_id": entry.id,
        "content": str(values.get("content", "")).strip(),
        "to_on": to_on,
        "entered_at": entry.entered_at or now(),
        "entered_by_id": scope.user_id,
    }
    kept, _ = Responsibility.objects.get_or_create(**line, withdrawn=False, defaults=rest)
    if kept.to_on != to_on:
        raise InputError("task.duty-day", "/to_on", last, _STANDS)


def end_duty(scope: Scope, *, line_id: int, last_on: date | None, note: str) -> None:
    """Let a line end on a day, or say that it was entered by mistake and never held (no day).

    Raises
    ------
    InputError
        ``task.duty-day``: before its first day; ``remark``: no reason.
    ConflictError
        ``task.duty-ended``: it ended already.
    """
    plain = remark("note", note, 300)
    require(scope, RUN)
    with session(scope):
        line = Responsibility.objects.select_for_update(of=("self",)).filter(id=line_id).first()
        if line is None:
            raise NotFoundError("duty", line_id)
        require(scope, RUN, region_id=line.region_id)
        if line.ended_at is not None:
            raise ConflictError("task.duty-ended", _ENDED)
        if last_on is not None and last_on < line.from_on:
            raise InputError("task.duty-day", "last_on", last_on, _before_first(line.from_on, last_on))
        _end(scope, [line], last_on, plain)


def end_document(scope: Scope, *, region_id: int, document: str, last_on: date, note: str) -> int:
    """Let all open lines of a document end, as a new edition takes its place; give their number.

    Raises
    ------
    InputError
        ``task.duty-day``: one of them begins later.
    """
    plain = remark("note", note, 300)
    require(scope, RUN, region_id=region_id)
    with session(scope):
        lines = list(
            Responsibility.objects.select_for_update(of=("self",)).filter(
                region_id=region_id, document=document, ended_at=None, withdrawn=False
            )
        )
        late = next((line for line in lines if last_on < line.from_on), None)
        if late is not None:
            raise InputError("task.duty-day", "last_on", last_on, _before_first(late.from_on, last_on))
        _end(scope, lines, last_on, plain)
        return len(lines)


def assign_unit(scope: Scope, *, task_id: int, name: str, department_id: int, why: str) -> None:
    """Let a department stand for one unit of one task, as the list of duties proposed; no alias is learnt.

    Raises
    ------
    InputError
        ``task.department``: the department is none of this region.
    ConflictError
        ``task.unit-matched``: somebody was faster.
    """
    with session(scope):
        task = find_task(scope, RUN, task_id)
        if department_id not in {each.id for each in offices_of_region(task.region_id)}:
            message = Text("请从本区部门中选择。", "Choose one of the departments of this region.")
            raise InputError("task.department", "department", department_id, message)
        units = Unit.objects.select_for_update(of=("self",)).filter(task=task, name=name, dropped=False)
        found = list(units)
        if not found:
            raise NotFoundError("unit", name)
        if any(unit.department_id is not None for unit in found):
            raise ConflictError("task.unit-matched", _MATCHED)
        for unit in found:
            unit.department_id = department_id
            unit.save(update_fields=["department"])
        label = departments_by_id([department_id])[department_id].name
        said = Text(
            f"“{name}”按责任清单定为{label.zh}：{why[:120]}",
            f"“{name}” is {label.in_language('en')} by the list of duties: {why[:120]}",
        )
        keep_event(scope, task, "dispatched", said)
        if any(unit.duty == Duty.LEAD for unit in found):
            told = Text("按责任清单，本部门牵头一项任务", "By the list of duties you lead a task")
            link = reverse("tasks:task", args=[task.id])
            tell_departments([department_id], ASSIGNED, told, link, f"{ASSIGNED}:duty:{task.id}:{name}")


def _end(scope: Scope, lines: Sequence[Responsibility], last_on: date | None, note: str) -> None:
    for line in lines:
        line.withdrawn = last_on is None
        line.to_on = line.to_on if last_on is None else last_on
        line.ended_at, line.ended_by_id, line.ended_note = now(), scope.user_id, note
        line.save(update_fields=["withdrawn", "to_on", "ended_at", "ended_by", "ended_note"])


def _stages(chosen: Any) -> list[Stage]:
    named = {*(CHAIN if _CHAIN in chosen else ()), *(Stage(each) for each in chosen if each != _CHAIN)}
    return [stage for stage in Stage if stage in named]


def _stream(text: str) -> str:
    key = kind_named(text)
    if key is None:
        known = "、".join(name.zh for name in list(kinds_of_waste().values())[:7])
        message = Text(
            f"没有“{text}”这一类。请从列表中选择，如 {known}。",
            f"There is no kind “{text}”. Choose from the list.",
        )
        raise InputError("task.duty-stream", "/stream", text, message)
    return key


def _department(region_id: int, text: str) -> int:
    bearers: dict[str, set[int]] = defaultdict(set)
    for row in departments_in(regions_under(region_id)):
        for word in (row.name.zh, row.name.en, *row.aliases):
            bearers[word].add(row.id)
    found = bearers.get(text.strip(), set())
    if len(found) == 1:
        return next(iter(found))
    message = Text(
        f"“{text}”{'指多个部门' if found else '不是本区域的部门'}。请从列表中选择全称。",
        f"“{text}” {'means several departments' if found else 'is none of here'}. Choose its full name.",
    )
    raise InputError("task.department", "/department", text, message)


def _wrong_days(values: Mapping[str, Any]) -> list[Finding]:
    first, last = str(values.get("from_on", "")), values.get("to_on")
    if last is None or str(last) >= first:
        return []
    return [
        Finding(
            "task.duty-day",
            Severity.ERROR,
            "/to_on",
            Text(f"终止日 {last} 早于起始日 {first}", f"The last day {last} is before the first, {first}"),
            value=str(last),
            rule=Text("终止日不早于起始日", "The last day is not before the first"),
            fix=Text("请改正日期；现行的终止日留空。", "Mend one; leave it empty while in force."),
        )
    ]


def _before_first(first: date, last: date) -> Text:
    if first > today_on():
        hint = Text("尚未开始的职责请作为误录撤回。", "Withdraw what has not begun.")
    else:
        hint = Text("请改正日期。", "Mend the day.")
    return Text(
        f"终止日 {last} 早于起始日 {first}。{hint.zh}", f"{last} is before the first day, {first}. {hint.en}"
    )


_STANDS = Text(
    "清单中已有这条职责，终止日不同。请在责任清单页终止它。",
    "The list holds this line with another last day. Let it end on the page of the list.",
)
_ENDED = Text("这条职责已经终止或撤回。", "This line ended or was withdrawn already.")
_MATCHED = Text("这个单位已经对应到部门。请刷新页面。", "This unit has a department. Reload the page.")
