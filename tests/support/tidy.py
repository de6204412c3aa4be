"""The style guide as rules: each looks at one file, or at all of them, and says where and what to do."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
DOCSTRING_LINES_MAX = 40
SUMMARY_CHARACTERS_MAX = 120

PURE_ROOMS = ("wire", "dialects", "catalog", "routing", "ledger", "access", "evidence")
PURE_FILES = ("errors", "money", "ids", "limits", "usage")
IMPURE_MODULES = frozenset(("asyncio", "socket", "ssl", "time", "random", "os", "sqlite3", "logging", "threading"))
EXACT_PLACES = ("routeproof/money.py", "routeproof/catalog/")
"""Where money is counted, and so nothing is a float."""

BANNED_CALLS = {
    "eval": "nothing that comes from outside is ever run; parse it",
    "exec": "nothing that comes from outside is ever run; parse it",
    "pickle.load": "unpickling runs code; use msgspec",
    "pickle.loads": "unpickling runs code; use msgspec",
    "yaml.load": "it runs code; the configuration is TOML",
    "asyncio.create_task": "an unreferenced task may vanish; use routeproof.net.tasks.Tasks",
    "asyncio.ensure_future": "an unreferenced task may vanish; use routeproof.net.tasks.Tasks",
    "print": "only the command line prints; log, or return the text",
    **dict.fromkeys(
        ("time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today"),
        "take a routeproof.clock.Clock, so that tests can set the time",
    ),
}
ALLOWED_CALLS = {
    "asyncio.create_task": ("src/routeproof/net/tasks.py", "tests/"),
    "asyncio.ensure_future": ("src/routeproof/net/tasks.py",),
    "print": ("src/routeproof/cli/",),
    "exec": ("tests/docs/", "tests/support/"),  # the documentation's examples are run as they stand
    **dict.fromkeys(
        ("time.time", "time.time_ns", "datetime.now", "datetime.utcnow"), ("src/routeproof/clock.py", "tests/")
    ),
}
"""Call -> where it may stand; a path that ends in `/` means everything below."""

SQL_CALLS = frozenset(("execute", "executemany", "executescript", "exec_driver_sql", "text"))
MARKERS = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|WIP)\b")


@dataclass(frozen=True)
class Complaint:
    """What is wrong, where, and what to do about it."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass
class SourceFile:
    """One Python file, read and parsed."""

    path: str
    """From the root of the repository, with forward slashes."""
    text: str
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        """The dotted name under which others import it."""
        parts = Path(self.path).with_suffix("").parts
        name = ".".join(parts[1:] if parts[0] == "src" else parts)
        return name.removesuffix(".__init__")

    def complain(self, node: ast.AST | int, what: str) -> Complaint:
        """A complaint about a node, or a line, of this file."""
        return Complaint(self.path, node if isinstance(node, int) else getattr(node, "lineno", 1), what)


Found = Iterator[Complaint]
FileRule = Callable[[SourceFile], Found]
TreeRule = Callable[[list[SourceFile]], Found]


def read_sources(root: Path, *folders: str) -> list[SourceFile]:
    """Every Python file in these folders of the repository."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [SourceFile(path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in paths]


# -- sizes and words


def size_of_files(file: SourceFile) -> Found:
    """A file does one thing."""
    lines = file.text.count("\n")
    if lines > FILE_LINES_MAX:
        yield file.complain(1, f"{lines} lines; split it: a file has at most {FILE_LINES_MAX} and does one thing")


def size_of_functions(file: SourceFile) -> Found:
    """A function can be seen at once."""
    for function in functions(file.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield file.complain(function, f"{function.name} has {lines} lines; split it: at most {FUNCTION_LINES_MAX}")


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, methods and inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def docstrings_of_modules(file: SourceFile) -> Found:
    """A file says at its top what it is for, in one line; more may follow, but no treatise."""
    docstring = ast.get_docstring(file.tree)
    if docstring is None:
        yield file.complain(1, "no docstring; say at the top, in one line, what this file is for")
        return
    lines = docstring.split("\n")
    if len(lines[0]) > SUMMARY_CHARACTERS_MAX or (len(lines) > 1 and lines[1]):
        yield file.complain(1, "the docstring's first line must be a summary, with an empty line after it")
    if len(lines) > DOCSTRING_LINES_MAX:
        yield file.complain(
            1, f"a docstring of {len(lines)} lines; move what is more than {DOCSTRING_LINES_MAX} to docs/"
        )


def docstrings_of_tests(file: SourceFile) -> Found:
    """A test's docstring is the specification."""
    if not file.path.startswith("tests/"):
        return
    for function in functions(file.tree):
        if function.name.startswith("test_") and ast.get_docstring(function) is None:
            yield file.complain(function, f"{function.name} has no docstring; say in one sentence what holds")


def leftover_markers(file: SourceFile) -> Found:
    """What is left to do is done, or is an issue."""
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        marker = MARKERS.search(token.string) if token.type == tokenize.COMMENT else None
        if marker is not None:
            yield file.complain(
                token.start[0], f"{marker[0]} in a comment; do it now, or open an issue and drop the comment"
            )


# -- calls and handlers


