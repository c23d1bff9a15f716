"""What real clients do past their http client, and does otherwise while a mock is open.

- They sleep between retries and polls: the waits are noted on the account's clock.
- They exchange a workload's identity for a token: a token is made up, and kept nowhere.
- They open WebSockets: what the test has put in the place of ``connect`` is called, or an error says so.

Each function here takes what it replaces, and leads to it while nothing is open. Imported by `seam`.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any, cast

import anyio.lowlevel  # a dependency of openai itself

from .. import _sdk
from ..errors import NetworkBlocked
from .answering import answering, anything_open, open_mocks

__all__ = [
    "async_poll_wait",
    "async_retry_wait",
    "async_token",
    "poll_wait",
    "retry_wait",
    "socket_openers",
    "token",
]

# ------------------------------------------------------------------------------------------------ waits


def _clock() -> Any:
    """The clock of the account on which waits are noted now; None if there is none."""
    mocks = open_mocks()
    return mocks[0].backend.clock if mocks else None


def retry_wait(original: Any) -> Any:
    """For the ``_sleep_for_retry`` of the synchronous base client: note the wait, don't sleep."""

    def _sleep_for_retry(self: Any, **kwargs: Any) -> None:
        clock = _clock()
        if clock is None:
            original(self, **kwargs)
        else:
            clock.wait(_sdk.retry_delay(self, **kwargs))

    return _sleep_for_retry


def async_retry_wait(original: Any) -> Any:
    """The same for the asynchronous one."""

    async def _sleep_for_retry(self: Any, **kwargs: Any) -> None:
        clock = _clock()
        if clock is None:
            await original(self, **kwargs)
        else:
            clock.wait(_sdk.retry_delay(self, **kwargs))
            await anyio.lowlevel.checkpoint()

    return _sleep_for_retry


def poll_wait(original: Any) -> Any:
    """For the ``_sleep`` of synchronous resources, whose pollers wait by it."""

    def _sleep(self: Any, seconds: float) -> None:
        clock = _clock()
        if clock is None:
            original(self, seconds)
        else:
            clock.wait(seconds)

    return _sleep


def async_poll_wait(original: Any) -> Any:
    """The same for asynchronous resources."""

    async def _sleep(self: Any, seconds: float) -> None:
        clock = _clock()
        if clock is None:
            await original(self, seconds)
        else:
            clock.wait(seconds)
            await anyio.lowlevel.checkpoint()

    return _sleep


# ------------------------------------------------------------------------------------------------ tokens

_TOKEN = "fake-workload-token"  # noqa: S105 - it opens nothing


def token(original: Any) -> Any:
    """For the ``get_token`` of a workload's identity: no exchange, and no provider of subject tokens is asked."""

    def get_token(self: Any) -> str:
        return _TOKEN if anything_open() else cast("str", original(self))

    return get_token


def async_token(original: Any) -> Any:
    """The same for ``get_token_async``."""

    async def get_token_async(self: Any) -> str:
        return _TOKEN if anything_open() else cast("str", await original(self))

    return get_token_async


# ------------------------------------------------------------------------------------------------ WebSockets

Opener = tuple[type[Any], str, Callable[[Any], Any]]
"""A class, its method that opens WebSockets, and the wrapper for it."""

_found: list[tuple[list[type[Any]], list[Opener]]] = [([], []), ([], [])]  # by kind of resource: classes, openers


def socket_openers() -> Iterator[Opener]:
    """All methods that open WebSockets, of all resources that have been imported by now."""
    for index, base in enumerate(_sdk.RESOURCE_BASES):
        resources: list[type[Any]] = base.__subclasses__()
        if resources != _found[index][0]:
            _found[index] = (resources, [opener for resource in resources for opener in openers_of(resource)])
        yield from _found[index][1]


def openers_of(resource: type[Any]) -> Iterator[Opener]:
    """The methods of a resource class that open WebSockets, and those of what its ``connect`` returns."""
    if "connect" not in vars(resource) or not resource.__module__.startswith("openai."):
        return
    path = _path_of(resource)
    yield resource, "connect", functools.partial(_connect, path)
    for name, manager in vars(sys.modules[resource.__module__]).items():
        if name.endswith("ConnectionManager") and isinstance(manager, type):
            names = {"_connect_ws"} & vars(manager).keys() or {"enter", "__enter__", "__aenter__"} & vars(
                manager
            ).keys()
            for method in names:
                yield manager, method, functools.partial(_enter, path)


def _path_of(resource: type[Any]) -> str:
    """Where a resource class stands on the client: its module says it."""
    *path, last = resource.__module__.split(".")[2:]
    return ".".join(path if path[-1:] == [last] else [*path, last])


def _connect(path: str, original: Any) -> Any:
    """For a resource's ``connect``: what the test has put there answers."""

    @functools.wraps(original)
    def connect(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not anything_open():
            return original(self, *args, **kwargs)
        double = answering(f"{path}.connect", path).double(path)
        if double is None:
            raise _blocked(path)
        return double(*args, **kwargs)

    return connect


def _enter(path: str, original: Any) -> Any:
    """For a manager of connections that was made before the mock was opened."""

    @functools.wraps(original)
    def enter(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not anything_open():
            return original(self, *args, **kwargs)
        answering(f"{path}.connect", path)
        raise _blocked(path)

    return enter


def _blocked(path: str) -> NetworkBlocked:
    return NetworkBlocked(
        f"client.{path}.connect() opens a WebSocket, and fakeopenai has no network. Nothing was sent.\n"
        f"  to do:     put your own double in its place, by the fixture: openai_mock.{path}.connect = lambda **kwargs: "
        "...\n             or by what a context gives: with fakeopenai.mock() as openai_mock: ...",
        operation=f"{path}.connect",
    )
