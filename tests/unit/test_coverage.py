"""The coverage page: every operation is on it, and what it says of each is true."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import FakeOpenAI, coverage
from fakeopenai.assemble import assemble
from fakeopenai.operation import installed, operations
from fakeopenai.operations import behaviour_of, own_behaviour
from fakeopenai.operations.crud import target_of
from fakeopenai.request import Answer, Request
from fakeopenai.state import SINGLE

ROWS = coverage.covered()


def test_every_operation_is_on_the_page_once() -> None:
    """The page is the table: no operation is missing, none is there twice."""
    assert [row.operation for row in ROWS] == list(operations().values())


def test_every_installed_operation_answers() -> None:
    """On the newest SDK all of the table answer; on an older one, all that it offers."""
    assert [row.operation.name for row in ROWS if (row.depth == "none") is installed(row.operation)] == []


def test_own_behaviour_is_registered_behaviour() -> None:
    """Own behaviour is said of what an area's module has registered, and of nothing else."""
    for row in ROWS:
        if row.depth != "none":
            assert (row.depth == "own") is (own_behaviour(row.operation) is not None), row


def test_generic_state_is_state() -> None:
    """What is created generically is kept: "state" is never said of an operation that forgets."""
    for operation, depth in ROWS:
        if depth == "state" and operation.kind == "create":
            fake = FakeOpenAI(missing="synthesize", strict=False)
            fake.backend.answer(Request(operation, {}, path_params=dict.fromkeys(operation.path_params, "x")))
            assert fake.state.resources(), operation
            assert sum(len(collection) for _, _, collection in fake.state.resources()) > 0, operation


def test_generic_state_is_read_and_forgotten() -> None:
    """What is kept comes back by generic retrieval and in generic lists, and is gone after generic deletion."""
    for operation, depth in ROWS:
        target = target_of(operation)
        if depth != "state" or operation.kind not in {"retrieve", "list", "delete"}:
            continue
        assert target is not None, operation
        fake = FakeOpenAI(missing="synthesize", strict=False)
        kept = fake.backend.state.collection(target.name, *("x" for _ in target.kept.parents))
        key = SINGLE if target.kept.single else "x"
        kept.put({**assemble(target.kept.type, {}), target.id_field: "x", "mark": "kept"}, key=key)
        answer: Any = fake.backend.answer(Request(operation, {}, path_params=dict.fromkeys(operation.path_params, "x")))
        if operation.kind == "delete":
            assert key not in kept, operation
        else:
            found = answer.body["data"][0] if "data" in answer.body else answer.body
            assert found["mark"] == "kept", operation


def test_shape_only_keeps_nothing() -> None:
    """What is said to be shape only leaves no object behind."""
    for operation, depth in ROWS:
        if depth == "shape":
            fake = FakeOpenAI(missing="synthesize", strict=False)
            behaviour = behaviour_of(operation)
            request = Request(operation, {}, path_params=dict.fromkeys(operation.path_params, "x"))
            assert behaviour.persist is None, operation
            assert isinstance(fake.backend.answer(request), Answer), operation
            assert list(fake.state.resources()) == [], operation


def test_the_text_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints a line for each operation and how many answer, on which SDK."""
    assert coverage.main([]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len([line for line in printed if " /" in line]) == len(operations())
    answering = sum(map(installed, operations().values()))
    assert f"{answering} of {len(operations())} operations answer, on openai {openai.__version__}." in printed


def test_the_markdown_has_a_table_for_each_area(capsys: pytest.CaptureFixture[str]) -> None:
    """As Markdown it is a page with a section for each area, and a row for each operation."""
    coverage.main(["--markdown"])
    printed = capsys.readouterr().out
    assert printed.startswith("# Coverage\n")
    for operation in operations().values():
        assert f"## {operation.area}\n" in printed
        assert printed.count(f"| `{operation.name}` | `{operation.verb} {operation.path}` | ") == 1


def test_the_page_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    """``--area`` and ``--depth`` leave only some of it."""
    coverage.main(["--area", "vector_stores.files"])
    lines = [line for line in capsys.readouterr().out.splitlines() if " /" in line]
    assert lines
    assert all(line.startswith("vector_stores.files.") for line in lines)


def test_an_unknown_area_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt area is said to be one, rather than printing an empty page."""
    with pytest.raises(SystemExit):
        coverage.main(["--area", "vectorstores"])
    assert "there is no operation below 'vectorstores'" in capsys.readouterr().err


def test_nothing_of_a_depth_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """An area that is there, with nothing of the depth that is asked for, is a page that says so."""
    assert coverage.main(["--area", "files", "--depth", "shape"]) == 0
    assert "0 of 0 operations answer" in capsys.readouterr().out
