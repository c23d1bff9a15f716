"""The seam: what is patched in openai while a mock is open, and which mock answers a call.

One attribute is taken over: ``_client``, the http client that openai's two base clients keep. While a mock is open, a
data descriptor hands out a stand-in, whose ``send()`` answers from an account. So every client is covered, whenever and
however it was built, and all of the SDK's own code above it runs. The module-level client keeps its http client
elsewhere and needs a descriptor of its own. Besides, real clients don't sleep between retries or polls: the waits are
noted on the account's clock.

Nobody else's http is touched: not httpx, no transport. Fake clients keep their own account. Imported by `contexts`
and the pytest plugin's guard.
"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import anyio.lowlevel  # a dependency of openai itself

from .. import _sdk
from .._sdk import httpx
from ..errors import NetworkBlocked, UsageError
from ..operation import Operation
from ..request import Request
from ..transport import InertAsyncClient, InertClient, parse

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["Guard", "Opened", "close", "is_innermost_here", "open_mocks", "opened", "set_guard"]

_MISSING: Any = object()


class Opened:
    """An open mock: an account, and what it answers.

    Attributes:
        backend: the account.
        paths: the paths on the client that it answers, with all that lies below them; ``""`` is the whole client.
        owner: whatever opened it.
        active: whether it is still open.
        shared: whether it was opened outside of any task and any thread but the main one, so that all see it.
    """

    __slots__ = ("active", "backend", "owner", "paths", "serial", "shared")

    def __init__(self, backend: Backend, paths: tuple[str, ...], owner: Any) -> None:
        self.backend = backend
        self.paths = paths
        self.owner = owner
        self.active = False
        self.shared = False
        self.serial = 0

    def answers(self, operation: Operation) -> bool:
        """Whether an operation belongs to what is mocked here."""
        return any(not path or f"{operation.resource}.".startswith(f"{path}.") for path in self.paths)


class Guard:
    """Refuses what no mock answers, for as long as it is set; see `set_guard`.

    Attributes:
        refused: one line for each call that it refused.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []

    def refuse(self, http_request: httpx.Request) -> NetworkBlocked:
        """The error for a call outside of every mock."""
        try:
            operation: Operation | None = parse(http_request).operation
        except NetworkBlocked:
            operation = None
        what = operation.name if operation else f"{http_request.method} {http_request.url}"
        self.refused.append(what)
        path = operation.resource if operation else ""
        return NetworkBlocked(
            f"A real client called {what} outside of every mock, and --fakeopenai-block is on. Nothing was sent.\n"
            f"  to do:     decorate the test with @{_decorator(path)}, or @{_decorator('')} for the whole client",
            operation=operation.name if operation else None,
        )


def _decorator(path: str) -> str:
    return f"fakeopenai.mock.{path}(...)" if path else "fakeopenai.mock()"


# ------------------------------------------------------------------------------------------------ which mock answers

_STACK: contextvars.ContextVar[tuple[Opened, ...]] = contextvars.ContextVar("fakeopenai_mocks", default=())
"""The mocks opened in this context, outermost first. Those that have been closed elsewhere may still stand in it."""

_serials = itertools.count(1)
_lock = threading.RLock()
_open: list[Opened] = []  # every open mock of the process, in order of opening
_guards: list[Guard] = []  # one at most


def open_mocks() -> list[Opened]:
    """The mocks that are open for the code that runs now, innermost first.

    They are those of the present context (of a task, and of the tasks that it starts), and those that were opened
    outside of any task. A thread knows no context: it sees all that are open.
    """
    mine = [mock for mock in _STACK.get() if mock.active]
    if not mine:
        return _open[::-1]
    if len(mine) == len(_open):
        return mine[::-1]
    return [mock for mock in reversed(_open) if mock.shared or mock in mine]


def opened(mock: Opened) -> Opened:
    """Open a mock, inside of those that are open here."""
    mock.serial = next(_serials)
    mock.shared = threading.current_thread() is threading.main_thread() and not _in_task()
    with _lock:
        if not (_open or _guards):
            _install()
        mock.active = True
        _open.append(mock)
    _STACK.set((*(other for other in _STACK.get() if other.active), mock))
    return mock


