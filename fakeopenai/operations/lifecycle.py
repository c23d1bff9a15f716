"""How things that take time move: from status to status, one step per retrieve, at once, or when a test says so.

A resource has a *course*: the statuses that its objects pass through unasked, and what changes on arriving at each. The
areas register theirs (`course`), as they know what comes out at the end. What holds everywhere is here: a field
``<status>_at`` is the time of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import openai

from ..errors import UsageError, nearest
from ..model_shapes import LiteralShape
from ..state import Collection, canonical, kept
from . import load_area
from .resources import known_fields, resource_of

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["Arrive", "Course", "Look", "advance", "begin", "course", "course_of", "move", "step"]

Arrive = Callable[["Backend", Collection, dict[str, Any], str], None]
"""What changes on arriving at a status: changes the object in place, and may put and delete others. It is told the
status before."""

Look = Callable[["Backend", Collection, dict[str, Any]], None]
"""What changes at each step because of other objects."""


class Course:
    """The statuses of one resource.

    Attributes:
        resource: its path on the client.
        statuses: what an object passes through unasked, in order; the last is where it stays.
        arrive: what changes on arriving at a status.
        after: what follows on a status that isn't on the way (``cancelling``).
        others: statuses besides those, that a test may move an object to, where the type doesn't list them.
        look: asked before each step, for what follows from other objects.
    """

    __slots__ = ("after", "arrive", "look", "others", "resource", "statuses")

    def __init__(
        self,
        resource: str,
        statuses: Sequence[str],
        *,
        arrive: Mapping[str, Arrive] | None = None,
        after: Mapping[str, str] | None = None,
        others: Sequence[str] = (),
        look: Look | None = None,
    ) -> None:
        self.resource = resource
        self.statuses = tuple(statuses)
        self.arrive = dict(arrive or {})
        self.after = dict(after or {})
        self.others = tuple(others)
        self.look = look

    def next(self, status: str) -> str | None:
        """The status that follows; None at the end, and for one that is off the way."""
        if status in self.after:
            return self.after[status]
        if status not in self.statuses[:-1]:
            return None
        return self.statuses[self.statuses.index(status) + 1]

    @property
    def known(self) -> tuple[str, ...]:
        """All statuses that an object can be moved to."""
        declared: tuple[str, ...] = ()
        for shape in known_fields(kept()[self.resource].home).get("status", ()):
            if isinstance(shape, LiteralShape):
                declared += tuple(str(value) for value in shape.values)
        return tuple(dict.fromkeys([*self.statuses, *self.after.values(), *self.others, *declared]))


_COURSES: dict[str, Course] = {}


def course(found: Course) -> Course:
    """Register the course of a resource."""
    _COURSES[canonical(found.resource)] = found
    return found


def course_of(resource: str) -> Course | None:
    """The course of a resource, or None if its objects don't move by themselves."""
    return _COURSES.get(resource)


def move(account: Backend, collection: Collection, body: dict[str, Any], status: str) -> dict[str, Any]:
    """Set an object's status, with everything that changes on arriving there. ``body`` is changed, not stored."""
    before: str = body.get("status") or ""
    body["status"] = status
    entry = kept().get(collection.resource)
    stamp = f"{status}_at"
    if entry is not None and stamp in entry.fields:
        body[stamp] = int(account.clock.now())
    found = _COURSES.get(collection.resource)
    if found is not None and status in found.arrive:
        found.arrive[status](account, collection, body, before)
    return body


def step(account: Backend, collection: Collection, body: dict[str, Any]) -> bool:
    """Move a stored object one step on; whether it has moved. ``body`` is changed, and stored if it has."""
    found = _COURSES.get(collection.resource)
    if found is None:
        return False
    before = dict(body)
    if found.look is not None:
        found.look(account, collection, body)
    status = found.next(body.get("status") or "")
    if status is not None:
        move(account, collection, body, status)
    if body == before:
        return False
    collection.put(body, key=_key_of(collection, body))
    return True


