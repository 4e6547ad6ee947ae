"""The system account that the embedded server runs as: one's own, or a powerless one where root starts it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text

SERVER_ACCOUNT = "wufei-postgres"


@dataclass(frozen=True, slots=True)
class Account:
    """A system account; ``switched`` says that it is not the one this process has."""

    user_id: int
    group_id: int
    name: str
    switched: bool

    def run(
        self, program: Path, *arguments: str, variables: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account and give its output; the caller judges the exit code."""
        process = self.launch(program, *arguments, variables=variables)
        output = told(process)
        return subprocess.CompletedProcess(process.args, process.returncode, output, "")

    def launch(
        self,
        program: Path,
        *arguments: str,
        variables: Mapping[str, str] = MappingProxyType({}),
        directory: Path = Path("/"),
    ) -> subprocess.Popen[str]:
        """Start a program as this account, its output in one pipe, with these environment variables alone."""
        command = [str(program), *arguments]
        plain = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        other: dict[str, Any] = {"user": self.user_id, "group": self.group_id, "extra_groups": []}
        return subprocess.Popen(
            command,
            env=plain | dict(variables),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf8",
            errors="replace",
            **(other if self.switched else {}),
        )

    def enters(self, path: Path) -> bool:
        """Say whether this account reaches a path through all the directories above it."""
        return self.run(Path("/bin/sh"), "-c", 'test -x "$0"', str(path)).returncode == 0

    def own(self, path: Path) -> None:
        """Give a path to this account."""
        if self.switched:
            os.chown(path, self.user_id, self.group_id)

    def own_all(self, path: Path) -> None:
        """Give a directory and all that is in it to this account."""
        if self.switched:
            for above, directories, files in os.walk(path):
                for name in (".", *directories, *files):
                    os.chown(Path(above, name), self.user_id, self.group_id, follow_symlinks=False)

    def share(self, path: Path) -> None:
        """Keep a directory of ours private, but let this account pass through it."""
        if self.switched:
            os.chown(path, os.geteuid(), self.group_id)
        path.chmod(0o710 if self.switched else 0o700)


def told(process: subprocess.Popen[str]) -> str:
    """Give all that a program says; one that is no longer waited for is ended."""
    try:
        output, _ = process.communicate()
    except BaseException:  # also Ctrl-C: the program must not outlive whoever waited for it
        process.terminate()
        process.wait()
        raise
    return output


def own_account() -> Account:
    """Give the account of this process."""
    return Account(os.geteuid(), os.getegid(), "", switched=False)


def server_account(cluster_dir: Path) -> Account:
    """Choose the account for the server: root hands over to the owner of the data, or to a special one.

    PostgreSQL refuses to run as root, with good reason.
    """
    user_id = os.geteuid()
    if user_id != 0:
        return Account(user_id, os.getegid(), "", switched=False)
    if cluster_dir.exists() and cluster_dir.stat().st_uid != 0:
        status = cluster_dir.stat()
        return Account(status.st_uid, status.st_gid, "", switched=True)
    entry = _entry(SERVER_ACCOUNT) or _created(SERVER_ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switched=True)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _created(name: str) -> pwd.struct_passwd:
    tool = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if tool:
        # Another process may create the account in the same moment: what counts is that it exists afterwards.
        subprocess.run(
            [tool, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            check=False,
            capture_output=True,
        )
    entry = _entry(name)
    if entry is None:
        raise ExternalError(
            "database.account-missing",
            Text(
                f"以 root 运行时数据库需要系统账户 {name}，但无法自动创建。"
                f"请执行 useradd --system {name}，或改用普通用户运行。",
                f"Run by root, the database needs a system account {name}, which could not be created. "
                f"Run useradd --system {name}, or start Wufei as an ordinary user.",
            ),
        )
    return entry