def close(mock: Opened) -> None:
    """Close a mock, and what was opened inside of it and not closed; the last one puts openai back as it was.

    Raises:
        UsageError: there was a mock inside.
    """
    stack = _STACK.get()
    inside = [other for other in stack[stack.index(mock) + 1 :] if other.active] if mock in stack else []
    with _lock:
        for other in (*inside, mock):
            if other.active:
                other.active = False
                _open.remove(other)
        if not (_open or _guards):
            _restore()
    _STACK.set(tuple(other for other in stack if other.active))
    if inside:
        raise UsageError(
            f"{mock.owner!r} was left while {inside[-1].owner!r} was still open inside of it. Leave mocks in the "
            "opposite order of entering them, as nested with statements do. All of them are closed now."
        )


def is_innermost_here(mock: Opened) -> bool:
    """Whether a mock is open, and was opened in the present context or for all."""
    return mock.active and (mock.shared or mock in _STACK.get())


def set_guard(guard: Guard | None) -> None:
    """Refuse real clients' calls outside of mocks, from now on; None ends that."""
    with _lock:
        installed = bool(_open or _guards)
        _guards[:] = [] if guard is None else [guard]
        if installed and not (_open or _guards):
            _restore()
        elif not installed and _guards:
            _install()


def _in_task() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        return True
    trio = sys.modules.get("trio")
    if trio is None:
        return False
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


# ------------------------------------------------------------------------------------------------ stand-ins

_LAST: contextvars.ContextVar[tuple[Backend, Request] | None] = contextvars.ContextVar(
    "fakeopenai_last_request", default=None
)
"""The request that was sent last, for the SDK's retries of it to count as one call."""


