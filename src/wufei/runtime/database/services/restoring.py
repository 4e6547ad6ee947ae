"""Bring a backup back into a new data directory: all of it, up to an instant, or up to a mark."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from wufei.kernel.errors import ConflictError, ExternalError, InputError, WufeiError
from wufei.kernel.text import Text
from wufei.runtime.database.core.backups import (
    PRIVATE_FILES,
    Base,
    Bounds,
    base_for_instant,
    check_not_after,
    find_mark,
    gap_words,
    parse_instant,
)
from wufei.runtime.database.core.wal import Chain, recovery_settings
from wufei.runtime.database.services import cluster, server
from wufei.runtime.database.services.account import Account
from wufei.runtime.database.services.archive import CONFIGURATION, DATA, LOCK, check_room, restore_private
from wufei.runtime.database.services.binaries import MAJOR_VERSION
from wufei.runtime.database.services.contents import CONTENTS, restore_contents
from wufei.runtime.database.services.holdings import Holdings, histories, last_ended_in, packed, whole
from wufei.runtime.database.services.locks import reading
from wufei.runtime.database.services.server import Holder, Report, silent
from wufei.runtime.database.services.verification import verify_base

DRAFT = "restoring"
WAL_KEPT_BYTES = 1 << 30
"""What recovery leaves in its own log at most, beside the base backup."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How far to restore: to an instant, to a mark, or, with neither, to the end of the log."""

    at: datetime | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore begins from, which log it replays, and to which point in it."""

    held: Holdings
    base: Base
    chain: Chain
    ended_at: datetime | None
    point: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has led to.

    Attributes
    ----------
    data_dir : str
        The new data directory; the server is stopped again.
    base : str
        The base backup it began from.
    last_transaction_at : datetime or None
        When the last transaction that is in the data ended; None if none came after the base backup.
    timeline : int
        The server's new timeline; its log never mixes with the old one's.
    next_transaction : int
        Transactions are counted on from here; never below what the data have seen.
    """

    data_dir: str
    base: str
    last_transaction_at: datetime | None
    timeline: int
    next_transaction: int

    def as_json(self) -> dict[str, object]:
        """Give plain values."""
        at = self.last_transaction_at
        return asdict(self) | {"last_transaction_at": at.isoformat() if at else None}


def parse_wish(*, at: str, mark: str, latest: bool) -> Wish:
    """Read how far to restore.

    Raises
    ------
    InputError
        ``restore.target``: none or several were named; as `parse_instant`.
    """
    if [bool(at), bool(mark), latest].count(True) != 1:
        raise InputError(
            "restore.target",
            "--at",
            at,
            Text(
                "请在 --latest、--at 时刻、--mark 标记 中选择一个。",
                "Choose one of --latest, --at INSTANT and --mark NAME.",
            ),
        )
    return Wish(parse_instant(at) if at else None, mark)


def restore(
    source: Path, data_dir: Path, wish: Wish, *, durable: bool = True, report: Report = silent
) -> Restored:
    """Restore a backup into a data directory that does not exist yet or is empty.

    Parameters
    ----------
    source : Path
        A backup directory, or one history in it where there are several.
    data_dir : Path
        The new data directory.
    wish : Wish
        How far.
    durable : bool
        False only for tests, as in `server.start`.
    report : callable
        Told about long steps.

    Raises
    ------
    ExternalError
        ``restore.unreadable``.
    InputError
        The instant lies outside what the archive holds; the message names the bounds.
    NotFoundError
        No such directory or mark.
    ConflictError
        ``restore.not-empty``, ``restore.histories``, ``restore.version``, ``restore.gap``,
        ``restore.failed``, ``restore.incomplete``, ``restore.private-damaged``, ``restore.private-missing``,
        ``backup.damaged``, ``backup.disk-full``.
    """
    _check_empty(data_dir)
    report(Text("正在检查备份……", "Looking the backup through …"))
    held = _only_history(source)
    try:
        with reading(held.place / LOCK):
            plan = _plan(held, wish)
            return _restored(data_dir, plan, wish, durable=durable, report=report)
    except OSError as error:
        raise ExternalError(
            "restore.unreadable",
            Text(f"读写失败：{error}。请检查磁盘与权限。", f"{error}. Look at the disks and the rights."),
        ) from error


