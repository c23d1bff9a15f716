"""Real clients' WebSockets under a mock; what is patched and put back; and the plugin's guard."""

# What is built and used here depends on the installed SDK, and is anything that it may give.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false, reportUnknownParameterType=false

import importlib.util
import inspect
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, AzureOpenAI, OpenAI
from openai._base_client import SyncAPIClient

import fakeopenai
from fakeopenai import NetworkBlocked
from fakeopenai._sdk import RESOURCE_BASES
from fakeopenai._table import CLASSES
from fakeopenai.mocking import detours
from fakeopenai.mocking.answering import Guard
from fakeopenai.mocking.seam import _patched, set_guard
from fakeopenai.operation import resolve
from tests.clients import AZURE, KEY, asay, identity, say


@pytest.fixture(autouse=True)
def plain_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The SDK warns of what is deprecated; its module-level client has a key."""
    monkeypatch.setattr(openai, "api_key", "sk-test")
    monkeypatch.setattr(openai, "_client", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _sockets() -> list[str]:
    """The paths of all resources of the installed SDK that have a ``connect``."""
    found: list[str] = []
    for path, name in CLASSES.items():
        try:
            cls = resolve(name)
        except (ImportError, AttributeError):
            continue
        if hasattr(cls, "connect"):
            found.append(path)
    return found


SOCKETS = _sockets()


def _resource(client: Any, path: str) -> Any:
    for name in path.split("."):
        client = getattr(client, name)
    return client


def _manager(client: Any, path: str) -> Any:
    """What ``connect`` returns, called with the model or the id that it takes."""
    connect = _resource(client, path).connect
    known = inspect.signature(resolve(CLASSES[path]).connect).parameters
    return connect(**{name: "gpt-realtime" for name in ("model", "session_id") if name in known})


def test_there_are_sockets_to_block() -> None:
    """Else the tests below would prove nothing."""
    assert {"realtime", "beta.realtime"} <= set(SOCKETS)


@pytest.mark.parametrize("path", SOCKETS)
def test_no_socket_is_opened(path: str, tried: list[str]) -> None:
    """``connect`` is an error that says what to write, on either client, Azure too; outside, it does try."""
    clients: list[Any] = [OpenAI(**KEY), AzureOpenAI(**KEY, **AZURE), AsyncOpenAI(**KEY)]
    with fakeopenai.mock():
        for real in clients:
            with pytest.raises(NetworkBlocked) as caught:
                _manager(real, path)
            assert f"openai_mock.{path}.connect = " in str(caught.value)
            assert caught.value.operation == f"{path}.connect"
    assert not tried
    pytest.importorskip("websockets")
    with pytest.raises((openai.OpenAIError, OSError)), _manager(clients[0], path):
        pass  # pragma: no cover - nothing is there to connect to
    assert tried


@pytest.mark.parametrize("path", SOCKETS)
async def test_nor_by_what_was_made_before(path: str, tried: list[str]) -> None:
    """A manager of connections that waits to be entered, in each of its ways."""
    manager, again = (_manager(OpenAI(**KEY), path) for _ in range(2))
    later, awaited = (_manager(AsyncOpenAI(**KEY), path) for _ in range(2))
    with fakeopenai.mock():
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"), manager:
            pass  # pragma: no cover
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"):
            again.enter()
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"):
            async with later:
                pass  # pragma: no cover
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"):
            await awaited.enter()
    assert not tried
    pytest.importorskip("websockets")
    with pytest.raises((openai.OpenAIError, OSError)):
        async with later:
            pass  # pragma: no cover
    assert tried


@pytest.mark.parametrize("path", SOCKETS)
def test_a_double_of_the_tests_own_is_connected_instead(path: str) -> None:
    """Put on the mock, it answers the ``connect`` of every client; the decorator of its path is enough."""
    connected: list[Any] = []

    def double(**arguments: Any) -> str:
        connected.append(arguments)
        return "connection"

    with fakeopenai.mock() as whole:
        _resource(whole, path).connect = double
        assert _manager(OpenAI(**KEY), path) == _manager(AsyncOpenAI(**KEY), path) == "connection"
    with _resource(fakeopenai.mock, path)() as part:
        part.connect = double
        assert _manager(openai, path) == "connection"
    assert len(connected) == 3


def test_a_socket_that_is_not_mocked_says_so() -> None:
    """With the decorator to add, as any other call."""
    with fakeopenai.mock.files(), pytest.raises(NetworkBlocked) as caught:
        _manager(OpenAI(**KEY), "realtime")
    for part in ("realtime.connect was called", "not mocked here", "add @fakeopenai.mock.realtime(...)"):
        assert part in str(caught.value)


def test_resources_that_are_imported_inside_are_covered() -> None:
    """The SDK imports a resource when a client first uses it: in a new process, that is inside of the mock."""
    code = """