class _StandIn:
    """What both stand-ins share: a client's own http client, and the choice of the account that answers.

    Requests are built by the client's own, with its headers, cookies and base URL; closing the stand-in closes it.
    """

    fake_backend: Any
    timeout = httpx.Client.timeout

    def __init__(self, own: Any) -> None:
        vars(self)["fake_own"] = own

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__["fake_own"]
        if name.startswith("__") or not isinstance(own, httpx.Client | httpx.AsyncClient):
            # An httpx client of another kind than the SDK's: its inside doesn't fit.
            return super().__getattr__(name)  # type: ignore[misc]
        return getattr(own, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "fake_backend" or not isinstance(self.fake_own, httpx.Client | httpx.AsyncClient):
            super().__setattr__(name, value)
        else:
            setattr(self.fake_own, name, value)

    def build_request(self, *args: Any, **kwargs: Any) -> httpx.Request:
        """As the client's own http client builds it, where that is of the kind that the SDK uses."""
        own = self.fake_own
        ours = not isinstance(own, httpx.Client | httpx.AsyncClient)
        build: Any = super().build_request if ours else own.build_request  # type: ignore[misc]
        return cast("httpx.Request", build(*args, **kwargs))

    @property
    def is_closed(self) -> bool:
        """Whether the client's own http client has been closed."""
        return bool(self.fake_own.is_closed)

    fake_closed = is_closed

    def _incoming(self, request: httpx.Request) -> Request:
        mocks = open_mocks()
        if not mocks and _guards:
            raise _guards[0].refuse(request)
        found = parse(request)
        mock = next((mock for mock in mocks if mock.answers(found.operation)), None)
        if mock is None:
            raise _not_mocked(found, mocks)
        self.fake_backend = mock.backend
        last = _LAST.get()
        if last is not None and request.headers.get("x-stainless-retry-count", "0") != "0":
            backend, previous = last
            if backend is mock.backend and previous.operation is found.operation:
                found.call = previous.call
        _LAST.set((mock.backend, found))
        return found


class _SyncStandIn(_StandIn, InertClient):
    def close(self) -> None:
        """Close the client's own http client."""
        self.fake_own.close()


class _AsyncStandIn(_StandIn, InertAsyncClient):
    async def aclose(self) -> None:
        """Close the client's own http client."""
        await self.fake_own.aclose()


def _not_mocked(request: Request, mocks: list[Opened]) -> NetworkBlocked:
    operation = request.operation
    present = dict.fromkeys(f"@{_decorator(path)}" for mock in mocks for path in mock.paths)
    return NetworkBlocked(
        f"{operation.name} was called, and it is not mocked here. Nothing was sent.\n"
        f"  the call:  {request!r}\n"
        f"  mocked:    {', '.join(present) or 'nothing any more'}\n"
        f"  to do:     add @{_decorator(operation.resource)}, or @{_decorator('')} for the whole client",
        operation=operation.name,
    )


# ------------------------------------------------------------------------------------------------ the patches


class _Seam:
    """Takes the place of the attribute ``_client`` of a base client."""

    def __init__(self, stand_in: Callable[[Any], Any]) -> None:
        self._stand_in = stand_in

    def __get__(self, client: Any, owner: Any = None) -> Any:
        own = self.own(client)
        if own is _MISSING:
            name = (owner or type(client)).__name__
            raise AttributeError(f"{name!r} object has no attribute '_client'", name="_client", obj=client)
        if isinstance(own, InertClient | InertAsyncClient) or not (_guards or open_mocks()):
            return own
        return self._stand_in(own)

    def own(self, client: Any) -> Any:
        """The http client that is kept there."""
        return _MISSING if client is None else cast("dict[str, Any]", vars(client)).get("_client", _MISSING)

    def __set__(self, client: Any, value: Any) -> None:
        vars(client)["_client"] = _unwrapped(value)

    def __delete__(self, client: Any) -> None:
        try:
            del vars(client)["_client"]
        except KeyError:
            raise AttributeError("_client") from None


class _ModuleSeam(_Seam):
    """Takes the place of the module-level client's property."""

    def __init__(self, original: property) -> None:
        super().__init__(_SyncStandIn)
        self._original = original

    def own(self, client: Any) -> Any:
        return _MISSING if client is None else self._original.__get__(client)

    def __set__(self, client: Any, value: Any) -> None:
        self._original.__set__(client, _unwrapped(value))


def _unwrapped(value: Any) -> Any:
    """What is kept is the http client itself: a copy of a client must work when the mock is closed."""
    return value.fake_own if isinstance(value, _StandIn) else value


def _clock() -> Any:
    """The clock of the account on which waits are noted now; None if there is none."""
    mocks = open_mocks()
    return mocks[0].backend.clock if mocks else None


def _retry_wait(original: Any) -> Any:
    """For the ``_sleep_for_retry`` of the synchronous base client: note the wait, don't sleep."""

    def _sleep_for_retry(self: Any, **kwargs: Any) -> None:
        clock = _clock()
        if clock is None:
            original(self, **kwargs)
        else:
            clock.wait(_sdk.retry_delay(self, **kwargs))

    return _sleep_for_retry


def _async_retry_wait(original: Any) -> Any:
    """The same for the asynchronous one."""

    async def _sleep_for_retry(self: Any, **kwargs: Any) -> None:
        clock = _clock()
        if clock is None:
            await original(self, **kwargs)
        else:
            clock.wait(_sdk.retry_delay(self, **kwargs))
            await anyio.lowlevel.checkpoint()

    return _sleep_for_retry


def _poll_wait(original: Any) -> Any:
    """For the ``_sleep`` of synchronous resources, whose pollers wait by it."""

    def _sleep(self: Any, seconds: float) -> None:
        clock = _clock()
        if clock is None:
            original(self, seconds)
        else:
            clock.wait(seconds)

    return _sleep


def _async_poll_wait(original: Any) -> Any:
    """The same for asynchronous resources."""

    async def _sleep(self: Any, seconds: float) -> None:
        clock = _clock()
        if clock is None:
            await original(self, seconds)
        else:
            clock.wait(seconds)
            await anyio.lowlevel.checkpoint()

    return _sleep


_patched: list[tuple[type[Any], str, Any, Any]] = []  # class, attribute, what was there, what is there now


def _patch(cls: type[Any], name: str, value: Any) -> None:
    _patched.append((cls, name, cls.__dict__.get(name, _MISSING), value))
    setattr(cls, name, value)


def _wrap(cls: type[Any], name: str, wrapper: Callable[[Any], Any]) -> None:
    _patch(cls, name, wrapper(cls.__dict__[name]))


def _install() -> None:
    sync_resource, async_resource = _sdk.RESOURCE_BASES
    _patch(_sdk.SyncAPIClient, "_client", _Seam(_SyncStandIn))
    _patch(_sdk.AsyncAPIClient, "_client", _Seam(_AsyncStandIn))
    _wrap(_sdk.SyncAPIClient, "_sleep_for_retry", _retry_wait)
    _wrap(_sdk.AsyncAPIClient, "_sleep_for_retry", _async_retry_wait)
    _wrap(sync_resource, "_sleep", _poll_wait)
    _wrap(async_resource, "_sleep", _async_poll_wait)
    module_client = _sdk.MODULE_CLIENT
    _patch(module_client, "_client", _ModuleSeam(module_client.__dict__["_client"]))


def _restore() -> None:
    while _patched:
        cls, name, before, ours = _patched.pop()
        if cls.__dict__.get(name) is not ours:
            continue  # somebody has put something over it, which without an open mock leads to what was there
        if before is _MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, before)
