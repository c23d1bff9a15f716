"""What operations do: the registry of behaviours. One module for each API area, imported when first used.

A behaviour is a plain synchronous function of the request, the account and the scripted reply (or None). It returns the
*computed layer*: the JSON fields that follow from the request. Completing it by type, laying the user's defaults and
partials over it, and recording are not its business. Awaiting isn't either: `client.py` adds that.

To give an operation behaviour of its own, write in ``operations/<area>.py`` (the first segment of its name)::

    @operation("files.create", persist=keep)
    def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject: ...
"""

from __future__ import annotations

import copy
import importlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from ..operation import Operation
from ..replies import Reply
from ..request import Answer, Request
from ..state import canonical

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = [
    "Behaviour",
    "Compute",
    "Events",
    "Guard",
    "JsonObject",
    "behaviour_of",
    "guard",
    "load_area",
    "module_of",
    "operation",
    "own_behaviour",
]

JsonObject: TypeAlias = "dict[str, Any]"
Compute: TypeAlias = "Callable[[Request, Backend, Reply | None], JsonObject | Answer]"
Events: TypeAlias = "Callable[[Request, Backend, JsonObject, Reply | None], Iterator[tuple[str | None, Any]]]"
Guard: TypeAlias = "Callable[[Request, Backend, Reply | None], None]"
"""Raises what the API refuses on account of the objects that the path names, whatever is asked of them."""


class Behaviour:
    """What one operation does.

    Attributes:
        compute: gives the computed layer, or a whole `Answer` (binary contents, answers that are no JSON).
        events: turns the finished body into the stream's ``(event name, data)`` pairs; None if it can't stream.
        fold: the other way: the body that events add up to, for the records of streams that a test has made itself.
        persist: keeps the finished body in the account's state; None if nothing is kept.
        generates: whether a model speaks here, so that the account's script of turns applies.
        whole: whether the computed layer is already complete, so that it needs no assembly unless a user's layer
            lies over it.
        speaks: whether a `Turn` (text, tool calls) can be said through it.
        content: whether ``compute`` is given scripted bytes, since it knows their media type; else they are the answer.
        continues: the operations whose scripts go on here, if nothing is scripted for this one: a run that has got its
            tools' outputs says what is next in the script that it was created under.
    """

    __slots__ = ("compute", "content", "continues", "events", "fold", "generates", "persist", "speaks", "whole")

    def __init__(
        self,
        compute: Compute,
        *,
        events: Events | None = None,
        fold: Callable[[Iterable[Any]], JsonObject] | None = None,
        persist: Callable[[Request, Backend, JsonObject], None] | None = None,
        generates: bool = False,
        whole: bool = False,
        speaks: bool = False,
        content: bool = False,
        continues: tuple[str, ...] = (),
    ) -> None:
        self.compute = compute
        self.events = events
        self.fold = fold
        self.persist = persist
        self.generates = generates
        self.whole = whole
        self.speaks = speaks or generates
        self.content = content
        self.continues = continues


_BEHAVIOURS: dict[str, Behaviour] = {}
_ANSWERING: dict[Operation, Behaviour] = {}
_GUARDS: dict[str, Guard] = {}
_IMPORTED: set[str] = set()


def operation(
    *names: str,
    events: Events | None = None,
    fold: Callable[[Iterable[Any]], JsonObject] | None = None,
    persist: Callable[[Request, Backend, JsonObject], None] | None = None,
    generates: bool = False,
    whole: bool = False,
    speaks: bool = False,
    content: bool = False,
    continues: tuple[str, ...] = (),
) -> Callable[[Compute], Compute]:
    """Register a function as the behaviour of the operations of these names. See `Behaviour` for the arguments."""

    def register(compute: Compute) -> Compute:
        behaviour = Behaviour(
            compute,
            events=events,
            fold=fold,
            persist=persist,
            generates=generates,
            whole=whole,
            speaks=speaks,
            content=content,
            continues=continues,
        )
        for name in names:
            _BEHAVIOURS[name] = behaviour
        _ANSWERING.clear()
        return compute

    return register


def guard(resource: str) -> Callable[[Guard], Guard]:
    """Register what is looked at first in all operations of a resource and below it, generic ones included."""

    def register(look: Guard) -> Guard:
        _GUARDS[resource] = look
        _ANSWERING.clear()
        return look

    return register


def module_of(found: Operation) -> str:
    """The file where behaviour of this operation stands, or would stand."""
    return f"fakeopenai/operations/{found.area}.py"


def load_area(area: str) -> None:
    """Import the module of an area, if it has one and has not been imported yet."""
    if area in _IMPORTED:
        return
    name = f"{__name__}.{area}"
    if area.isidentifier() and importlib.util.find_spec(name) is not None:
        importlib.import_module(name)  # where another thread imports it, this waits until it is there
    _IMPORTED.add(area)


def own_behaviour(found: Operation) -> Behaviour | None:
    """The behaviour that an operation has of its own; None if the generic engine serves it."""
    load_area(found.area)
    load_area(canonical(found.name).partition(".")[0])  # what the client has under two names is written once
    return _BEHAVIOURS.get(found.name)


def behaviour_of(found: Operation) -> Behaviour:
    """The behaviour of an operation: its own, or the generic engine's."""
    behaviour = _ANSWERING.get(found)
    if behaviour is None:
        behaviour = own_behaviour(found)
        if behaviour is None:
            from .verbs import generic

            behaviour = generic(found)
        for resource, look in _GUARDS.items():
            if found.name.startswith(f"{resource}."):
                behaviour = _guarded(behaviour, look)
        _ANSWERING[found] = behaviour
    return behaviour


def _guarded(behaviour: Behaviour, look: Guard) -> Behaviour:
    """The same behaviour, after a look."""

    def compute(request: Request, account: Backend, reply: Reply | None) -> JsonObject | Answer:
        look(request, account, reply)
        return behaviour.compute(request, account, reply)

    guarded = copy.copy(behaviour)
    guarded.compute = compute
    return guarded
