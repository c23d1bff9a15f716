"""Type tests: pyright and mypy say of the fakes what they say of the real client; and the stub tells the truth."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import openai
import pytest

from fakeopenai import _tree
from fakeopenai.endpoint import EndpointDescriptor

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STUB = Path(_tree.__file__).with_suffix(".pyi")


def check(*command: str) -> None:
    """Run a type checker; skip, with the reason, where it isn't there."""
    tool = Path(sys.executable).parent / command[0]
    if not tool.exists():
        pytest.skip(f"{command[0]} is not installed; it comes with the extra `dev`")
    first = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)
    if first.returncode:
        pytest.skip(f"{command[0]} doesn't start: {first.stderr.strip()[-200:]}")
    run = subprocess.run(
        [tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )
    assert run.returncode == 0, run.stdout + run.stderr


def newest() -> None:
    """Skip where the SDK is another one than the stub is written for."""
    written = re.search(r"from openai ([\d.]+)", STUB.read_text(encoding="utf-8"))
    assert written is not None
    if written[1] != openai.__version__:
        pytest.skip(f"the stub is written for openai {written[1]}, not {openai.__version__}")


CHECKED = sorted(str(path.relative_to(ROOT)) for path in HERE.glob("*.py") if not path.name.startswith("test_"))


def test_pyright() -> None:
    """Pyright, strict: every line is what it says, and every ignored error is one."""
    newest()
    check("pyright", "--pythonpath", sys.executable, *CHECKED)


def test_mypy(tmp_path: Path) -> None:
    """Mypy, strict: the same."""
    newest()
    options = ["--cache-dir", str(tmp_path), "--python-executable", sys.executable, "--follow-imports", "silent"]
    check("mypy", *options, *CHECKED)


# ------------------------------------------------------------------------------------------------ stub and run time


def classes() -> Iterator[tuple[str, list[str]]]:
    """The public classes of the stub, each with the attributes that it declares."""
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Fake"):
            yield node.name, [each.name for each in node.body if isinstance(each, ast.FunctionDef)]


def present(real: type[Any]) -> set[str]:
    """The endpoints and sub-resources that a fake class has at run time."""
    faked = {name for name, member in vars(real).items() if isinstance(member, EndpointDescriptor | cached_property)}
    return {name for name in faked if not name.startswith("_")}


@pytest.mark.parametrize(
    ("name", "declared"), list(classes()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_stub_is_what_is_there(name: str, declared: list[str]) -> None:
    """What the stub says of a class is there at run time, and what is there stands in the stub."""
    newest()
    real: Any = getattr(_tree, name)
    if declared or not name.endswith("Tree"):  # the roots inherit what they declare
        assert set(declared) == present(real)
    for attribute in declared:
        assert hasattr(real, attribute)


@pytest.mark.parametrize("root", ["", "Async"])
def test_the_roots_stub_is_what_is_there(root: str) -> None:
    """The same for the clients themselves."""
    newest()
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    wanted = f"_{root}Root"
    node = next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == wanted)
    declared = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    for client in (f"Fake{root}OpenAITree", f"Fake{root}AzureOpenAITree"):
        assert declared == present(getattr(_tree, client))
