"""Plans from files: a plan of 300 pages as Word, PDF pages, and how much memory that takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.plans.content import content_of
from benchmarks.plans.files import as_pdf, as_word
from benchmarks.plans.layouts import Element, Words, elements
from benchmarks.plans.ways import WAYS
from benchmarks.table import ROOT, Result, at_most

SECONDS_MAX, MEMORY_MB_MAX = 10.0, 500.0
PDF_PAGE_S_MAX = 0.2
# A page of a plan holds some 600 characters of text or eight rows of a table.
CHARACTERS_OF_A_PAGE = 600

READ = """
import resource, sys, time
from pathlib import Path
from wufei.records.plans.core.reading.files import read_plan_file
content = Path(sys.argv[1]).read_bytes()
started = time.perf_counter()
plan = read_plan_file(content, sys.argv[1])
seconds = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(seconds, memory, len(plan.indicators), len(plan.tasks))
"""


def measure(pages: int, pdf_pages: int) -> list[Result]:
    """Write a plan of about so many pages and read it in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="wufei-plans-") as folder:
        word, pdf = Path(folder) / "plan.docx", Path(folder) / "plan.pdf"
        word.write_bytes(as_word(_long_plan(pages)))
        pdf.write_bytes(as_pdf(_long_plan(pdf_pages)))
        seconds, memory_mb, indicators, tasks = _read(word)
        pdf_seconds, pdf_memory_mb, *_ = _read(pdf)
    detail = f"{pages} pages, {indicators:.0f} indicators, {tasks:.0f} tasks"
    return [
        at_most("plan as Word, s", seconds, SECONDS_MAX, detail),
        at_most("plan as Word, MB", memory_mb, MEMORY_MB_MAX, detail),
        at_most(
            "plan as PDF, s a page",
            pdf_seconds / pdf_pages,
            PDF_PAGE_S_MAX,
            f"{pdf_pages} pages, {pdf_memory_mb:.0f} MB",
        ),
    ]


def _long_plan(pages: int) -> list[Element]:
    """Give a plan of this length: a third tables of indicators and tasks, the rest text."""
    plan = elements(WAYS[0], content_of(1, many=max(1, pages // 24)))
    words = max(0, pages * CHARACTERS_OF_A_PAGE - sum(_size(each) for each in plan))
    text = "推动固体废物源头减量和资源化利用，完善收集、贮存、运输和处置各环节的管理制度。" * 7
    return [*plan[:-2], *(Words(f"（{at}）{text}") for at in range(words // len(text))), *plan[-2:]]


def _size(each: Element) -> int:
    if isinstance(each, Words):
        return len(each.text)
    # Tables take more room than their letters.
    return 2 * sum(len(cell or "") for row in each.rows for cell in row)


def _read(file: Path) -> list[float]:
    command = [sys.executable, "-c", READ, str(file)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]
