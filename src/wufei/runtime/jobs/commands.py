"""`wufei work`: one process that does what must happen by itself."""

from __future__ import annotations

import threading

import typer

from wufei.runtime.jobs.exports import all_jobs
from wufei.runtime.jobs.services import run_jobs, stop_on_signals


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("work")(work)


def work(
    parent: int | None = typer.Option(None, hidden=True, help="Stop when this process has gone."),
    listed: bool = typer.Option(False, "--list", help="List the jobs and end (列出后台任务)."),
) -> None:
    """Seal, keep what follows the ledger up to date, check every night; until Ctrl-C (运行后台任务)."""
    jobs = all_jobs()
    if listed:
        for job in jobs:
            typer.echo(f"{job.name}  每 every {job.every_s:g} s")
        return
    stop = threading.Event()
    stop_on_signals(stop)
    run_jobs(jobs, stop=stop, parent_id=parent)
