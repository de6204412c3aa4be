"""The style guide as a test: the tree keeps every rule, and each rule finds what it is there to find."""

import tomllib
from pathlib import Path

import pytest
from tests.support import tidy
from tests.support.tidy import Complaint, FileRule, SourceFile

from routeproof.cli.commands import PLACES

ROOT = Path(__file__).parents[1]
FILES = tidy.read_sources(ROOT, "src", "tests")
SOURCES = [file for file in FILES if file.path.startswith("src/")]


def entry_points() -> frozenset[str]:
    """The modules that `pyproject.toml` names as programs, and those of the commands, which are read when called."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    commands = (f"routeproof.cli.{place}" for place in PLACES.values())
    return frozenset(target.partition(":")[0] for target in (*scripts.values(), *commands))


def told(complaints: list[Complaint]) -> str:
    """Complaints as lines to act on."""
    return "\n".join(["", *map(str, complaints)])


@pytest.mark.parametrize("rule", tidy.FILE_RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: FileRule) -> None:
    """Each rule holds in every file of the sources and the tests."""
    complaints = [complaint for file in FILES for complaint in rule(file)]
    assert not complaints, told(complaints)


def test_no_import_leads_in_a_circle() -> None:
    """The sources can be read one module after another."""
    complaints = list(tidy.import_cycles(SOURCES))
    assert not complaints, told(complaints)


def test_no_module_is_dead() -> None:
    """Every module of the sources is imported, started, or a migration."""
    complaints = list(tidy.dead_modules(SOURCES, entry_points()))
    assert not complaints, told(complaints)


def test_every_module_that_is_compiled_is_there() -> None:
    """The compiler's hook passes over a name that is no file, and what was meant stays slow."""
    hook = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    named = hook["hooks"]["mypyc"]["include"]
    assert [name for name in named if not ROOT.joinpath(name.lstrip("/")).is_file()] == []


def test_no_two_test_files_have_one_name() -> None:
    """A test file can be named without its folder."""
    complaints = list(tidy.repeated_test_names(FILES))
    assert not complaints, told(complaints)


def source(text: str, path: str = "src/routeproof/gateway/sample.py") -> SourceFile:
    """A file with a docstring and this text, which begins on line 3."""
    return SourceFile(path, f'"""A sample."""\n\n{text}\n')


LONG_FUNCTION = "def long() -> None:\n" + "    step()\n" * 70
BROKEN: list[tuple[FileRule, SourceFile, int]] = [
    (tidy.size_of_files, source("x = 1\n" * 399), 1),
    (tidy.size_of_functions, source(LONG_FUNCTION), 3),
    (tidy.size_of_functions, source("class A:\n    async " + LONG_FUNCTION.replace("\n", "\n    ")), 4),
    (tidy.docstrings_of_modules, SourceFile("src/a.py", "x = 1\n"), 1),
    (tidy.docstrings_of_modules, SourceFile("src/a.py", '"""A summary\nthat goes on."""\n'), 1),
    (tidy.docstrings_of_modules, SourceFile("src/a.py", f'"""{"word " * 30}."""\n'), 1),
    (tidy.docstrings_of_modules, SourceFile("src/a.py", '"""A summary.\n\n' + "more\n" * 40 + '"""\n'), 1),
    (tidy.docstrings_of_tests, source("def test_it() -> None:\n    assert True", "tests/test_a.py"), 3),
    (tidy.leftover_markers, source("x = 1  # TO" + "DO: more"), 3),
    (tidy.banned_calls, source("eval('1')"), 3),
    (tidy.banned_calls, source("import pickle\npickle.loads(b'')"), 4),
    (tidy.banned_calls, source("yaml.load(text)"), 3),
    (tidy.banned_calls, source("task = asyncio.create_task(run())"), 3),
    (tidy.banned_calls, source("print('x')"), 3),
    (tidy.banned_calls, source("print('x')", "tests/unit/test_a.py"), 3),
    (tidy.banned_calls, source("now = time.time()"), 3),
    (tidy.banned_calls, source("now = datetime.now(tz=UTC)"), 3),
    (tidy.built_sql, source("db.execute(f'select * from {table}')"), 3),
    (tidy.built_sql, source("db.execute('select * from %s' % table)"), 3),
    (tidy.built_sql, source("db.executemany('select ' + columns, rows)"), 3),
    (tidy.built_sql, source("db.execute(text('select {}'.format(column)))"), 3),
    (tidy.swallowed_exceptions, source("try:\n    run()\nexcept:\n    stop()"), 5),
    (tidy.swallowed_exceptions, source("try:\n    run()\nexcept Exception:\n    pass"), 5),
    (tidy.floats_near_money, source("half = 0.5", "src/routeproof/money.py"), 3),
    (tidy.floats_near_money, source("price = float(text)", "src/routeproof/catalog/pricing/rates.py"), 3),
    (tidy.impure_imports, source("import asyncio", "src/routeproof/wire/a.py"), 3),
    (tidy.impure_imports, source("import os.path", "src/routeproof/access/a.py"), 3),
    (tidy.impure_imports, source("from time import monotonic", "src/routeproof/money.py"), 3),
    (tidy.impure_imports, source("def f():\n    import random", "src/routeproof/routing/a.py"), 4),
]