def _dotted(node: ast.expr) -> str:
    """`a.b.c` as written; empty for anything else."""
    if isinstance(node, ast.Attribute):
        prefix = _dotted(node.value)
        return f"{prefix}.{node.attr}" if prefix else ""
    return node.id if isinstance(node, ast.Name) else ""


def banned_calls(file: SourceFile) -> Found:
    """Calls that have a better way here, but for the one place where that way is made."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            name = _dotted(node.func)
            places = ALLOWED_CALLS.get(name, ())
            if name in BANNED_CALLS and not file.path.startswith(places):
                yield file.complain(node, f"{name}() is banned: {BANNED_CALLS[name]}")


def built_sql(file: SourceFile) -> Found:
    """A statement is a constant and values are its parameters; only a named constant may stand in its text."""
    if not file.path.startswith("src/"):
        return
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else _dotted(node.func)
        if name in SQL_CALLS and _is_built_text(node.args[0]):
            yield file.complain(
                node, f"SQL built from text is passed to {name}(); write a constant and bind parameters"
            )


def _is_built_text(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) and not _is_constant(part.value) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(_is_text(side) for side in (node.left, node.right))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join")


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.isupper()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def swallowed_exceptions(file: SourceFile) -> Found:
    """A fault is handled or reported, never lost."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield file.complain(node, "bare except; name the exceptions that are expected here")
        elif _dotted(node.type) in ("Exception", "BaseException") and all(
            isinstance(row, ast.Pass) for row in node.body
        ):
            yield file.complain(
                node, f"except {_dotted(node.type)}: pass hides every fault; name what is expected, or report it"
            )


# -- purity


def floats_near_money(file: SourceFile) -> Found:
    """Money and prices are integers, decimals and fractions."""
    if not any(place in file.path for place in EXACT_PLACES) or not file.path.startswith("src/"):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield file.complain(node, f"the float {node.value}; money is exact: use an integer, Decimal or Fraction")
        elif isinstance(node, ast.Call) and _dotted(node.func) == "float":
            yield file.complain(node, "float() near money; use an integer, Decimal or Fraction")


def impure_imports(file: SourceFile) -> Found:
    """The core gets bytes, values and the time, and gives back values."""
    parts = file.module.split(".")
    if len(parts) < 2 or parts[0] != "routeproof" or parts[1] not in PURE_ROOMS + PURE_FILES:
        return
    for name, node in imported_names(file.tree):
        if name.split(".")[0] in IMPURE_MODULES:
            yield file.complain(
                node, f"{parts[1]} is pure and may not import {name}; let the caller pass what it needs"
            )


# -- the graph of imports


def imported_names(tree: ast.AST, *, at_import: bool = False) -> Iterator[tuple[str, ast.stmt]]:
    """Every module, or member of one, that is imported; with `at_import` only what the import itself runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)
        elif isinstance(node, ast.If) and _dotted(node.test).endswith("TYPE_CHECKING"):
            continue
        elif not (at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            yield from imported_names(node, at_import=at_import)


def import_graph(files: list[SourceFile], *, at_import: bool) -> dict[str, set[str]]:
    """Module -> the modules among these files that it imports."""
    modules = {file.module for file in files}
    graph: dict[str, set[str]] = {}
    for file in files:
        names = {name for name, _ in imported_names(file.tree, at_import=at_import)}
        found = {name if name in modules else name.rpartition(".")[0] for name in names}
        graph[file.module] = (found & modules) - {file.module}
    return graph


def import_cycles(files: list[SourceFile]) -> Found:
    """Modules can be understood one after another."""
    graph = import_graph(files, at_import=True)
    while leaves := [module for module, needs in graph.items() if not needs & graph.keys()]:
        for module in leaves:
            del graph[module]
    if graph:
        walked = [min(graph)]
        while walked[-1] not in walked[:-1]:
            walked.append(min(graph[walked[-1]] & graph.keys()))
        circle = walked[walked.index(walked[-1]) :]
        file = next(file for file in files if file.module == circle[0])
        yield file.complain(1, f"import cycle {' -> '.join(circle)}; move what both need to a lower module")


def dead_modules(files: list[SourceFile], entry_points: frozenset[str]) -> Found:
    """Every module is used: imported, started, run as a migration, or found by its folder's registry."""
    graph = import_graph(files, at_import=False)
    used = set().union(*graph.values()) | entry_points
    for file in files:
        name = Path(file.path).name
        found_by_folder = "/migrations/" in file.path or "/prover/checks/" in file.path
        if file.module not in used and name not in ("__init__.py", "__main__.py") and not found_by_folder:
            yield file.complain(1, f"nothing imports {file.module}; use it or delete it")


def repeated_test_names(files: list[SourceFile]) -> Found:
    """A test file can be named without its folder."""
    seen: dict[str, str] = {}
    for file in files:
        name = Path(file.path).name
        if name.startswith("test_"):
            if name in seen:
                yield file.complain(1, f"{seen[name]} has the same name; rename one of them")
            seen[name] = file.path


FILE_RULES: tuple[FileRule, ...] = (
    size_of_files,
    size_of_functions,
    docstrings_of_modules,
    docstrings_of_tests,
    leftover_markers,
    banned_calls,
    built_sql,
    swallowed_exceptions,
    floats_near_money,
    impure_imports,
)
