"""`wufei serve`: the site on this machine."""

from __future__ import annotations

import typer
from rich.console import Console

from wufei.runtime.database.services import migrate
from wufei.runtime.jobs.services import working_beside
from wufei.runtime.serving.services import WORKERS_MAX
from wufei.runtime.serving.services import serve as serve_site


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("serve")(serve)


def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on (监听地址)."),
    port: int = typer.Option(8000, help="Port; 0 takes a free one (端口)."),
    workers: int = typer.Option(WORKERS_MAX, min=1, max=WORKERS_MAX, help="Processes that answer (进程数)."),
    work: bool = typer.Option(True, "--work/--no-work", help="Run wufei work beside it (同时运行后台任务)."),
) -> None:
    """Serve the site until Ctrl-C (启动网站)."""
    console = Console()
    count = migrate()
    if count:
        console.print(f"数据库迁移 {count} 项 / {count} migrations run")
    with working_beside(wanted=work):
        serve_site(
            host=host,
            port=port,
            workers=workers,
            on_ready=lambda address: console.print(f"无废 Wufei: {address}  (Ctrl-C 停止 / stops)"),
        )
