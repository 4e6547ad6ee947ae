"""What the store does by itself: scanning, backing up, comparing with the disk; and what doctor looks at."""

from __future__ import annotations

from datetime import time, timedelta

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import LOCAL_ZONE, now
from wufei.runtime.database.services import copy_contents
from wufei.runtime.environment import environment
from wufei.runtime.files.queries import held_since, last_comparison
from wufei.runtime.files.services.comparison import compare
from wufei.runtime.files.services.scanning import ping, scan_held
from wufei.runtime.jobs.core import Job, Watched, last_moment

COMPARED_AT = time(3, 10)
HELD_MAX = timedelta(minutes=10)


def scan_waiting() -> bool:
    """Scan what is held, if a scanner is set up; say whether more may be waiting."""
    surroundings = environment()
    if not surroundings.virus_scan:
        return False
    return scan_held(surroundings.virus_scan, surroundings.data_dir, now=now()) > 0


def compare_when_due() -> bool:
    """Compare with the disk once a night."""
    at = now()
    last = last_comparison(Scope.operator())
    if last is None or last.compared_at < last_moment(at, COMPARED_AT, LOCAL_ZONE):
        compare(environment().data_dir, now=at)
    return False


def copy_to_backup() -> bool:
    """Bring new content to where the log of the database is archived to."""
    copy_contents(environment().data_dir)
    return False


def watch_store() -> Watched:
    """Say whether the disk holds what the rows name."""
    last = last_comparison(Scope.operator())
    missing, orphans = (last.missing, last.orphans) if last else (0, 0)
    contents = last.contents if last else 0
    shown = " ".join(last.examples[:3]) if last else ""
    return Watched(
        part="files",
        title=Text("文件库", "Files"),
        alarm=bool(missing),
        found=Text(
            f"内容 {contents} 份，缺失 {missing}，无主 {orphans} {shown}".strip(),
            f"{contents} contents, {missing} missing, {orphans} that no row names {shown}".strip(),
        ),
        fix=Text(
            "从备份的 files 目录把缺失的内容拷回数据目录的 files（文件名即校验和）。",
            "Copy what is missing from files in the backup into files in the data directory "
            "(names are checksums).",
        ),
    )


def watch_scanner() -> Watched:
    """Say whether files wait for a scanner that does not answer."""
    scanner = environment().virus_scan
    many, since = held_since(Scope.operator())
    waited = now() - since if since else timedelta()
    trouble = ping(scanner) if scanner else ""
    none = Text("未设置查毒", "no virus scan is set up")
    found = Text(f"待查毒 {many} 份", f"{many} files held")
    state = found if scanner or many else none
    return Watched(
        part="virus-scan",
        title=Text("查毒", "Virus scan"),
        alarm=bool(trouble) or waited > HELD_MAX,
        found=Text(f"{state.zh} {trouble}".strip(), f"{state.en} {trouble}".strip()),
        fix=Text(
            "请检查 WUFEI_VIRUS_SCAN 所指的查毒程序与 wufei work 是否在运行；未查毒的文件不会放行。",
            "Check that the scanner named in WUFEI_VIRUS_SCAN and wufei work are running; nothing "
            "unscanned is let out.",
        ),
    )


JOBS = (
    Job("files-scan", 2, scan_waiting),
    Job("files-backup", 60, copy_to_backup),
    Job("files-comparison", 300, compare_when_due),
)
WATCHES = (watch_store, watch_scanner)
