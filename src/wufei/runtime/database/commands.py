"""`wufei manage …` (Django's own commands), `backup`, `restore` and `upgrade`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from django.core.management import ManagementUtility
from rich.console import Console

from wufei.kernel.text import Text
from wufei.runtime.database import services
from wufei.runtime.database.core.backups import KEEP
from wufei.runtime.database.services.migrations import OWNER_ALIAS
from wufei.runtime.environment import environment

OWNERS_COMMANDS = frozenset({"migrate", "sqlflush", "flush", "sqlmigrate", "dbshell", "inspectdb"})
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("manage", context_settings=PASS_ON)(manage)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("upgrade")(upgrade)


def manage(context: typer.Context) -> None:
    """Run a command of Django: wufei manage migrate, wufei manage shell … (对数据库执行 Django 命令)."""
    arguments = list(context.args)
    named = any(argument.startswith("--database") for argument in arguments)
    if arguments and arguments[0] in OWNERS_COMMANDS and not named:
        # Only the owner may change tables; the application's role cannot.
        arguments.append(f"--database={OWNER_ALIAS}")
    ManagementUtility(["wufei manage", *arguments]).execute()


def backup(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="备份目录 / directory (WUFEI_BACKUP_DIR)", file_okay=False),
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="保留的份数 / base backups to keep")] = KEEP,
    mark: Annotated[str, typer.Option(help="只给此刻命名，以便恢复 / only name this moment")] = "",
    listing: Annotated[bool, typer.Option("--list", help="列出备份 / list what there is")] = False,
    as_json: AsJson = False,
) -> None:
    """Back up the embedded database while it is used, and archive its log from then on (备份)."""
    surroundings = environment()
    directory = services.backup_directory(surroundings, to)
    if listing:
        services.check_embedded(surroundings)
        _list(directory, services.waiting_segments(surroundings.data_dir), as_json=as_json)
        return
    with services.open_existing(surroundings, report=_report) as holder:
        if mark:
            named = services.set_mark(holder, mark)
            told = Text(f"已标记 {named.name}：{named.at.isoformat()}", f"marked {named.name}")
            _tell(named.as_json(), told, as_json=as_json)
            return
        taken = services.take_backup(holder, directory=directory, keep=keep, report=_report)
    size_mb = taken.base.size_bytes / 1e6
    told = Text(
        f"备份完成并通过校验：{taken.place / taken.base.id}（{size_mb:,.0f} MB）",
        f"backed up and verified; any instant from {taken.base.finished_at.isoformat()} on can be restored",
    )
    values = taken.base.as_json() | {"place": str(taken.place), "same_disk": taken.same_disk}
    _tell(values, told, as_json=as_json)
    if taken.same_disk and not as_json:
        _warn(
            Text(
                "备份与数据在同一块磁盘上：磁盘损坏时两者同失。请用 --to 指定另一块盘。",
                "The backup is on the same disk as the data and is lost with it: name another with --to.",
            )
        )


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="备份目录 / backup directory")],
    into: Annotated[Path, typer.Option("--into", help="新的数据目录 / new data directory", file_okay=False)],
    at: Annotated[str, typer.Option(help="时刻 / instant: 2026-03-01T08:00:00+08:00")] = "",
    mark: Annotated[str, typer.Option(help="标记 / mark of wufei backup --mark")] = "",
    latest: Annotated[bool, typer.Option("--latest", help="全部 / all there is")] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into a new data directory; existing data are never touched (恢复)."""
    services.check_embedded(environment())
    wish = services.parse_wish(at=at, mark=mark, latest=latest)
    data_dir = into.expanduser().absolute()
    done = services.restore(source.expanduser().absolute(), data_dir, wish, report=_report)
    last = done.last_transaction_at.isoformat() if done.last_transaction_at else done.base
    told = Text(
        f"已恢复到 {data_dir}，最后一个事务：{last}。使用：WUFEI_DATA_DIR={data_dir} wufei …",
        f"restored until {last}. Check it: WUFEI_DATA_DIR={data_dir} wufei ledger verify",
    )
    _tell(done.as_json(), told, as_json=as_json)


def upgrade(
    old_programs: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="旧版 PostgreSQL 的 bin 目录 / bin directory of the old version",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring data of an older PostgreSQL to the version of this program; the old ones are kept (升级)."""
    surroundings = environment()
    services.check_embedded(surroundings)
    done = services.upgrade(surroundings.data_dir, old_programs=old_programs, report=_report)
    if done is None:
        _tell(
            {"upgraded": False}, Text("数据已是当前版本，无需升级。", "nothing to upgrade"), as_json=as_json
        )
        return
    told = Text(
        f"已从 PostgreSQL {done.from_version} 升级到 {done.to_version}。旧数据保留在 {done.old_data}，"
        "确认无误后可删除。请立即执行 wufei backup：旧备份不能接续。",
        f"upgraded; the old data are in {done.old_data}, remove them when all is well. Run wufei backup now.",
    )
    _tell({"upgraded": True} | done.as_json(), told, as_json=as_json)


def _list(directory: Path, waiting: int, *, as_json: bool) -> None:
    found = [(held, held.bounds()) for held in services.histories(directory)]
    if as_json:
        listed = [
            {
                "place": str(held.place),
                "from": bounds.first_at.isoformat(),
                "before": bounds.last_at.isoformat() if bounds.last_at else None,
                "bases": [base.as_json() for base in held.bases],
                "marks": [mark.as_json() for mark in held.marks],
            }
            for held, bounds in found
        ]
        values = {"waiting_segments": waiting, "histories": listed}
        typer.echo(json.dumps(values, ensure_ascii=False, indent=2))
        return
    for held, bounds in found:
        words = bounds.words()
        typer.echo(f"{held.place}\n  {words.zh}\n  {words.en}")
        for base in held.bases:
            typer.echo(f"  · {base.id}  {base.size_bytes / 1e6:,.0f} MB  PostgreSQL {base.version}")
        for mark in held.marks:
            typer.echo(f"  ⚑ {mark.name}  {mark.at.isoformat()}")
    typer.echo(f"待归档的日志段 / segments of the log that wait to be archived: {waiting}")


def _tell(values: dict[str, object], told: Text, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"✓ {told.zh}\n  {told.en}")


def _report(text: Text) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"{text.zh} {text.en}", style="dim", markup=False
    )


def _warn(text: Text) -> None:
    typer.echo(f"⚠ {text.zh}\n  {text.en}", err=True)
