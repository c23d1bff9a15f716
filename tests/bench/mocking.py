"""Rows of ``fakeopenai.mock`` and of the pytest plugin."""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from openai import OpenAI

import fakeopenai
from fakeopenai import FakeOpenAI

from .harness import Bench, NotBuilt, Result, environment, need, row, spread
from .real import MESSAGES, json_bytes, mocked

_CALLS = 20
ASK: Any = {"model": "gpt-5", "messages": MESSAGES}


def _mock() -> Any:
    need(hasattr(fakeopenai, "mock"), "there is no fakeopenai.mock yet")
    return fakeopenai.mock


@row("mock-enter", "entering and leaving fakeopenai.mock()", "µs", 100)
def enter(bench: Bench) -> Result:
    """Without a call inside."""
    mock = _mock()

    def run() -> None:
        with mock():
            pass

    found = spread([1e6 * seconds for seconds in bench.times({"mock": run})["mock"]])
    return Result(found)


@row("mock-call", "a call of a real client under fakeopenai.mock()", "a", 1.0)
def call(bench: Bench) -> Result:
    """The real client's own code runs, down to its http client."""
    mock = _mock()
    body = FakeOpenAI().chat.completions.create(**ASK).model_dump(mode="json")
    real = mocked(json_bytes(body))
    client = OpenAI(api_key="sk-fake")

    def under_mock() -> None:
        with mock():  # the other side must be outside, so this is entered again and again
            for _ in range(_CALLS):
                client.chat.completions.create(**ASK)

    def alone() -> None:
        for _ in range(_CALLS):
            real.chat.completions.create(**ASK)

    result = bench.against_real(under_mock, alone)
    result.note += f", for {_CALLS} calls"
    return result


_HEAD = """
from unittest.mock import MagicMock
import fakeopenai
from openai import OpenAI
from openai.types.chat import ChatCompletion

ASK = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello!"}]}
ANSWER = ChatCompletion.model_validate({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-5",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello!"}}]})
CLIENT = OpenAI(api_key="sk-fake")
"""
_DECORATED = """
@fakeopenai.mock.chat.completions(choices=[{{"message": {{"content": "Hello!"}}}}])
def test_{0}():
    assert CLIENT.chat.completions.create(**ASK).choices[0].message.content == "Hello!"
"""
_MAGIC = """
def test_{0}():
    client = MagicMock(spec=OpenAI)
    client.chat.completions.create.return_value = ANSWER
    assert client.chat.completions.create(**ASK).choices[0].message.content == "Hello!"
"""
_CONSTRUCTED = """
def test_{0}():
    client = OpenAI(api_key="sk-fake")
    client.chat.completions
    client = MagicMock(spec=OpenAI)
    client.chat.completions.create.return_value = ANSWER
    assert client.chat.completions.create(**ASK).choices[0].message.content == "Hello!"
"""


def _run(path: pathlib.Path, *options: str) -> float:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *options, path.name]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=path.parent, env=environment(), capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in {0, 5}:
        raise NotBuilt((done.stdout or done.stderr).strip().splitlines()[-1])
    return taken


def _cpu(path: pathlib.Path, *options: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(path, *options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _plugin_options() -> list[str]:
    """The option that loads the plugin from a checkout, where it is not installed."""
    import importlib.metadata
    import importlib.util

    need(importlib.util.find_spec("fakeopenai.pytest_plugin"), "there is no pytest plugin yet")
    installed = {entry.value for entry in importlib.metadata.entry_points(group="pytest11")}
    return [] if "fakeopenai.pytest_plugin" in installed else ["-p", "fakeopenai.pytest_plugin"]


@row("suite-200", "200 decorated tests over 200 with MagicMocks, wall time", "x", 1.05)
def suite(bench: Bench) -> Result:
    """Each with one chat call. What making 200 real clients costs, which no mock of them can save, is in the note."""
    _mock()
    options = _plugin_options()
    count = bench.sized(200)
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, template in (("decorated", _DECORATED), ("magic", _MAGIC), ("constructed", _CONSTRUCTED)):
            files[name] = pathlib.Path(folder) / f"test_{name}.py"
            files[name].write_text(_HEAD + "".join(template.format(index) for index in range(count)), encoding="utf-8")
        times: dict[str, list[float]] = {name: [] for name in files}
        for number in range(1 + (1 if bench.quick else max(5, bench.rounds // 2))):
            for name, path in files.items():
                taken = _run(path, *options)
                if number:  # the first compiles what isn't compiled
                    times[name].append(taken)
    ratios = [mine / magic for mine, magic in zip(times["decorated"], times["magic"], strict=True)]
    median = {name: statistics.median(each) for name, each in times.items()}
    clients = 1e3 * (median["constructed"] - median["magic"])
    note = f"MagicMock: {median['magic']:.2f} s; making {count} real clients would add {clients:.0f} ms"
    return Result(spread(ratios), None, median["decorated"], note)


@row("plugin", "plugin load, added to pytest --collect-only of an empty file", "ms", 10)
def plugin(bench: Bench) -> Result:
    """Whole processes, in pairs, by the processor time they take: what else the machine does would drown it."""
    options = _plugin_options()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "test_empty.py"
        path.write_text("", encoding="utf-8")
        without = ["--collect-only", "-p", "no:fakeopenai"]
        _run(path, "--collect-only", *options)  # compiles what isn't compiled
        added = [
            1e3 * (_cpu(path, "--collect-only", *options) - _cpu(path, *without))
            for _ in range(2 if bench.quick else 2 * bench.rounds)
        ]
    return Result(spread(added))
