"""README.md: every snippet runs, every row of its tables works, and its two commands are there."""

import contextlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import openai
import pytest

import fakeopenai
from fakeopenai import FakeOpenAI

ROOT = Path(__file__).parents[2]
PUBLIC: list[str] = vars(fakeopenai)["__all__"]
README = (ROOT / "README.md").read_text(encoding="utf-8")

FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    (README[: found.start()].count("\n") + 2, found[2]) for found in FENCED.finditer(README) if found[1] == "python"
]
WISHES = README.partition("## I want to")[2].partition("\n## ")[0]  # tests/plugin/ looks after the other tables
ROWS = re.findall(r"^\| (.+?) \| (`.+`) \|$", WISHES, re.MULTILINE)
SETTINGS = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
CELL = re.compile(r"`([^`]+)`")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What pytest says of each fenced block, as a test file of its own: ``"passed"``, or how it failed."""
    directory = tmp_path_factory.mktemp("readme")
    for line, code in BLOCKS:
        (directory / f"test_line_{line}.py").write_text(code, encoding="utf-8")
    (directory / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    report = directory / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(directory)]
    command += plugin_options()
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.exists(), run.stdout + run.stderr
    found: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):
        failures = [each.text or "" for kind in ("failure", "error") for each in case.iter(kind)]
        name = case.get("classname", "").rpartition(".")[2] or case.get("name", "").rpartition(".")[2]
        found[name] = "\n".join(filter(None, [found.get(name, ""), *failures]))
    return {name: text or "passed" for name, text in found.items()}


def plugin_options() -> list[str]:
    """How pytest gets our plugin where this checkout is not installed but only on the path."""
    from importlib.metadata import entry_points

    installed = any(point.value == "fakeopenai.pytest_plugin" for point in entry_points(group="pytest11"))
    return [] if installed else ["-p", "fakeopenai.pytest_plugin"]


@pytest.mark.parametrize("line", [line for line, _ in BLOCKS])
def test_a_snippet_passes_as_a_test_file(line: int, outcomes: dict[str, str]) -> None:
    """Whoever pastes a block into a test file and runs pytest sees it pass."""
    assert outcomes.get(f"test_line_{line}") == "passed"


def vocabulary() -> dict[str, Any]:
    """The names that the tables use."""
    names = {name: getattr(fakeopenai, name) for name in PUBLIC}
    fake = FakeOpenAI()
    create: Any = fake.chat.completions.create
    ask: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Paris?"}]}
    return {**names, "openai": openai, "ANY": ANY, "fake": fake, "create": create, "ask": ask}


@pytest.mark.parametrize(("wish", "cell"), ROWS, ids=lambda text: text[:40])
def test_a_row_of_a_table_works(wish: str, cell: str) -> None:
    """What a row says one should write runs, and whatever it scripts can be asked for."""
    for code in CELL.findall(cell):
        names = vocabulary()
        if "assert" in code or "call." in code:
            names["create"](**names["ask"])
            names["call"] = names["fake"].calls[-1]
        if "(batch" in code:
            job = {"input_file_id": "file-1", "endpoint": "/v1/responses", "completion_window": "24h"}
            names["batch"] = names["fake"].batches.create(**job)
        exec(code, names)
        if re.match(r"create\.(returns|raises|when)", code):
            asked = {"stream": True} if "chunk" in code else {}
            with contextlib.suppress(openai.APIError):  # what a row scripts may be an error
                answer = names["create"](**names["ask"], **asked)
                assert list(answer) if asked else answer, f"{wish}: {code}"


def test_the_two_commands_are_there() -> None:
    """A stranger installs with one command, and runs the suite with another; `.ci/run` takes the latter from here."""
    commands = [code.strip() for language, code in FENCED.findall(README) if language == "console"]
    assert commands == ["pip install . && python -m fakeopenai", "pip install '.[test]' && pytest"]


def test_every_public_name_is_told_of() -> None:
    """What the package offers at its top can be found on this page, but for what is only good for annotations."""
    untold = {name for name in PUBLIC if not re.search(rf"\b{name}\b", README)}
    assert untold <= {
        "Backend", "Call", "CallLog", "Clock", "Defaults", "Ids", "Request", "SystemClock", "ToolCall", "Turn", "text",
        "__version__",
    }  # fmt: skip


def test_the_page_fits_a_terminal() -> None:
    """Prose is wrapped; tables are as wide as they have to be."""
    assert not [line for line in README.splitlines() if len(line) > 140 and not line.startswith("|")]