def _restored(data_dir: Path, plan: Plan, wish: Wish, *, durable: bool, report: Report) -> Restored:
    existed = data_dir.exists()
    server.prepare(data_dir)
    draft = data_dir / DRAFT
    try:
        restored = _recovered(draft, plan, wish, durable=durable, report=report)
        for name in (*PRIVATE_FILES, CONTENTS, cluster.CLUSTER):
            # The data come last: without them the directory holds nothing that could be taken for a whole.
            if (draft / name).exists():
                (draft / name).rename(data_dir / name)
        shutil.rmtree(draft)
    except BaseException:  # also Ctrl-C: half a restored database must not look like a whole
        server.abandon(draft)
        shutil.rmtree(draft if existed else data_dir, ignore_errors=True)
        raise
    return restored


def _check_empty(data_dir: Path) -> None:
    found = [path.name for path in data_dir.iterdir()] if data_dir.exists() else []
    if set(found) - {DRAFT}:
        raise ConflictError(
            "restore.not-empty",
            Text(
                f"{data_dir} 不是空目录（有 {found[0]} 等）。恢复从不覆盖已有数据，请用 --into 给出新目录。",
                f"{data_dir} is not empty ({found[0]} …). A restore never overwrites data: name a new "
                "directory with --into.",
            ),
        )
    if found:
        # An interrupted restore left it.
        shutil.rmtree(data_dir / DRAFT)


def _only_history(source: Path) -> Holdings:
    found = histories(source)
    if len(found) > 1:
        spans = [(str(held.place), held.bounds().words()) for held in found]
        raise ConflictError(
            "restore.histories",
            Text(
                "该目录存有多段历史，请指明其一："
                + "；".join(f"{place}（{words.zh}）" for place, words in spans),
                "The directory holds several histories; name one: "
                + "; ".join(f"{place} ({words.en})" for place, words in spans),
            ),
        )
    return found[0]


def _plan(held: Holdings, wish: Wish) -> Plan:
    """Choose the base backup and check that the log from there reaches as far as is wished."""
    first = min(held.bases, key=lambda base: base.finished_at)
    mark = find_mark(held.marks, wish.mark) if wish.mark else None
    at = mark.at if mark else wish.at
    if at is None:
        base = max(held.bases, key=lambda base: base.finished_at)
    else:
        base = base_for_instant(held.bases, at, last_ended_in(held.wal, held.chain_from(first)))
    _check_version(base)
    chain = whole(held.wal, held.chain_from(base))
    ended_at = last_ended_in(held.wal, chain)
    if wish.at is not None:
        check_not_after(wish.at, Bounds(first.finished_at, ended_at), chain.missing)
    elif mark is not None:
        _check_reaches(mark.segment, chain)
    elif chain.missing:
        bounds = Bounds(first.finished_at, ended_at).words()
        words = gap_words(chain.missing)
        raise ConflictError(
            "restore.gap",
            Text(f"{words.zh}{bounds.zh}，请用 --at。", f"{words.en}{bounds.en}: use --at."),
        )
    return Plan(held, base, chain, ended_at, mark.point if mark else "")


def _check_version(base: Base) -> None:
    if base.version.partition(".")[0] != str(MAJOR_VERSION):
        raise ConflictError(
            "restore.version",
            Text(
                f"备份 {base.id} 由 PostgreSQL {base.version} 建立，本程序使用 {MAJOR_VERSION}。"
                "请用备份时的 Wufei 版本恢复，再执行 wufei upgrade。",
                f"The backup {base.id} is of PostgreSQL {base.version}; this program brings {MAJOR_VERSION}. "
                "Restore it with the Wufei that took it, then run wufei upgrade.",
            ),
        )


def _check_reaches(segment: str, chain: Chain) -> None:
    if segment not in chain.segments:
        raise ConflictError("restore.gap", gap_words(chain.missing or segment))


