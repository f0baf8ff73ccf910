"""The rules of the house that no linter knows, read from the source itself."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PRODUCT = ("api/", "geo/", "payments/", "mobile/", "citizen_app/", "field_app/")
VAGUE = {"utils", "helpers", "common", "misc"}
MAX_LINES = 400


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is or would be committed; from the folder itself where the sources came without git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = ""
    if shutil.which("git"):
        listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False).stdout
    if listed:
        names = sorted(set(listed.split("\0")) - {""})
    else:
        built = re.compile(r"(^|/)(\.(?!ci/)[^/]+|node_modules|build|dist|vendor|[^/]*egg-info|__pycache__)/")
        names = sorted(str(path.relative_to(CHECKOUT)) for path in CHECKOUT.rglob("*"))
        names = [name for name in names if not built.search(f"{name}/")]
    return tuple(path for name in names if (path := CHECKOUT / name).is_file())


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def python_files(*folders: str, but: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.Module]]:
    """Name and tree of every Python file below the folders."""
    for path in tracked_files():
        name = str(path.relative_to(CHECKOUT))
        if path.suffix == ".py" and name.startswith(folders) and not name.startswith(but or ("\0",)):
            yield name, parsed(path)


@cache
def calls(tree: ast.AST) -> tuple[tuple[str, ast.Call], ...]:
    """Every call with the dotted text of what is called."""
    return tuple((ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def places(files: Iterator[tuple[str, ast.Module]], pattern: str) -> list[str]:
    """Where something that matches the pattern is called."""
    wanted = re.compile(pattern)
    return [f"{name}:{call.lineno}" for name, tree in files for called, call in calls(tree) if wanted.search(called)]


# --- transactions and SQL ---------------------------------------------------------------------------------------


def test_only_the_edge_of_the_database_commits():
    assert len(places(python_files("api/core/db.py"), r"\.commit$")) == 1
    assert places(python_files("api/", but=("api/core/db.py", "api/migrations/")), r"\.commit$") == []


def test_engines_are_made_in_core_and_migrations_only():
    made = places(python_files("api/", but=("api/core/db.py", "api/migrations/")), r"(^|\.)create_(async_)?engine$")
    assert made == []


QUERY_BUILDER = re.compile(r"(^|\.)select$|^((sa|sqlalchemy|sqlmodel)\.)?(insert|update|delete|text)$")
SQL = re.compile(r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s)")


def sql_in(tree: ast.AST) -> list[int]:
    """Lines with a query builder's call or an SQL text."""
    built = [call.lineno for called, call in calls(tree) if QUERY_BUILDER.search(called)]
    texts = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    return built + texts


def test_routes_and_pages_contain_no_query():
    found = [
        f"{name}:{line}"
        for name, tree in python_files("api/")
        if Path(name).name == "routes.py" or name.startswith("api/console/")
        for line in sql_in(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "rows = select(Complaint)",
        "sa.update(Complaint)",
        "sql = 'SELECT id FROM complaint'",
        "'UPDATE complaint SET x'",
    ],
)
def test_a_query_in_a_route_would_be_seen(source):
    assert sql_in(ast.parse(source)) != []


# --- time, money, printing, names -------------------------------------------------------------------------------


def test_time_is_taken_from_the_clock():
    read = places(
        python_files("api/", "payments/", "geo/", but=("api/core/clock.py",)),
        r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$",
    )
    assert read == []


