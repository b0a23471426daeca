"""What import-linter cannot see: who prints, who reads the environment, who knows the time, how long things are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

import error_classification

ROOT = Path(error_classification.__file__).parent
MODULES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}

LONGEST_FILE, MEDIAN_FILE = 300, 100
LONGEST_FUNCTION, MEDIAN_FUNCTION = 40, 10

CATCH_ALL = {"cli/app.py"}
CLOCK = {"wiring/clock.py"}
ENVIRONMENT = {"config/resolving.py", "config/surroundings.py"}
CLOCK_CALLS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in MODULES.items():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, kind))


def places(found: Iterator[tuple[str, ast.AST]]) -> list[str]:
    return [f"{name}:{node.lineno}" for name, node in found]  # type: ignore[attr-defined]


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls; empty where it is no name."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) else ""


def test_only_the_command_line_prints() -> None:
    wanted = {"print", "sys.stdout.write", "sys.stderr.write"}
    assert places((name, node) for name, node in nodes(ast.Call) if called(node) in wanted and not name.startswith("cli/")) == []


def test_the_environment_is_read_in_one_place() -> None:
    def reads(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getuser")

    assert {name for name, node in nodes(ast.Attribute) if reads(node)} <= ENVIRONMENT
    imports = ((name, node) for name, node in nodes(ast.ImportFrom) if isinstance(node, ast.ImportFrom) and node.module == "os")
    taken = [alias.name for _, node in imports if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert not {"environ", "getenv"} & set(taken)


def test_the_time_is_known_in_one_place() -> None:
    def asks(node: ast.AST) -> bool:
        owner, _, name = called(node).rpartition(".")
        return name in CLOCK_CALLS and owner.split(".")[-1] in ("datetime", "date", "time")

    assert {name for name, node in nodes(ast.Call) if asks(node)} == CLOCK


def test_no_packed_test_data_holds_the_time_of_packing() -> None:
    """Two workers that collect a table of cases at different seconds would not agree on its names."""
    trees = ((path.name, ast.parse(path.read_text("utf-8"))) for path in sorted(Path(__file__).parent.rglob("*.py")))
    calls = ((name, node) for name, tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    packing = [(name, node) for name, node in calls if called(node) == "gzip.compress"]
    assert packing
    assert places((name, node) for name, node in packing if "mtime" not in {keyword.arg for keyword in node.keywords}) == []


def test_everything_is_caught_in_one_place() -> None:
    def catches_all(node: ast.AST) -> bool:
        caught = node.type if isinstance(node, ast.ExceptHandler) else None
        names = {ast.unparse(item) for item in (caught.elts if isinstance(caught, ast.Tuple) else [caught]) if item}
        return not names or bool(names & {"Exception", "BaseException"})

    assert {name for name, node in nodes(ast.ExceptHandler) if catches_all(node)} == CATCH_ALL
    assert len([name for name, node in nodes(ast.ExceptHandler) if catches_all(node)]) == 1


def test_no_file_is_too_long() -> None:
    lengths = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    assert median(lengths.values()) <= MEDIAN_FILE


def test_no_function_is_too_long() -> None:
    functions = [*nodes(ast.FunctionDef), *nodes(ast.AsyncFunctionDef)]
    lengths = {f"{name}:{node.lineno} {node.name}": _length(node) for name, node in functions}  # type: ignore[attr-defined]
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= MEDIAN_FUNCTION


def _length(node: ast.AST) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    documentation = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - documentation


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is(name: str) -> None:
    tree = MODULES[name]
    assert ast.get_docstring(tree) or not tree.body


def test_nothing_is_left_to_be_done() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    text = {name: (ROOT / name).read_text("utf-8") for name in MODULES}
    assert [name for name in text if any(mark in text[name] for mark in marks)] == []
    assert places((name, node) for name, node in nodes(ast.Name) if ast.unparse(node) == "NotImplementedError") == []
