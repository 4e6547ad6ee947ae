"""A document becomes a draft, people go through it, and it is published as a plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.plans.core.drafts import (
    Json,
    Made,
    Part,
    Standing,
    blocks_json,
    draft_of,
    plan_of,
    stamp,
    units_of,
    with_learnt,
)
from wufei.records.plans.core.editions import with_kept_codes
from wufei.records.plans.core.marking import refuse_classified
from wufei.records.plans.core.mending import mended, mended_head
from wufei.records.plans.core.reading.files import blocks_of_file
from wufei.records.plans.core.reading.read import read_plan
from wufei.records.plans.models import Plan as PlanRecord
from wufei.records.plans.models import PlanDraft
from wufei.records.plans.queries.drafts import (
    PUBLISH,
    all_findings,
    digest_of,
    get_draft,
    learnt_definitions,
    units_in,
)
from wufei.records.plans.queries.published import get_plan, list_plans, withdrawn_work
from wufei.records.plans.services.publishing import LoadedPlan, load_plan
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.files.core.media import DOCUMENT_BYTES_MAX, Accept, Kind, clean_name
from wufei.runtime.files.services import keep
from wufei.runtime.identity.queries import departments_in, regions_by_id, regions_under
from wufei.runtime.identity.services import add_alias, save_department

PLAN_FILES = Accept((Kind.DOCUMENT, Kind.SHEET), DOCUMENT_BYTES_MAX)
NEW, NONE = "new", "none"


def take_in(scope: Scope, *, content: bytes, name: str, region_id: int, now: datetime) -> UUID:
    """Read a document and keep it with what was read as a draft of a region's plan.

    Raises
    ------
    AccessError
        The scope publishes no plans there.
    InputError
        The file cannot be read at all: empty, encrypted, broken, of another kind, too large; or it is
        marked 秘密 or above (``plan-file.classified``), and nothing of it is kept.
    """
    require(scope, PUBLISH, region_id=region_id)
    blocks, unread = blocks_of_file(content, name)
    refuse_classified(content, name, blocks)
    read = read_plan(blocks)
    with session(scope):
        draft = PlanDraft.objects.create(
            id=new_id(now),
            region_id=region_id,
            file=_kept(scope, content, name, region_id),
            file_name=clean_name(name),
            sha256=digest_of(content),
            state="open",
            content=with_learnt(draft_of(read), learnt_definitions(scope, region_id)),
            blocks=blocks_json(blocks),
            findings=all_findings((*unread, *read.findings)),
            made_by_id=scope.user_id,
            made_at=now,
            changed_at=now,
        )
    return draft.id


def _kept(scope: Scope, content: bytes, name: str, region_id: int) -> UUID | None:
    """Keep the document itself; a web page was read but is of no kind that the store hands out again."""
    try:
        row = keep(scope, content=content, name=name, region_id=region_id, party_id=None, accept=PLAN_FILES)
    except InputError:
        return None
    return row.id


def mend_head(
    scope: Scope, draft_id: UUID, said: Mapping[str, str], *, seen: str = "", now: datetime
) -> None:
    """Write what a person says of the document; ``seen`` and errors as `mend_line` and `mended_head`."""
    with session(scope):
        record = _open_draft(scope, draft_id)
        _demand_unchanged(seen, stamp(record.content["head"]))
        record.content["head"] = mended_head(record.content["head"], said)
        _save(record, now)


def mend_line(
    scope: Scope,
    draft_id: UUID,
    at: tuple[Part, int],
    said: Mapping[str, str],
    *,
    seen: str = "",
    now: datetime,
) -> Json:
    """Write what a person says of one line, and give the line; errors as `mended`.

    Parameters
    ----------
    seen : str
        The stamp of the line as the person saw it; empty where it was read a moment ago.

    Raises
    ------
    ConflictError
        ``plan-draft.changed``: somebody else, or another window, changed the line meanwhile.
    """
    part, index = at
    with session(scope):
        record = _open_draft(scope, draft_id)
        before = _item(record, part, index)
        _demand_unchanged(seen, stamp(before))
        item = mended(part, before, said)
        record.content[part.value][index] = item
        _save(record, now)
    return item


def set_standing(
    scope: Scope,
    draft_id: UUID,
    part: Part,
    lines: Mapping[int, str],
    standing: Standing,
    *,
    now: datetime,
) -> None:
    """Accept lines, leave them out, or take that back.

    ``lines`` has the stamp of each line as it was seen, or ``""``; a conflict as in `mend_line` changes none.
    """
    with session(scope):
        record = _open_draft(scope, draft_id)
        for index, seen in lines.items():
            item = _item(record, part, index)
            _demand_unchanged(seen, stamp(item))
            item["standing"] = standing.value
        _save(record, now)


def choose_units(
    scope: Scope,
    draft_id: UUID,
    choices: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    now: datetime,
) -> None:
    """Say which department each name means: its id, ``new`` for one to be made, ``none`` for no one.

    An empty choice takes back what was said; ``seen`` has the choices that the person saw.

    Raises
    ------
    InputError
        ``plan-draft.unit``: the draft has no such name, or the region no such department.
    ConflictError
        As `mend_line`.
    """
    with session(scope):
        record = _open_draft(scope, draft_id)
        known = {str(each.id) for each in departments_in(regions_under(record.region_id))}
        names = units_of(record.content)
        for name, choice in choices.items():
            if seen is not None:
                _demand_unchanged(f"={seen.get(name, '')}", f"={record.units.get(name, '')}")
            if name not in names or choice not in {NEW, NONE, "", *known}:
                message = Text(
                    f"“{name}”或所选部门已不存在。请刷新页面。",
                    f"“{name}” or the department is gone. Reload the page.",
                )
                raise InputError("plan-draft.unit", name, choice, message)
        record.units = {**record.units, **choices}
        _save(record, now)


def discard(scope: Scope, draft_id: UUID, *, now: datetime) -> None:
    """Put a draft away; the document stays in the store."""
    with session(scope):
        record = _open_draft(scope, draft_id)
        record.state = "discarded"
        _save(record, now)


def plan_in(scope: Scope, draft_id: UUID, edition_of: str = "") -> Made:
    """Give the plan that a draft would be published as, or what is missing.

    A later edition has the codes of the tasks and projects it goes on with.

    Raises
    ------
    InputError
        ``plan-draft.edition``: the region has no plan of that key.
    """
    page = get_draft(scope, draft_id)
    region = regions_by_id([page.row.region_id])[page.row.region_id]
    made = plan_of(
        page.content,
        key=edition_of or _key(page.content, region.key),
        region_key=region.key,
        file_name=page.row.file_name,
    )
    if made.plan is None or not edition_of:
        return made
    if edition_of not in {each.id for each in list_plans(scope, region.id)}:
        message = Text(
            f"本区没有方案“{edition_of}”。请重新选择。",
            f"The region has no plan “{edition_of}”. Choose again.",
        )
        raise InputError("plan-draft.edition", "edition_of", edition_of, message)
    earlier = get_plan(scope, edition_of)
    return Made(with_kept_codes(made.plan, earlier, *withdrawn_work(scope, edition_of)), made.findings)


def publish_draft(
    scope: Scope, draft_id: UUID, *, edition_of: str = "", seen: str = "", now: datetime
) -> LoadedPlan:
    """Publish a draft: a new plan, or a later edition of one; names of units that were matched are learnt.

    Parameters
    ----------
    edition_of : str
        The key of the plan that it takes the place of; its tasks keep their work where their words stay.
    seen : str
        `stamp_of` the draft as the person saw it.

    Raises
    ------
    ConflictError
        ``plan-draft.closed``: it was published or put away already; ``plan-draft.changed``: as `mend_line`.
    InputError
        ``plan-draft.incomplete``: what is missing.
    """
    with session(scope):
        record = _open_draft(scope, draft_id)
        _demand_unchanged(seen, stamp_of(record.content))
        made = plan_in(scope, draft_id, edition_of)
        if made.plan is None:
            first = made.findings[0]
            told = Text(f"{first.message.zh}{first.fix.zh}", f"{first.message.en} {first.fix.en}".strip())
            raise InputError("plan-draft.incomplete", first.where, first.code, told)
        loaded = load_plan(scope, made.plan)
        _learn_units(scope, draft_id, record)
        record.state = "published"
        record.plan = PlanRecord.objects.get(key=loaded.plan_id)
        _save(record, now)
    return loaded


def _learn_units(scope: Scope, draft_id: UUID, record: PlanDraft) -> None:
    for row in units_in(get_draft(scope, draft_id)):
        if row.chosen.isdecimal():
            add_alias(department_id=int(row.chosen), alias=row.name[:120])
        elif row.chosen == NEW:
            stem = hashlib.sha256(f"{record.region_id}:{row.name}".encode()).hexdigest()[:16]
            save_department(key=f"dept-{stem}", name=Text(row.name[:120]), region_id=record.region_id)


def _key(content: Json, region_key: str) -> str:
    head = content["head"]
    year = (head["issued_on"] or str(head["base_year"] or ""))[:4]
    stem = f"{region_key}-{year}"[:56].lower()
    taken = set(PlanRecord.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number = next(each for each in range(1, 1000) if (stem if each == 1 else f"{stem}-{each}") not in taken)
    return stem if number == 1 else f"{stem}-{number}"


def _open_draft(scope: Scope, draft_id: UUID) -> PlanDraft:
    get_draft(scope, draft_id)
    record = PlanDraft.objects.select_for_update().get(id=draft_id)
    if record.state != "open":
        message = Text(
            "这份草稿已发布或已放弃，不能再改。需要时请重新读入文件。",
            "This draft was published or put away and cannot be changed. Read the file again if needed.",
        )
        raise ConflictError("plan-draft.closed", message)
    return record


def stamp_of(content: Json) -> str:
    """Give a mark of all that a draft says."""
    return stamp({**content, **{part.value: [stamp(each) for each in content[part.value]] for part in Part}})


def _demand_unchanged(seen: str, now: str) -> None:
    if seen and seen != now:
        message = Text(
            "这里刚被另一个窗口或另一个人改过，您的操作没有保存。请核对现在的内容后再做一次。",
            "Another window or person has just changed this; yours was not saved. Look at what is there now, "
            "then do it again.",
        )
        raise ConflictError("plan-draft.changed", message)


def _item(record: PlanDraft, part: Part, index: int) -> Json:
    items = record.content[part.value]
    if not 0 <= index < len(items):
        message = Text("没有这一行。请刷新页面。", "There is no such line. Reload the page.")
        raise InputError("plan-draft.line", f"/{part.value}", str(index), message)
    item: Json = items[index]
    return item


def _save(record: PlanDraft, now: datetime) -> None:
    record.changed_at = now
    record.save()