def _recovered(draft: Path, plan: Plan, wish: Wish, *, durable: bool, report: Report) -> Restored:
    """Copy, check and replay in a directory of its own, and stop the server again."""
    account = server.prepare(draft)
    log_bytes = sum(packed(plan.held.wal, name).stat().st_size for name in _archived(plan))
    check_room(draft, plan.base.size_bytes + log_bytes + WAL_KEPT_BYTES)
    report(Text("正在复制备份……", "Copying the backup …"))
    cluster_dir = draft / cluster.CLUSTER
    _copy(plan, draft, account)
    verify_base(cluster_dir)
    for name in (server.LOG, CONFIGURATION):
        (cluster_dir / name).unlink(missing_ok=True)
    signal = cluster_dir / "recovery.signal"
    signal.touch(0o600)
    account.own(signal)
    restore_private([plan.held.place / base.id for base in _from(plan)], draft)
    report(Text("正在重放日志……", "Replaying the log …"))
    settings = recovery_settings(draft / "wal", at=wish.at, point=plan.point)
    try:
        with server.start(draft, durable=durable, report=report, settings=settings) as holder:
            restored = _state(holder, draft.parent, plan.base)
    except ConflictError as error:
        raise _not_recovered(error) from error
    _check_whole(restored, plan, wish)
    _bring_contents(plan.held.place, draft, report)
    return restored


def _bring_contents(place: Path, draft: Path, report: Report) -> None:
    """Bring the files of the store back; a damaged one holds up nothing, and doctor names it as missing."""
    copied, damaged = restore_contents(place, draft)
    if copied or damaged:
        report(Text(f"已恢复文件 {copied} 份。", f"{copied} files are back."))
    for name in damaged:
        report(Text(f"{name} 已损坏，未恢复。", f"{name} is damaged and was left out."))


def _archived(plan: Plan) -> list[str]:
    return [name for name in plan.chain.segments if packed(plan.held.wal, name).exists()]


def _from(plan: Plan) -> list[Base]:
    """The base backup, then the later ones: a private file may have been made after it."""
    return sorted(
        (base for base in plan.held.bases if base.id >= plan.base.id), key=lambda base: base.finished_at
    )


def _copy(plan: Plan, draft: Path, account: Account) -> None:
    """Copy the base and the chain's log to where the server's account reads them, whoever owns the backup."""
    shutil.copytree(plan.held.place / plan.base.id / DATA, draft / cluster.CLUSTER, symlinks=True)
    wal = draft / "wal"
    wal.mkdir(mode=0o700)
    for name in _archived(plan):
        shutil.copy(packed(plan.held.wal, name), wal)
    for path in (draft / cluster.CLUSTER, wal):
        account.own_all(path)


def _state(holder: Holder, data_dir: Path, base: Base) -> Restored:
    with holder.connect() as connection:
        found = connection.execute(
            "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp(), "
            "(SELECT timeline_id FROM pg_control_checkpoint()), "
            "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        ).fetchone()
    recovering, last_at, timeline, following = found or (True, None, 0, 0)
    if recovering:
        raise ConflictError("restore.incomplete", Text("恢复尚未完成。", "Recovery has not come to its end."))
    return Restored(str(data_dir), base.id, last_at, timeline, following)


def _check_whole(restored: Restored, plan: Plan, wish: Wish) -> None:
    """Recovery takes a log it cannot read for the end of the log: compare with what was seen in it before."""
    if wish.at is not None or wish.mark or plan.ended_at is None:
        return
    last_at = restored.last_transaction_at
    if last_at is None or last_at < plan.ended_at:
        raise ConflictError(
            "restore.incomplete",
            Text(
                f"只恢复到 {last_at}，而归档到 {plan.ended_at.isoformat()}。磁盘是否已满？",
                f"Restored to {last_at}; the archive goes to {plan.ended_at.isoformat()}. Is the disk full?",
            ),
        )


def _not_recovered(error: WufeiError) -> ConflictError:
    return ConflictError(
        "restore.failed",
        Text(f"恢复未完成，新目录已清除。{error.message.zh}", f"Not restored. {error.message.en}"),
    )
