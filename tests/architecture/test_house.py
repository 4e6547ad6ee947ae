"""The house stands as docs/architecture.md says: floors, rooms, doors, key directions, sizes, READMEs."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "wufei"

ROOMS = {
    "records": [
        "catalogue",
        "registry",
        "observations",
        "ledger",
        "containers",
        "manifests",
        "telemetry",
        "registers",
        "declarations",
        "plans",
    ],
    "measures": ["cube", "indicators", "flows", "carbon", "opinion"],
    "decisions": ["forecast", "risk", "logistics", "sharing", "combustion"],
    "actions": [
        "tasks",
        "assessment",
        "supervision",
        "regions",
        "exchange",
        "settlement",
        "civic",
        "reports",
        "cases",
    ],
}
FLOORS = ["kernel", "runtime", *ROOMS, "web"]
BESIDE = {"simulator", "demo", "cli.py", "py.typed", "__init__.py"}
DOORS = {"core", "services", "queries"}
ROOM_NAMES = {
    *(
        "__init__.py",
        "README.md",
        "apps.py",
        "core",
        "data",
        "models.py",
        "models",
        "services.py",
        "services",
    ),
    *(
        "queries.py",
        "queries",
        "api.py",
        "api",
        "views.py",
        "views",
        "urls.py",
        "forms.py",
        "jobs.py",
        "reviews.py",
        "commands.py",
        "commands",
    ),
    *("templates", "static", "migrations", "templatetags"),
}


@functools.cache
def modules():
    """Every Python file of the house with its dotted name, migrations left out."""
    found = [(path, path.relative_to(SRC)) for path in sorted(SRC.rglob("*.py"))]
    return [(path, name) for path, name in found if not {"migrations", "static"} & {*name.parts}]


@functools.cache
def text_of(path):
    return path.read_text("utf8")


@functools.cache
def tree_of(path):
    return ast.parse(text_of(path))


def rooms():
    """Every room that stands, as (floor, room, path)."""
    for floor, names in ROOMS.items():
        for name in names:
            if (SRC / floor / name).is_dir():
                yield floor, name, SRC / floor / name


def visible(path):
    return sorted(p.name for p in path.iterdir() if p.name != "__pycache__" and not p.name.startswith("."))


def imported(path):
    """Dotted names of ``wufei`` that a file imports, with what is taken from them."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("wufei."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wufei"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(dotted):
    """(floor, room, the part behind it) of a dotted name or path parts, or None below the rooms."""
    parts = dotted.split(".") if isinstance(dotted, str) else ("wufei", *dotted)
    if len(parts) > 2 and parts[1] in ROOMS and parts[2] in ROOMS[parts[1]]:
        return parts[1], parts[2], (parts[3].removesuffix(".py") if len(parts) > 3 else "")
    return None


def test_the_floors_are_those_of_the_plan_and_nothing_stands_beside_them_unnamed():
    assert set(visible(SRC)) - set(FLOORS) - BESIDE == set()


def test_every_room_bears_a_name_of_the_plan():
    for floor, names in ROOMS.items():
        if (SRC / floor).is_dir():
            assert set(visible(SRC / floor)) - set(names) - {"__init__.py"} == set()


@pytest.mark.parametrize(("floor", "room", "path"), list(rooms()))
def test_a_room_has_the_agreed_shape(floor, room, path):
    assert set(visible(path)) <= ROOM_NAMES
    assert (path / "__init__.py").read_text() == ""
    assert 0 < len((path / "README.md").read_text("utf8").splitlines()) <= 60


def test_a_room_uses_only_the_doors_of_another():
    wrong = []
    for path, relative in modules():
        own = room_of(relative.parts)
        for name in imported(path):
            target = room_of(name)
            behind_the_door = target and target[:2] != (own or ("", "", ""))[:2] and target[2] not in DOORS
            # The web floor and the command line mount a room's urls, api and commands, and read nothing.
            mounted = (
                relative.parts[0] in {"web", "cli.py"} and target and target[2] in {"urls", "api", "commands"}
            )
            if behind_the_door and not mounted:
                wrong.append(f"{relative}: {name}")
    assert wrong == []


def test_services_and_queries_hand_out_no_models():
    """A door returns core types or plain rows: no annotation names a model or a queryset."""
    wrong = []
    for path, relative in modules():
        if room_of(relative.parts) is None or not {"services", "queries"} & {
            p.removesuffix(".py") for p in relative.parts
        }:
            continue
        tree = tree_of(path)
        models = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models")
            for alias in node.names
        }
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns:
                names = {n.id for n in ast.walk(node.returns) if isinstance(n, ast.Name)}
                wrong += [
                    f"{relative}:{node.lineno} {node.name} -> {name}"
                    for name in names & (models | {"QuerySet"})
                ]
    assert wrong == []