import sys
import openai, fakeopenai
with fakeopenai.mock():
    assert "openai.resources.realtime.realtime" not in sys.modules
    try:
        openai.OpenAI(api_key="sk-test").realtime.connect(model="gpt-realtime")
    except fakeopenai.NetworkBlocked as caught:
        print("blocked")
from openai.resources.realtime import Realtime
print(Realtime.connect.__module__, "__wrapped__" in vars(Realtime.connect))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["blocked", "openai.resources.realtime.realtime", "False"], run.stderr


def test_all_is_put_back() -> None:
    """Methods that open sockets, that exchange tokens, and the bases of resources: what was there is there again."""

    def state() -> list[dict[str, Any]]:
        classes = {cls for cls, _, _ in detours.socket_openers()} | {cls for cls, *_ in patched}
        return [dict(vars(cls)) for cls in sorted(classes, key=repr)]

    with fakeopenai.mock():
        patched = list(_patched)
    before = state()
    with fakeopenai.mock():
        assert state() != before
    assert state() == before
    assert not any("__init_subclass__" in vars(base) for base in RESOURCE_BASES)


def test_an_sdk_that_cannot_be_patched_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something to patch is missing, what has been patched before it is put back."""
    monkeypatch.setattr(
        "fakeopenai.mocking.detours.socket_openers", lambda: iter([(OpenAI, "nothing", lambda _: None)])
    )
    with pytest.raises(KeyError, match="nothing"), fakeopenai.mock():
        pass  # pragma: no cover
    assert "_client" not in vars(SyncAPIClient)


# ------------------------------------------------------------------------------------------------ the guard


@pytest.fixture
def guard() -> Iterator[Guard]:
    """The plugin's guard, with no mock open."""
    guard = Guard()
    set_guard(guard)
    yield guard
    set_guard(None)


async def test_the_guard_refuses_all_of_it(guard: Guard, tried: list[str]) -> None:
    """Calls, sockets and what needs a token are refused and noted; nothing is tried, and a mock inside answers."""
    real, later = OpenAI(**KEY, max_retries=0), AsyncOpenAI(**KEY, max_retries=0)
    with pytest.raises(NetworkBlocked, match="--fakeopenai-block is on"):
        say(real)
    with pytest.raises(NetworkBlocked, match="outside of every mock"):
        await asay(later)
    with pytest.raises(NetworkBlocked, match=r"called realtime\.connect outside of every mock"):
        _manager(real, "realtime")
    with pytest.raises(NetworkBlocked, match=r"called GET https://api\.openai\.com/nothing outside"):
        real.get("https://api.openai.com/nothing", cast_to=object)
    with fakeopenai.mock(replies=["Hello"]):
        assert say(real) == "Hello"
    assert guard.refused == [
        "chat.completions.create",
        "chat.completions.create",
        "realtime.connect",
        "GET https://api.openai.com/nothing",
    ]
    if importlib.util.find_spec("openai.auth"):
        arguments: dict[str, Any] = {"workload_identity": identity(), "max_retries": 0}
        with pytest.raises(NetworkBlocked):
            say(OpenAI(**arguments))
    assert not tried
