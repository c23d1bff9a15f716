"""Which of the open mocks answers a call, and what is said where none does.

Opening and closing them is in `seam`, with the patches. Imported by all that takes the place of something in openai,
and by `contexts`.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import NetworkBlocked

if TYPE_CHECKING:
    from ..backend import Backend
    from ..request import Request

__all__ = ["GUARDS", "LOCK", "OPEN", "STACK", "Guard", "Opened", "answering", "anything_open", "open_mocks"]


class Opened:
    """An open mock: an account, and what it answers.

    Attributes:
        backend: the account.
        paths: the paths on the client that it answers, with all that lies below them; ``""`` is the whole client.
        owner: whatever opened it.
        active: whether it is still open.
        shared: whether it was opened outside of any task and any thread but the main one, so that all see it.
    """

    __slots__ = ("active", "backend", "owner", "paths", "shared")

    def __init__(self, backend: Backend, paths: tuple[str, ...], owner: Any) -> None:
        self.backend = backend
        self.paths = paths
        self.owner = owner
        self.active = False
        self.shared = False

    def answers(self, resource: str) -> bool:
        """Whether a resource, by its path on the client, belongs to what is mocked here."""
        return any(not path or f"{resource}.".startswith(f"{path}.") for path in self.paths)

    def double(self, resource: str) -> Callable[..., Any] | None:
        """What the test has put in the place of a resource's ``connect``; None if it hasn't."""
        raise NotImplementedError


class Guard:
    """Refuses what no mock answers, for as long as it is set; see `seam.set_guard`.

    Attributes:
        refused: one line for each call that it refused.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []

    def refuse(self, what: str, resource: str, operation: str | None) -> NetworkBlocked:
        """The error for a call outside of every mock."""
        self.refused.append(what)
        return NetworkBlocked(
            f"A real client called {what} outside of every mock, and --fakeopenai-block is on. Nothing was sent.\n"
            f"  to do:     {_advice('decorate the test with', resource)}",
            operation=operation,
        )


STACK: contextvars.ContextVar[tuple[Opened, ...]] = contextvars.ContextVar("fakeopenai_mocks", default=())
"""The mocks opened in this context, outermost first. Those that have been closed elsewhere may still stand in it."""

LOCK = threading.RLock()
OPEN: list[Opened] = []
"""Every open mock of the process, in order of opening."""
GUARDS: list[Guard] = []
"""One at most."""


def open_mocks() -> list[Opened]:
    """The mocks that are open for the code that runs now, innermost first.

    They are those of the present context (of a task, and of the tasks that it starts), and those that were opened
    outside of any task. A thread knows no context: it sees all that are open.
    """
    mine = [mock for mock in STACK.get() if mock.active]
    if not mine:
        return OPEN[::-1]
    if len(mine) == len(OPEN):
        return mine[::-1]
    return [mock for mock in reversed(OPEN) if mock.shared or mock in mine]


def anything_open() -> bool:
    """Whether real clients are kept from the network here, by a mock or by the guard."""
    return bool(GUARDS or open_mocks())


def answering(what: str, resource: str, request: Request | None = None) -> Opened:
    """The mock that answers a call.

    Args:
        what: what is called, in the words of an error.
        resource: the path of its resource on the client; ``""`` if it belongs to none.
        request: the request, if it is one of the API's operations.

    Raises:
        NetworkBlocked: nothing that is open does.
    """
    mocks = open_mocks()
    for mock in mocks:
        if mock.answers(resource):
            return mock
    operation = request.operation.name if request is not None else None
    if GUARDS and not mocks:
        raise GUARDS[0].refuse(what, resource, operation)
    present = dict.fromkeys(f"@{_decorator(path)}" for mock in mocks for path in mock.paths)
    raise NetworkBlocked(
        f"{what} was called, and it is not mocked here. Nothing was sent.\n"
        + (f"  the call:  {request!r}\n" if request is not None else "")
        + f"  mocked:    {', '.join(present) or 'nothing any more'}\n"
        f"  to do:     {_advice('add', resource)}",
        operation=operation,
    )


def _advice(verb: str, resource: str) -> str:
    whole = f"@{_decorator('')}"
    return f"{verb} @{_decorator(resource)}, or {whole} for the whole client" if resource else f"{verb} {whole}"


def _decorator(path: str) -> str:
    return f"fakeopenai.mock.{path}(...)" if path else "fakeopenai.mock()"
