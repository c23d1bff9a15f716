"""The ``conftest.py`` of openai's own suite, while it runs with fakes as its clients.

Stands in for the one of the SDK's source distribution: copied over it by `_sdk_suite`, and imported only there, by a
pytest of its own. It hands out fakes where theirs made clients of a mock server, plays the part of their http mock by
scripting the fake, and writes down how each case ended.
"""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pathlib
import socket
import sys
import types
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from fakeopenai import Defaults, FakeAsyncAzureOpenAI, FakeAsyncOpenAI, FakeAzureOpenAI, FakeOpenAI, raw
from fakeopenai.operation import find, installed, match, resolve

BASE_URL = os.environ.get("TEST_API_BASE_URL", "http://127.0.0.1:4010")
AZURE = os.environ.get("FAKEOPENAI_SUITE_CLIENT") == "azure"


def stand_in(name: str, **attributes: Any) -> None:
    """A module that their suite imports and doesn't need here, if it isn't installed."""
    if importlib.util.find_spec(name) is None:
        module = types.ModuleType(name)
        vars(module).update(attributes)
        sys.modules[name] = module


stand_in("rich", print=print)  # for printing a failure
stand_in("respx", MockRouter=object)  # for an annotation


class NetworkUsed(BaseException):
    """Raised by a socket that tries to connect."""


def _refuse(*_: object, **__: object) -> NoReturn:
    raise NetworkUsed("a client tried to connect a socket")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """No case reaches the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _refuse)
        yield


KEPT_TO_THEIR_TYPES: dict[str, dict[str, Any]] = {
    "openai.types.vector_store.VectorStore": {"name": ""},
    "openai.types.vector_stores.vector_store_file_batch.VectorStoreFileBatch": {"object": "vector_store.files_batch"},
    "openai.types.fine_tuning.fine_tuning_job.FineTuningJob": {"error": None},
    "openai.types.beta.threads.message.Message": {"status": "completed"},
    "openai.types.beta.threads.run.Run": {"instructions": ""},
    **{
        f"openai.types.evals.{name}": {"error": {"code": "", "message": ""}}
        for name in (
            "run_create_response.RunCreateResponse",
            "run_list_response.RunListResponse",
            "run_retrieve_response.RunRetrieveResponse",
            "run_cancel_response.RunCancelResponse",
            "runs.output_item_list_response.Sample",
            "runs.output_item_retrieve_response.Sample",
        )
    },
}
"""Where the API was recorded, or is described, to send what the SDK's types do not allow (null, {}, another spelling),
and so does a fake. Their suite checks types, so it is given values that keep to them."""

KEPT_TO_THEIR_ANSWERS: dict[str, dict[str, Any]] = {
    # The SDK asks for base64 by itself, and a strict client then refuses it: the real one, too.
    "embeddings.create": {"data": [{"embedding": [0.5]}]},
    # A job is paused in the API's own example, and its type has no such status.
    "fine_tuning.jobs.pause": {"status": "queued"},
    # What the user said is part of a compacted output, as recorded, and has no place in its type.
    "responses.compact": {"output": []},
    "beta.responses.compact": {"output": []},
}
"""The same for whole answers."""


def _defaults() -> Defaults:
    found = Defaults()
    for name, value in KEPT_TO_THEIR_TYPES.items():
        with contextlib.suppress(ImportError, AttributeError):  # an older SDK
            found.set(resolve(name), value)
    for name, value in KEPT_TO_THEIR_ANSWERS.items():
        operation = find(name)
        if operation is not None and installed(operation):
            found.set(name, value)
    return found


def _options(param: Any) -> dict[str, Any]:
    """What a fixture of theirs is parametrized with: whether responses are validated strictly."""
    strict = param.get("strict", True) if isinstance(param, dict) else param
    options: dict[str, Any] = {
        "api_key": "My API Key",
        "missing": "synthesize",
        "strict": False,
        "defaults": _defaults(),
        "_strict_response_validation": strict,
    }
    return options if AZURE else {"base_url": BASE_URL, **options}


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Any:
    """A synchronous fake, without the made-up webhook secret that it would have."""
    fake: Any = (FakeAzureOpenAI if AZURE else FakeOpenAI)(**_options(getattr(request, "param", True)))
    fake.webhook_secret = None
    return fake


@pytest.fixture
def async_client(request: pytest.FixtureRequest) -> Any:
    """An asynchronous fake."""
    fake: Any = (FakeAsyncAzureOpenAI if AZURE else FakeAsyncOpenAI)(**_options(getattr(request, "param", True)))
    fake.webhook_secret = None
    return fake


class Route:
    """``router.get("/path")``: its reply is scripted for the operation at that path."""

    def __init__(self, client: Any, verb: str, path: str) -> None:
        found = match(verb, path)
        assert found is not None, f"no operation at {verb} {path}"
        self._script = client.backend.script(found[0])

    def mock(self, *, return_value: Any) -> Route:
        """Answer with this http response."""
        headers = {"content-type": return_value.headers.get("content-type", "application/octet-stream")}
        self._script.returns(raw(return_value.content, status=return_value.status_code, headers=headers))
        return self


class Router:
    """As much of a respx router as their cases use."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, verb: str) -> Any:
        return lambda path: Route(self._client, verb.upper(), path)


@pytest.fixture
def respx_mock(request: pytest.FixtureRequest) -> Router:
    """Their http mock, on openai 2.x."""
    name = "client" if "client" in request.fixturenames else "async_client"
    return Router(request.getfixturevalue(name))


@pytest.fixture
def respx2_mock(respx_mock: Router) -> Router:
    """Their http mock, on openai 3.x."""
    return respx_mock


def pytest_configure(config: pytest.Config) -> None:
    """Know their markers."""
    for name in ("respx", "respx2"):
        config.addinivalue_line("markers", f"{name}(**options): options of their http mock")


_ended: dict[str, dict[str, str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a case ended; of a failure, its last line and where it happened."""
    if report.when == "call" or report.outcome != "passed":
        ended = {"outcome": report.outcome, "why": ""}
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = str(report.longrepr).strip().splitlines()[-1] if crash is None else crash.message
            ended["why"] = message[:2000]
        elif report.skipped and isinstance(report.longrepr, tuple):
            ended["why"] = report.longrepr[2]
        _ended[report.nodeid] = ended


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a module that can't be imported."""
    if report.failed:
        _ended[report.nodeid] = {"outcome": "failed", "why": f"not collected: {report.longrepr}"[-2000:]}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down how all ended: the process that hands out the cases does, not its workers."""
    if not hasattr(session.config, "workerinput"):
        pathlib.Path("ended.json").write_text(json.dumps(_ended), encoding="utf-8")