def test_foreign_keys_point_down_protect_and_have_no_way_back():
    order = ["identity", "access", "catalogue", "registry", "observations", "ledger", "plans", "indicators"]
    wrong = []
    for path in sorted([*SRC.rglob("models.py"), *SRC.rglob("models/*.py")]):
        own = path.parent.name if path.stem == "models" else path.parent.parent.name
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                "ForeignKey",
                "OneToOneField",
            }:
                options = {k.arg: ast.unparse(k.value) for k in node.keywords}
                target = ast.unparse(node.args[0]).strip("'\"")
                if options.get("related_name") not in {"'+'", '"+"'}:
                    wrong.append(f"{path}:{node.lineno} related_name is not '+'")
                if not options.get(
                    "on_delete", ast.unparse(node.args[1]) if len(node.args) > 1 else ""
                ).endswith("PROTECT"):
                    wrong.append(f"{path}:{node.lineno} on_delete is not PROTECT")
                app = target.split(".")[0]
                if app in order and own in order and order.index(app) > order.index(own):
                    wrong.append(f"{path}:{node.lineno} {own} points up to {target}")
    assert wrong == []


def test_no_signals_are_used():
    assert [
        str(r) for p, r in modules() if "django.dispatch" in text_of(p) or "db.models.signals" in text_of(p)
    ] == []


def test_files_stop_at_600_lines_and_functions_at_60():
    wrong = []
    for path, relative in modules():
        text = text_of(path)
        if text.count("\n") > 600:
            wrong.append(f"{relative}: {text.count(chr(10))} lines")
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node, clean=False) or ""
                lines = node.end_lineno - node.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)
                if lines > 60:
                    wrong.append(f"{relative}:{node.lineno} {node.name} {lines} lines")
    assert wrong == []


def test_names_that_say_nothing_are_not_used():
    empty = {"utils", "helpers", "common", "misc", "base", "manager", "processor"}
    assert [str(r) for _, r in modules() if r.stem.lower() in empty] == []


def test_kernel_and_every_core_import_with_django_blocked():
    names = [
        "wufei." + ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        for _, relative in modules()
        if relative.parts[0] == "kernel" or "core" in {part.removesuffix(".py") for part in relative.parts}
    ]
    assert len(names) > 20
    script = (
        "import sys, importlib\n"
        "for name in ('django', 'psycopg', 'ninja'): sys.modules[name] = None\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_one_engine_of_each_kind():
    """Forms, review, signing, notices and files are built once, on the runtime floor."""
    for engine in ("forms", "review", "signing", "notices", "files"):
        homes = {
            r.parts[:2]
            for _, r in modules()
            if (engine in r.parts[:-1] or r.stem == f"{engine}_engine") and r.parts[0] != "web"
        }
        assert homes <= {("runtime", engine)}, f"a second {engine} engine: {homes}"
    formulas = [str(r) for p, r in modules() if "def parse_formula" in text_of(p)]
    units = [str(r) for p, r in modules() if "def parse_unit" in text_of(p)]
    supervisors = [str(r) for p, r in modules() if "pg_ctl" in text_of(p) or '"initdb"' in text_of(p)]
    assert len(formulas) == 1
    assert len(units) == 1
    assert {Path(s).parts[:2] for s in supervisors} == {("runtime", "database")}


def test_the_core_reads_no_clock_and_no_chance():
    forbidden = (
        "datetime.now(",
        "date.today(",
        "time.time(",
        "random.random",
        "np.random.default_rng(",
        "uuid4(",
    )
    wrong = []
    for path, relative in modules():
        if relative.parts[0] == "kernel" or "core" in relative.parts:
            text = text_of(path)
            wrong += [f"{relative}: {word}" for word in forbidden if word in text]
    assert wrong == []


def test_every_test_file_says_what_it_proves_and_none_is_skipped():
    words = ("pytest." + "skip", "mark." + "skip", "pytest." + "xfail", "mark." + "xfail")
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text("utf8")
        assert ast.get_docstring(ast.parse(text)), f"{path.name} has no docstring"
        assert not any(word in text for word in words), f"{path.name} skips"


def test_import_contracts_name_every_floor_and_room_of_the_plan():
    text = (ROOT / "pyproject.toml").read_text("utf8")
    missing = [f"{floor}.{room}" for floor, names in ROOMS.items() for room in names if room not in text]
    assert missing == []
    assert all(f"wufei.{floor}" in text for floor in FLOORS)


def test_nothing_in_the_project_needs_the_folders_beside_it():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    words = ("../" + "shared", "/work/" + "shared", "/work/" + "main")
    text_files = [
        ROOT / name
        for name in listed
        if Path(name).suffix in {".py", ".md", ".toml", ".yaml", ".html", ".js", ""}
    ]
    wrong = [
        str(p) for p in text_files if p.is_file() and any(w in p.read_text("utf8", "replace") for w in words)
    ]
    assert wrong == []