def test_money_is_never_a_float():
    floats = [
        f"{name}:{node.lineno}"
        for name, tree in python_files("payments/")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert floats == []


def test_only_the_command_line_prints():
    assert places(python_files(*PRODUCT, but=("api/cli/",)), r"^(builtins\.)?p?print$") == []


def test_files_stay_short():
    long = {
        name: lines
        for name, _ in python_files(*PRODUCT, "tests/", but=("api/migrations/versions/",))
        if (lines := len((CHECKOUT / name).read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def chosen_names(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function that we named ourselves: the methods of a class with a base may have to be called so."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        if not (isinstance(node, ast.ClassDef) and node.bases):
            yield from chosen_names(node)


def test_names_say_the_act():
    vague_files = [name for name, _ in python_files(*PRODUCT) if Path(name).stem in VAGUE]
    vague_verbs = [
        f"{name}:{function.lineno} {function.name}"
        for name, tree in python_files(*PRODUCT)
        for function in chosen_names(tree)
        if re.match(r"_?(process|handle|manage)_", function.name)
    ]
    assert vague_files == []
    assert vague_verbs == []


# --- jobs ---------------------------------------------------------------------------------------------------------

NAME_POSITION = {"enqueue": 1, "job_parameters": 0}


def constants(tree: ast.Module) -> dict[str, object]:
    """The module's own `NAME = "text"` lines."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def literal(tree: ast.Module, node: ast.expr | None) -> object:
    """The text that stands there, itself or as a constant of this module; None where grep could not find it."""
    if isinstance(node, ast.Name):
        return constants(tree).get(node.id)
    return node.value if isinstance(node, ast.Constant) else None


def job_names_used(tree: ast.Module) -> list[tuple[int, object]]:
    """Line and job name of everything enqueued."""
    used = []
    for called, call in calls(tree):
        position = NAME_POSITION.get(called.rsplit(".", 1)[-1])
        if position is not None:
            given = [keyword.value for keyword in call.keywords if keyword.arg == "name"] or call.args[position:]
            used.append((call.lineno, literal(tree, given[0] if given else None)))
    return sorted(used)


def job_names_registered() -> set[object]:
    return {
        literal(tree, node)
        for _, tree in python_files("api/")
        for called, call in calls(tree)
        if called in {"job", "jobs.job"}
        for node in call.args[:1]
    } - {None}


def test_every_enqueued_job_is_registered_under_a_name_that_grep_finds():
    registered = job_names_registered()
    lost = [
        f"{name}:{line} {job}"
        for name, tree in python_files("api/", but=("api/core/jobs.py",))
        for line, job in job_names_used(tree)
        if job not in registered
    ]
    assert lost == []


def test_a_job_name_that_is_computed_or_misspelt_would_be_seen():
    source = "await enqueue(session, f'notices.{kind}', 1)\njobs.job_parameters('notices.sned', 1)"
    assert job_names_used(ast.parse(source)) == [(1, None), (2, "notices.sned")]


# --- tests --------------------------------------------------------------------------------------------------------

ASSERTS = re.compile(r"(^|\.)(_?(assert|check|expect|refuse)(_\w+)?|raises|warns|fail)$")


def asserts_something(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and "AssertionError" in ast.unparse(node))
        for node in ast.walk(function)
    ) or any(ASSERTS.search(called) for called, _ in calls(function))


def test_every_test_asserts():
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in python_files("tests/")
        if Path(name).name.startswith("test_")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not asserts_something(node)
    ]
    assert silent == []


def test_a_test_without_an_assertion_would_be_seen():
    assert not asserts_something(ast.parse("def test_x(client):\n    client.get('/')"))
    assert asserts_something(ast.parse("def test_x():\n    with pytest.raises(ValueError):\n        int('x')"))


# --- what a published file never says -----------------------------------------------------------------------------

REGISTRIES = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("deb", "debian", "org"),
    ("yarnpkg", "com"), ("archive", "ubuntu", "com"),
)]  # fmt: skip
# A path of somebody's machine; written so that this line is none.
MACHINE_PATHS = re.compile(r"(?<![\w./$}-])/(work|root|home|Users)/[\w.]|[A-Z]:\\\\?Users")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
TEXT_SUFFIXES = {
    "", ".py", ".md", ".toml", ".txt", ".lock", ".json", ".html", ".css", ".js", ".mjs", ".sql", ".ini", ".conf",
    ".service", ".mako", ".svg", ".yml", ".yaml", ".kv", ".spec", ".po", ".geojson",
}  # fmt: skip


def lines_with(*patterns: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked_files():
        if path.suffix in TEXT_SUFFIXES and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if any(pattern.search(line) for pattern in patterns):
                    found.append(f"{path.relative_to(CHECKOUT)}:{number}")
    return found


def test_no_file_names_the_host_of_a_package_registry():
    assert lines_with(*(re.compile(rf"\b{re.escape(host)}") for host in REGISTRIES)) == []


def test_no_file_names_a_path_of_one_machine():
    assert lines_with(MACHINE_PATHS) == []


@pytest.mark.parametrize("text", ["cd /ro" + "ot/x", "'/wo" + "rk/main'", "/ho" + "me/ali/cep"])
def test_a_path_of_one_machine_would_be_seen(text):
    assert MACHINE_PATHS.search(text)


def test_nothing_is_left_unfinished():
    assert lines_with(UNFINISHED) == []
