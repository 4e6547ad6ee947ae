"""Read published plans and hold what was read against what is known of them.

``make accept PLANS=DIR`` takes a folder that is not part of the project. Every plan in it that is known
(by its title) is read by the plan reader: indicators are held against the plan that ships as data, tasks,
projects and targets against the figures in ``tools/accepted``. The plans that ship as data are held against
the words of the document.
"""

from __future__ import annotations

import csv
import re
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wufei.kernel.errors import InputError
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.plan import Plan, PlanLine
from wufei.records.plans.core.reading.files import read_plan_file
from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan

ACCEPTED = Path(__file__).parent / "accepted"
ENDINGS = (".txt", ".docx", ".pdf", ".html", ".xlsx")
# By words of the title: the files in ``tools/accepted``.
KNOWN = {"密云区": "miyun-2022", "石景山区": "shijingshan-2025"}
MIYUN_S_MAX = 1.0


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the expected things were read right, and what was wrong."""

    what: str
    right: int
    expected: int
    wrong: tuple[str, ...]


def main() -> None:
    """Print what was read right per plan; end with 1 if anything was wrong or nothing was known."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    if folder is None or not folder.is_dir():
        sys.exit("make accept PLANS=DIR needs a folder of published plans")
    known = failed = 0
    for file in sorted(each for each in folder.iterdir() if each.suffix.lower() in ENDINGS):
        counts = _accept(file)
        known += bool(counts)
        failed += sum(count.right != count.expected for count in counts)
    missing, compared = _compare_data(folder)
    sys.exit(1 if failed or missing or not known or not compared else 0)


def _accept(file: Path) -> list[Count]:
    content = file.read_bytes()
    started = time.perf_counter()
    try:
        read = read_plan_file(content, file.name)
    except InputError as error:
        print(f"{file.name}: {error.message.en}")
        return []
    seconds = time.perf_counter() - started
    print(
        f"{file.name}: {len(read.indicators)} indicators, {len(read.tasks)} tasks, "
        f"{len(read.projects)} projects, "
        f"{len(read.targets)} targets in the text, {len(read.findings)} findings, {seconds:.2f} s"
    )
    for found in read.findings:
        print(f"    {found.severity} {found.code} {found.where} {found.message.en}")
    key = next((key for words, key in KNOWN.items() if words in read.head.title), None)
    counts = [] if key is None else [*_counts(read, key)]
    if key == "miyun-2022":
        counts.append(Count("within 1 s", int(seconds < MIYUN_S_MAX), 1, (f"{seconds:.2f} s",)))
    for count in (each for each in counts if each.expected or each.wrong):
        print(f"  {count.what}: {count.right} of {count.expected}")
        print(
            "\n".join(f"    {line}" for line in count.wrong) if count.right != count.expected else "", end=""
        )
    return counts


def _counts(read: ReadPlan, key: str) -> Iterator[Count]:
    plan = next((each for each in load_plans() if each.id == key), None)
    if plan is not None:
        yield _indicators(read, plan)
        yield _text_targets(read, plan)
    tasks = [(each.no, "、".join(each.lead), "、".join(each.support), each.due) for each in read.tasks]
    yield _rows("tasks with lead, responsible units and deadline", key, "tasks", tasks)
    projects = [(each.no, "、".join(each.units), each.due) for each in read.projects]
    yield _rows("projects with unit and deadline", key, "projects", projects)
    yield _targets(read, key)


def _rows(what: str, key: str, part: str, read: Sequence[tuple[str, ...]]) -> Count:
    expected = [tuple(row.values()) for row in _accepted(f"{key}-{part}.csv")]
    wrong = [f"{want} was not read" for want in expected if want not in read]
    wrong += [f"{got} was read" for got in read if got not in expected]
    right = sum(want in read for want in expected) - max(0, len(read) - len(expected))
    return Count(what, right, len(expected), tuple(wrong))


def _targets(read: ReadPlan, key: str) -> Count:
    expected = _accepted(f"{key}-targets.csv")
    found = [
        (str(each.year or ""), each.value.op.value, f"{each.value.value}", each.value.unit, each.name)
        for each in read.targets
    ]
    wrong = []
    for row in expected:
        *want, about = row.values()
        if not any(list(got[:4]) == want and about in got[4] for got in found):
            wrong.append(f"{row} was not read")
    return Count("targets in the text", len(expected) - len(wrong), len(expected), tuple(wrong))


def _text_targets(read: ReadPlan, plan: Plan) -> Count:
    """Hold the targets of the running text against those that the plan's data names."""
    wrong = [
        f"{want.name} {want.year} {want.value.text} ({want.clause}) was not read"
        for want in plan.text_targets
        if not any(
            got.year == want.year and got.value.value == want.value.value and got.value.op is want.value.op
            for got in read.targets
        )
    ]
    expected = len(plan.text_targets)
    return Count("targets in the text, of the data", expected - len(wrong), expected, tuple(wrong))


def _accepted(name: str) -> list[dict[str, str]]:
    path = ACCEPTED / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _indicators(read: ReadPlan, plan: Plan) -> Count:
    wrong = []
    for line in plan.lines:
        got = next((each for each in read.indicators if each.no == str(line.no)), None)
        wrong += [f"{line.no} {what}" for what in _differences(line, got)]
    bad = {each.split(" ")[0] for each in wrong}
    extra = max(0, len(read.indicators) - len(plan.lines))
    return Count("indicators, every field", len(plan.lines) - len(bad) - extra, len(plan.lines), tuple(wrong))


def _differences(line: PlanLine, got: ReadIndicator | None) -> Iterator[str]:
    if got is None:
        yield "was not read"
        return
    pairs = {
        "level1": (line.level1, got.level1),
        "level2": (line.level2, got.level2),
        "name": (line.name, got.name),
        "type": (line.type.value, got.type),
        "attribute": (line.attribute.value, got.attribute),
        "units": ("、".join(line.units), "、".join(got.units)),
    }
    for what, (want, have) in pairs.items():
        if _plain(want) != _plain(have):
            yield f"{what}: {want} was read as {have}"
    if got.baseline != line.baseline:
        yield f"base: {line.baseline} was read as {got.baseline}"
    if got.targets != line.targets:
        yield f"targets: {line.targets} were read as {got.targets}"


# ── the shipped plans against the words of the document


def _compare_data(folder: Path) -> tuple[int, int]:
    texts = {path.name: path.read_text("utf8") for path in sorted(folder.glob("*.txt"))}
    missing = compared = 0
    for plan in load_plans():
        for name, text in texts.items():
            if _plain(plan.title.zh) in _plain(text):
                found, lost = _compare(plan, text)
                compared, missing = compared + 1, missing + len(lost)
                print(f"data {plan.id} against {name}: {found} cells found, {len(lost)} missing")
                print("\n".join(f"  {line}" for line in lost), end="")
    print(f"{compared} plans compared, {missing} cells missing")
    return missing, compared


def _compare(plan: Plan, text: str) -> tuple[int, list[str]]:
    plain, found, lost = _plain(text), 0, []
    for line in plan.lines:
        cells = [line.name, line.baseline.text, *(value.text for _, value in line.targets), *line.units]
        for cell in filter(None, cells):
            if _plain(cell) in plain:
                found += 1
            else:
                lost.append(f"{line.no} {line.name}: “{cell}” does not stand in the text")
    return found, lost


def _plain(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’]", "", unicodedata.normalize("NFKC", text))


if __name__ == "__main__":
    main()