def begin(account: Backend, collection: Collection, body: dict[str, Any]) -> None:
    """Take a new object through its whole course, where everything happens at once. ``body`` is changed, and stored."""
    while step(account, collection, body):
        pass


def advance(account: Backend, obj: Any, to: str | None = None) -> Any:
    """Move something that takes time on: one step, or to a status.

    Args:
        account: the account that holds it.
        obj: the object, or its id.
        to: the status to reach; the next one by default.

    Returns:
        The object as it is now, a fresh model.

    Raises:
        UsageError: there is no such object, it doesn't move, or there is no such status.
    """
    collection, body, found = _find(account, obj)
    status: str = body.get("status") or ""
    key = _key_of(collection, body)
    if to is None:
        if not step(account, collection, body):
            raise UsageError(
                f"{key!r} is {status!r}: nothing follows by itself. Say where to move it: advance(..., to=...), "
                f"one of {', '.join(map(repr, found.known))}."
            )
    else:
        if to not in found.known:
            suggestion = nearest(to, found.known)
            hint = f"did you mean {suggestion!r}?" if suggestion else f"it can be {', '.join(map(repr, found.known))}."
            raise UsageError(f"A {_type_name(collection)} has no status {to!r}; {hint}")
        while status != to and (following := found.next(status)) is not None and to in _ahead(found, following):
            move(account, collection, body, following)
            status = following
        if status != to:
            move(account, collection, body, to)
        collection.put(body, key=key)
    from .._sdk import made, validator_of

    kind = kept()[collection.resource].type
    return made(kind, collection.get(key), validator_of(kind))


def _ahead(found: Course, status: str) -> list[str]:
    """A status, and what follows on it by itself."""
    passed = [status]
    while (following := found.next(passed[-1])) is not None and following not in passed:
        passed.append(following)
    return passed


def _key_of(collection: Collection, body: Mapping[str, Any]) -> str:
    resource = resource_of(collection.resource)
    return str(body.get("id" if resource is None else resource.id_field))


def _type_name(collection: Collection) -> str:
    return kept()[collection.resource].type_name


def _find(account: Backend, obj: Any) -> tuple[Collection, dict[str, Any], Course]:
    """Where the object is, what is stored of it, and its course."""
    for resource, _, _ in account.state.resources():
        load_area(resource.partition(".")[0])
    key = obj if isinstance(obj, str) else getattr(obj, "id", None)
    if not isinstance(key, str):
        raise UsageError(f"advance() takes an object of the account or its id; got {type(obj).__name__} {obj!r}.")
    holding = [
        collection
        for resource, _, collection in account.state.resources()
        if resource in _COURSES and key in collection and _may_be(obj, resource)
    ]
    if len(holding) > 1 and isinstance(obj, openai.BaseModel):
        said = {value for name, value in obj.to_dict().items() if name.endswith("_id")}
        holding = [collection for collection in holding if said >= set(collection.parents)]
    if len(holding) == 1:
        collection = holding[0]
        body = collection.get(key)
        assert body is not None
        return collection, body, _COURSES[collection.resource]
    if holding:
        above = ", ".join(" / ".join(collection.parents) for collection in holding)
        raise UsageError(f"{key!r} is below several objects ({above}). Pass the object itself, not its id.")
    for _, _, collection in account.state.resources():
        if key in collection:
            raise UsageError(f"{key!r} is one of {collection.resource}, and those don't move by themselves.")
    raise UsageError(f"This account has no object {key!r}: nothing was created or put with that id.")


def _may_be(obj: Any, resource: str) -> bool:
    """Whether an object can be one of a resource, by its type."""
    return isinstance(obj, str) or not isinstance(obj, openai.BaseModel) or _same_kind(obj, resource)


def _same_kind(obj: openai.BaseModel, resource: str) -> bool:
    declared = {
        constant for shape in known_fields(kept()[resource].home).get("object", ()) for constant in _constants(shape)
    }
    said = getattr(obj, "object", None)
    return not declared or said is None or said in declared


def _constants(shape: Any) -> tuple[Any, ...]:
    return shape.values if isinstance(shape, LiteralShape) else ()