@pytest.mark.parametrize(
    ("rule", "file", "line"), BROKEN, ids=[f"{row[0].__name__}-{at}" for at, row in enumerate(BROKEN)]
)
def test_each_rule_finds_what_it_is_there_to_find(rule: FileRule, file: SourceFile, line: int) -> None:
    """A seeded offence is found once, on its line, with what to do."""
    (complaint,) = rule(file)
    assert (complaint.path, complaint.line) == (file.path, line)
    assert str(complaint).startswith(f"{file.path}:{line}: ")
    assert ";" in complaint.what or ":" in complaint.what or "must" in complaint.what


KEPT: list[tuple[FileRule, SourceFile]] = [
    (tidy.size_of_files, source("x = 1\n" * 397)),
    (tidy.size_of_functions, source(LONG_FUNCTION.removesuffix("    step()\n"))),
    (tidy.docstrings_of_modules, source("")),
    (tidy.leftover_markers, source("text = 'TO" + "DO'\nhacked = 1  # todolist")),
    (tidy.banned_calls, source("print('x')", "src/routeproof/cli/a.py")),
    (tidy.banned_calls, source("task = asyncio.create_task(run())", "src/routeproof/net/tasks.py")),
    (tidy.banned_calls, source("now = time.time_ns()", "src/routeproof/clock.py")),
    (tidy.banned_calls, source("self.print()\nnow = time.monotonic()\nclock.time.time")),
    (tidy.built_sql, source("db.execute(f'select * from {table}')", "tests/unit/test_a.py")),
    (tidy.banned_calls, source("exec(example)", "tests/docs/test_a.py")),
    (
        tidy.built_sql,
        source("db.execute('select ?', (x,))\ndb.execute(f'pragma x = {_MAX_BYTES}')\nrun(f'{x}')\nsql = 'a' + b"),
    ),
    (
        tidy.swallowed_exceptions,
        source("try:\n    run()\nexcept ValueError:\n    pass\nexcept Exception:\n    report()"),
    ),
    (tidy.floats_near_money, source("half = 0.5")),
    (tidy.impure_imports, source("import asyncio", "src/routeproof/net/a.py")),
    (tidy.impure_imports, source("import re\nfrom routeproof.clock import Clock", "src/routeproof/wire/a.py")),
    (tidy.impure_imports, source("if TYPE_CHECKING:\n    import ssl", "src/routeproof/wire/a.py")),
]


@pytest.mark.parametrize(("rule", "file"), KEPT, ids=[f"{row[0].__name__}-{at}" for at, row in enumerate(KEPT)])
def test_no_rule_complains_about_its_neighbours(rule: FileRule, file: SourceFile) -> None:
    """What is just within a rule, or only looks like an offence, is left alone."""
    assert list(rule(file)) == []


def module(name: str, text: str) -> SourceFile:
    """A module of the package."""
    return SourceFile(f"src/routeproof/{name}.py", f'"""A sample."""\n{text}\n')


def test_a_circle_of_imports_is_found_and_shown() -> None:
    """Whatever hangs on it; imports inside functions and for types alone make no circle."""
    circle = [
        module("a", "from routeproof.b import x"),
        module("b", "import routeproof.c"),
        module("c", "try:\n    from routeproof import a\nexcept ImportError:\n    a = None"),
        module("d", "from routeproof.a import y"),
    ]
    (complaint,) = tidy.import_cycles(circle)
    assert "routeproof.a -> routeproof.b -> routeproof.c -> routeproof.a" in complaint.what

    later = module("c", "if TYPE_CHECKING:\n    from routeproof import a\ndef f():\n    from routeproof.a import y")
    assert list(tidy.import_cycles([*circle[:2], later, circle[3]])) == []


def test_a_dead_module_is_found() -> None:
    """Not one that is imported inside a function, is a program, a package, or a migration."""
    files = [
        module("wiring", "def main():\n    from routeproof.used import x"),
        module("used", ""),
        module("dead", "import routeproof.used"),
        module("admin/__init__", ""),
        module("admin/__main__", ""),
        module("store/migrations/versions/v1", ""),
    ]
    assert [complaint.path for complaint in tidy.dead_modules(files, frozenset(("routeproof.wiring",)))] == [
        "src/routeproof/dead.py"
    ]


def test_a_repeated_test_name_is_found() -> None:
    """With the other file's path; helpers may share a name."""
    files = [source("", path) for path in ("tests/a/test_x.py", "tests/b/test_x.py", "tests/a/h.py", "tests/b/h.py")]
    (complaint,) = tidy.repeated_test_names(files)
    assert (complaint.path, "tests/a/test_x.py" in complaint.what) == ("tests/b/test_x.py", True)
