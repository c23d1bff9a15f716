"""How the package hangs together: imports point one way, openai's private names stay in one module, no loose ends."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "fakeopenai"
MODULES = sorted(PACKAGE.rglob("*.py"))
OURS = sorted(path for folder in ("fakeopenai", "tests") for path in (ROOT / folder).rglob("*.py"))

LAYERS: dict[str, set[str]] = {
    "leaves": {
        "_examples", "_sdk", "_table", "_version", "annotations", "builtin", "calls", "clock", "defaults", "diff",
        "errors", "ids", "limits", "matching", "messages", "operation", "params", "schema", "shapes", "shortcuts",
        "snapshot", "state", "stringify", "tagged", "tokens", "voices",
    },
    "replies": {
        "assemble", "coercion", "faults", "items", "model_shapes", "replies", "request", "script", "streaming", "turn",
        "view",
    },
    "operations": {"operations", "pilot", "rules"},
    "backend": {"backend", "fitting", "readymade"},
    "clients": {"_tree", "client", "client_options", "endpoint", "handle", "parsing", "transport", "ways"},
    "outside": {
        "mocking", "pytest_plugin", "__init__", "__main__", "_codegen", "_example_reader", "_sdk_methods",
        "_sdk_reader", "_sdk_source", "coverage", "transcript",
    },
}  # fmt: skip
"""The layers of the package, the lowest first: a module imports from its own layer and from those below."""

UPWARD: set[tuple[str, str]] = set()
"""Imports that point up all the same, each for a reason that its line states."""


def part_of(path: Path) -> str:
    """The top-level module or package to which a file belongs."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_by(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """The top-level modules of ours that a file imports at run time, when it is imported itself."""
    for node in at_import(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from ((name, node) for name in names_of(node, path))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("fakeopenai."):
                    yield alias.name.split(".")[1], node


def names_of(node: ast.ImportFrom, path: Path) -> Iterator[str]:
    """What a ``from`` import of ours names."""
    if node.level:
        package = ["fakeopenai", *path.relative_to(PACKAGE).parts[:-1]]
        base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
    else:
        base = (node.module or "").split(".")
    if base[0] != "fakeopenai":
        return
    if len(base) > 1:
        yield base[1]
    else:
        yield from (alias.name for alias in node.names if (PACKAGE / alias.name).exists() or is_module(alias.name))


def is_module(name: str) -> bool:
    """Whether the package has a module of that name."""
    return (PACKAGE / f"{name}.py").exists()


def at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: neither function bodies nor ``if TYPE_CHECKING`` blocks."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (node for other in child.orelse for node in (other, *at_import(other)))
            continue
        yield child
        yield from at_import(child)


def layer_of(part: str) -> int:
    """The number of a part's layer."""
    return next(number for number, parts in enumerate(LAYERS.values()) if part in parts)


def test_every_module_has_its_layer() -> None:
    """A new module is put into a layer, on purpose."""
    known = set[str]().union(*LAYERS.values())
    assert {part_of(path) for path in MODULES} - known == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    """No module imports from a layer above its own."""
    part = part_of(path)
    upward = {(part, name) for name, _ in imported_by(path) if layer_of(name) > layer_of(part)}
    assert upward <= UPWARD


def test_state_and_schema_know_nothing_of_the_rest() -> None:
    """The leaves that are packages import leaves only, wherever in them."""
    for package in ("state", "schema"):
        for path in (PACKAGE / package).rglob("*.py"):
            assert {name for name, _ in imported_by(path)} <= LAYERS["leaves"], path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_private_names_of_openai_stay_in_one_module(path: Path) -> None:
    """``openai._base_client`` and the like are imported in ``_sdk.py`` only: what a new SDK breaks, it breaks there."""
    if path == PACKAGE / "_sdk.py":
        return
    private: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "openai":
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            private += [".".join(names) for name in names if name.startswith("_")]
        elif isinstance(node, ast.Import):
            private += [alias.name for alias in node.names if re.match(r"openai\..*\b_", alias.name)]
    assert private == []


HEAVY = re.compile(r"^openai\.(types|resources)\b")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_heavy_is_imported_at_the_top(path: Path) -> None:
    """``openai.types`` and ``openai.resources`` are huge: they are imported when somebody needs them, by name."""
    heavy = [
        ast.unparse(node)
        for node in at_import(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and HEAVY.match(node.module or ""))
        or (isinstance(node, ast.Import) and any(HEAVY.match(alias.name) for alias in node.names))
    ]
    assert heavy == []


def test_importing_the_package_imports_no_resource() -> None:
    """``import fakeopenai`` alone loads neither openai's resources nor its types, nor anything else that is big."""
    code = (
        "import sys, openai; before = set(sys.modules)\n"
        "from fakeopenai import FakeOpenAI, tool_call, VirtualClock\n"
        "loaded = {name.rpartition('.')[0] or name for name in set(sys.modules) - before}\n"
        "print(sorted(name for name in loaded if not name.startswith('fakeopenai')))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not re.search(r"'(openai\.(resources|types)|jsonschema|hypothesis|_?pytest|anyio)\b", run.stdout), run.stdout


def test_run_time_needs_three_packages() -> None:
    """openai, pydantic (with its core), typing-extensions, and what openai brings itself; all else is optional."""
    allowed = {"openai", "pydantic", "pydantic_core", "typing_extensions", "anyio", "httpx", "httpx2", "fakeopenai"}
    optional = {"pytest": {"pytest_plugin", "state"}, "hypothesis": {"state"}, "typer": set[str]()}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in (each.split(".")[0] for each in names):
                if name not in sys.stdlib_module_names and name not in allowed:
                    assert part_of(path) in optional.get(name, set()), f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    """A docstring of more than a few words, and the names that others may use."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    generated = path.read_text(encoding="utf-8").startswith("# GENERATED")
    assert generated or len(ast.get_docstring(tree) or "") >= 40 or path.name == "_version.py"


FORBIDDEN = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bissue \d+\b|(?<![\w.])/(?:home|root|tmp|work)/\w", re.IGNORECASE)


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_loose_ends(path: Path) -> None:
    """Neither reminders nor traces of whoever wrote it, nor of where."""
    if path == Path(__file__):
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if FORBIDDEN.search(line)] == []


def test_the_top_level_is_what_it_should_be() -> None:
    """Nothing lies about beside the package, its tests, its stubs and its papers."""
    try:
        tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    top = {line.partition("/")[0] for line in tracked.splitlines() if not line.startswith(".")}
    assert top <= {"fakeopenai", "tests", "typings", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"}
