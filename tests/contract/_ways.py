"""The same call by each way that leads to the account, and what came of it in a form that can be compared.

Each way gets an account of its own, made with the same seed and a clock that stands still, so that answers are equal to
the last id if the ways are.
"""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import asyncio
import copy
import dataclasses
import random
import warnings
from collections.abc import Callable
from typing import Any

import openai

from fakeopenai import Backend, FakeAsyncOpenAI, FakeOpenAI, FakeOpenAIError, VirtualClock
from fakeopenai.operation import find
from tests.strategies import method_of

__all__ = ["BYTES_ONLY", "WAYS", "Outcome", "account", "by", "in_bytes", "raw", "streamed", "tellable"]

KEYS: Any = {"api_key": "sk-fake", "base_url": "https://api.openai.com/v1"}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of a call.

    Attributes:
        result: the returned value as plain data with the name of its type, or the exception likewise.
        failed: whether it was an exception.
        calls: what was recorded: operation, parameters, whether a stream was asked for, attempts.
        held: what the account keeps afterwards.
        waits: the seconds that were waited between attempts.
    """

    result: Any
    failed: bool
    calls: list[Any]
    held: Any
    waits: list[float]


def account(**options: Any) -> Backend:
    """An account that answers alike whenever it is asked alike."""
    return Backend(seed=7, clock=VirtualClock(), **options)


def _direct(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    return _consumed(method_of(FakeOpenAI(backend=backend), name)(**arguments))


def _sdk(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    """``extra_headers`` closes the direct way, and an empty one changes nothing else."""
    return _consumed(method_of(FakeOpenAI(backend=backend), name)(**arguments, extra_headers={}))


def _wire(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    """Whoever wraps ``request``, as tracers do, wants it to run, and so closes both of the shorter ways."""
    fake = FakeOpenAI(backend=backend)
    inner: Any = fake.request
    traced: list[Any] = []

    def request(*args: Any, **kwargs: Any) -> Any:
        traced.append(args)
        return inner(*args, **kwargs)

    fake.request = request  # type: ignore[method-assign,unused-ignore]
    return _consumed(method_of(fake, name)(**arguments))


def _http(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    """A real client whose http the account answers: all it knows are the bytes of the request."""
    keys: Any = dict(KEYS)
    if "admin_api_key" in openai.OpenAI.__init__.__code__.co_varnames:
        keys["admin_api_key"] = "sk-admin-fake"
    client = openai.OpenAI(http_client=FakeOpenAI(backend=backend)._client, **keys)
    sleeper: Any = client
    sleeper._sleep_for_retry = FakeOpenAI._sleep_for_retry.__get__(FakeOpenAI(backend=backend))
    return _consumed(method_of(client, name)(**arguments))


def _async(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    return asyncio.run(_awaited(FakeAsyncOpenAI(backend=backend), name, arguments))


def _async_wire(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    fake = FakeAsyncOpenAI(backend=backend)
    fake.request = fake.request  # type: ignore[method-assign,unused-ignore] # set on the instance, as tracers do
    return asyncio.run(_awaited(fake, name, arguments))


async def _awaited(client: Any, name: str, arguments: dict[str, Any]) -> Any:
    value = method_of(client, name)(**arguments)
    if hasattr(value, "__await__"):
        value = await value
    if isinstance(value, openai.AsyncStream):
        return _stream([_plain(chunk) async for chunk in value])
    return _plain(value)


WAYS: dict[str, Callable[[Backend, str, dict[str, Any]], Any]] = {
    "direct": _direct,
    "sdk": _sdk,
    "wire": _wire,
    "http": _http,
    "async": _async,
    "async wire": _async_wire,
}


BYTES_ONLY = "http"
"""The way that knows only what is on the wire."""

_TWINS = {
    # Operations that share route and query with another: on the wire they are the other one.
    "files.retrieve_content": "files.content",
    "fine_tuning.checkpoints.permissions.retrieve": "fine_tuning.checkpoints.permissions.list",
}


def in_bytes(outcome: Outcome) -> Outcome:
    """The same outcome as far as a request's bytes tell it; there, a further attempt is a request like any other."""
    calls = [
        (_TWINS.get(name, name), params, stream, 1)
        for name, params, stream, attempts in outcome.calls
        for _ in range(attempts)
    ]
    return dataclasses.replace(outcome, calls=calls)


def tellable(name: str, arguments: dict[str, Any]) -> bool:
    """Whether bytes can tell these arguments: a query and a form have no null, and no empty list or object."""
    operation = find(name)
    assert operation is not None
    textual = operation.arguments if operation.multipart or operation.verb == "GET" else operation.query
    return not any(_has_nothing(value) for key, value in arguments.items() if key in textual)


def _has_nothing(value: Any) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return not value or any(map(_has_nothing, inner))
    return value is None


def by(way: Callable[[Backend, str, dict[str, Any]], Any], backend: Backend, name: str, arguments: Any) -> Outcome:
    """What comes of a call by this way. Mistakes of the test author's are outcomes as well."""
    failed = False
    random.seed(7)  # the SDK's back-off is drawn from the global one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK says what is deprecated, and so does the direct way
        try:
            result = way(backend, name, copy.deepcopy(arguments))
        except (openai.OpenAIError, FakeOpenAIError, TypeError, ValueError) as error:
            failed = True
            result = _error(error)
    calls = [(call.operation, call.params, call.stream, call.attempts) for call in backend.calls]
    held = [
        (resource, parents, [found.get(key) for key in found.keys()])  # noqa: SIM118 - a collection, not a dict
        for resource, parents, found in backend.state.resources()
        if len(found)
    ]
    clock: Any = backend.clock
    return Outcome(result, failed, calls, held, list(clock.sleeps))


def raw(client: Any, name: str, arguments: dict[str, Any]) -> Any:
    """The parsed answer of ``with_raw_response``."""
    resource, _, method = name.rpartition(".")
    response = getattr(method_of(client, resource).with_raw_response, method)(**copy.deepcopy(arguments))
    assert response.headers["x-request-id"].startswith("req_")
    return _consumed(response.parse())


def streamed(client: Any, name: str, arguments: dict[str, Any]) -> Any:
    """The parsed answer of ``with_streaming_response``."""
    resource, _, method = name.rpartition(".")
    with getattr(method_of(client, resource).with_streaming_response, method)(**copy.deepcopy(arguments)) as response:
        value = response.parse()
        return ("content", value.read()) if hasattr(value, "iter_bytes") else _consumed(value)


def _consumed(value: Any) -> Any:
    if isinstance(value, openai.Stream):
        stream: Any = value
        return _stream([_plain(chunk) for chunk in stream])
    return _plain(value)


def _stream(chunks: list[Any]) -> Any:
    return ("stream", chunks)


def _plain(value: Any) -> Any:
    """A returned value as data that compares: models with the fields that were set, contents as bytes."""
    if isinstance(value, openai.BaseModel):
        name = type(value).__name__.removeprefix("Async").removeprefix("Sync").partition("[")[0]
        return name, value.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    content = value if isinstance(value, bytes) else getattr(value, "content", None)
    return ("content", content) if isinstance(content, bytes) else value


def _error(error: Exception) -> Any:
    if isinstance(error, openai.APIStatusError):
        fields = ("status_code", "code", "param", "type", "body", "request_id", "message")
        return type(error).__name__, {name: getattr(error, name) for name in fields}
    return type(error).__name__, str(error).partition("\n")[0]  # below that, parameters stand in the order of the way
