"""The seam: what is patched in openai while a mock is open.

One attribute is taken over: ``_client``, the http client that openai's two base clients keep. While a mock is open, a
data descriptor hands out a stand-in, whose ``send()`` answers from an account. So every client is covered, whenever and
however it was built, and all of the SDK's own code above it runs. The module-level client keeps its http client
elsewhere and needs a descriptor of its own, as does what authenticates by client certificates. Besides, what real
clients do past their http client is led elsewhere: see `detours`.

Nobody else's http is touched: not httpx, no transport. Fake clients keep their own account. Imported by `contexts`
and the pytest plugin's guard.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

from .. import _sdk
from ..errors import UsageError
from . import detours
from .answering import GUARDS, LOCK, OPEN, STACK, Guard, Opened
from .standins import MISSING, AsyncStandIn, ModuleSeam, Seam, SyncStandIn

__all__ = ["close", "is_innermost_here", "opened", "set_guard"]

# ------------------------------------------------------------------------------------------------ open and close


def opened(mock: Opened) -> Opened:
    """Open a mock, inside of those that are open here."""
    mock.shared = threading.current_thread() is threading.main_thread() and not _in_task()
    with LOCK:
        if not (OPEN or GUARDS):
            _install()
        mock.active = True
        OPEN.append(mock)
    STACK.set((*(other for other in STACK.get() if other.active), mock))
    return mock


def close(mock: Opened) -> None:
    """Close a mock, and what was opened inside of it and not closed; the last one puts openai back as it was.

    Raises:
        UsageError: there was a mock inside.
    """
    stack = STACK.get()
    inside = [other for other in stack[stack.index(mock) + 1 :] if other.active] if mock in stack else []
    with LOCK:
        for other in (*inside, mock):
            if other.active:
                other.active = False
                OPEN.remove(other)
        if not (OPEN or GUARDS):
            _restore()
    STACK.set(tuple(other for other in stack if other.active))
    if inside:
        raise UsageError(
            f"{mock.owner!r} was left while {inside[-1].owner!r} was still open inside of it. Leave mocks in the "
            "opposite order of entering them, as nested with statements do. All of them are closed now."
        )


def is_innermost_here(mock: Opened) -> bool:
    """Whether a mock is open, and was opened in the present context or for all."""
    return mock.active and (mock.shared or mock in STACK.get())


def set_guard(guard: Guard | None) -> None:
    """Refuse real clients' calls outside of mocks, from now on; None ends that."""
    with LOCK:
        installed = bool(OPEN or GUARDS)
        if guard is not None and not installed:
            _install()
        GUARDS[:] = [] if guard is None else [guard]
        if installed and not (OPEN or GUARDS):
            _restore()


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


# ------------------------------------------------------------------------------------------------ the patches

_patched: list[tuple[type[Any], str, Any, Any]] = []  # class, attribute, what was there, what is there now


def _patch(cls: type[Any], name: str, value: Any) -> None:
    _patched.append((cls, name, cls.__dict__.get(name, MISSING), value))
    setattr(cls, name, value)


def _wrap(cls: type[Any], name: str, wrapper: Callable[[Any], Any]) -> None:
    _patch(cls, name, wrapper(cls.__dict__[name]))


def _install() -> None:
    try:
        _install_all()
    except BaseException:
        _restore()
        raise


def _install_all() -> None:
    sync_resource, async_resource = _sdk.RESOURCE_BASES
    _patch(_sdk.SyncAPIClient, "_client", Seam(SyncStandIn))
    _patch(_sdk.AsyncAPIClient, "_client", Seam(AsyncStandIn))
    _patch(_sdk.MODULE_CLIENT, "_client", ModuleSeam(_sdk.MODULE_CLIENT.__dict__["_client"]))
    _wrap(_sdk.SyncAPIClient, "_sleep_for_retry", detours.retry_wait)
    _wrap(_sdk.AsyncAPIClient, "_sleep_for_retry", detours.async_retry_wait)
    _wrap(sync_resource, "_sleep", detours.poll_wait)
    _wrap(async_resource, "_sleep", detours.async_poll_wait)
    for cls in _sdk.TOKEN_EXCHANGES:
        if "get_token" in vars(cls):
            _wrap(cls, "get_token", detours.token)
        if "get_token_async" in vars(cls):
            _wrap(cls, "get_token_async", detours.async_token)
    for cls, stand_in in zip(_sdk.CERTIFICATE_EXCHANGES, (SyncStandIn, AsyncStandIn), strict=False):
        _patch(cls, "_http_client", Seam(stand_in, "_http_client"))
    for opener in detours.socket_openers():
        _wrap(*opener)
    for base in _sdk.RESOURCE_BASES:
        _patch(base, "__init_subclass__", classmethod(_resource_imported))


def _resource_imported(cls: type[Any], /, **kwargs: Any) -> None:
    """A resource is imported when a client first uses it, which may be inside of a mock."""
    super(_base_of(cls), cls).__init_subclass__(**kwargs)
    with LOCK:
        for opener in detours.openers_of(cls):
            _wrap(*opener)


def _base_of(cls: type[Any]) -> type[Any]:
    return next(base for base in _sdk.RESOURCE_BASES if issubclass(cls, base))


def _restore() -> None:
    while _patched:
        cls, name, before, ours = _patched.pop()
        if cls.__dict__.get(name) is not ours:
            continue  # somebody has put something over it, which without an open mock leads to what was there
        if before is MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, before)
