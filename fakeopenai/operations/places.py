"""Where the objects of a request are: the resource, the ids above, the object itself; and what if there is none.

The generic engine stands on this, and so does any behaviour of an operation whose path names objects. Nothing here
changes state.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import assemble
from ..operation import Operation
from ..replies import Reply
from ..request import Request
from ..state import SINGLE, Collection
from ..state.layout import is_installed
from . import JsonObject
from .resources import Resource, known_fields, levels_of, resource_of

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = [
    "LASTS",
    "Place",
    "check_parents",
    "find",
    "lookup",
    "made_up",
    "place_of",
    "stamps",
    "target_of",
    "tolerant",
]

LASTS = 600
"""Seconds after which something expires that has to, unless more is said: as a session of ChatKit does."""

_STAMPS = ("created_at", "created", "added_at", "updated_at", "last_active_at")


class Place:
    """Where the objects of one request are.

    Attributes:
        resource: what is kept there.
        parents: ids of the objects above.
        key: the object that the path names; `SINGLE` where the resource has one only, None if the path names none.
        param: what the path calls that id.
        collection: the objects.
    """

    __slots__ = ("collection", "key", "param", "parents", "resource")

    def __init__(
        self, resource: Resource, parents: tuple[str, ...], key: str | None, param: str, collection: Collection
    ) -> None:
        self.resource = resource
        self.parents = parents
        self.key = key
        self.param = param
        self.collection = collection


@functools.cache
def target_of(operation: Operation) -> Resource | None:
    """The resource whose objects an operation creates, reads, changes or deletes.

    None if there is no such resource, or the installed SDK lacks the type of its objects.
    """
    found = _target_of(operation)
    return found if found is not None and is_installed(found.kept.home) else None


def _target_of(operation: Operation) -> Resource | None:
    if operation.method.startswith(("list_", "get_")):
        last = [part for part in operation.path.split("/") if "{" not in part][-1]
        if last != operation.resource.rpartition(".")[2]:
            return resource_of(f"{operation.resource}.{last}")
    if operation.kind == "other":
        levels = levels_of(operation)
        return levels[-1] if levels and len(levels[-1].kept.parents) + 1 == len(operation.path_params) else None
    return resource_of(operation.resource)


def place_of(request: Request, account: Backend, *, checked: bool = True) -> Place:
    """Where the objects of a request are.

    Args:
        request: what is asked.
        account: who holds them.
        checked: whether the objects above have to exist.

    Raises:
        ApiError: an object above doesn't exist.
    """
    resource, above, param = _plan(request.operation)
    values = request.path_params
    parents = tuple([values[name] for name in above]) if above else ()
    if checked and parents:
        _check_parents(resource, parents, account)
    key = values[param] if param else SINGLE if param is None else None
    return Place(resource, parents, key, param or "", account.state.collection(resource.name, *parents))


@functools.cache
def _plan(operation: Operation) -> tuple[Resource, tuple[str, ...], str | None]:
    """What is kept, the names of the ids above, and that of the object; None if there is one only, ``""`` if none."""
    resource = target_of(operation)
    assert resource is not None, operation
    depth = len(resource.kept.parents)
    names = operation.path_params
    param = None if resource.kept.single else names[depth] if len(names) > depth else ""
    return resource, names[:depth], param


def check_parents(request: Request, account: Backend) -> None:
    """Refuse a path that names an object above which doesn't exist."""
    resource, above, _ = _plan(request.operation)
    _check_parents(resource, tuple([request.path_params[name] for name in above]), account)


def _check_parents(resource: Resource, parents: tuple[str, ...], account: Backend) -> None:
    for depth, (name, above) in enumerate(resource.above):
        if above is not None and parents[depth] not in account.state.collection(above.name, *parents[:depth]):
            raise above.not_found(parents[depth], name)


def tolerant(request: Request, account: Backend, reply: Reply | None) -> bool:
    """Whether what doesn't exist is made up: the account or the operation is set so, or the test says what it is."""
    return reply is not None or account.setting("missing", request.operation) == "synthesize"


def lookup(request: Request, account: Backend, reply: Reply | None) -> tuple[Place, JsonObject]:
    """The object that the path names, and where it is.

    Raises:
        ApiError: it doesn't exist, and nothing says that it be made up.
    """
    place = find(request, account, reply)
    assert place.key is not None
    return place, place.collection.get(place.key) or made_up(place, request, account)


def find(request: Request, account: Backend, reply: Reply | None) -> Place:
    """Where the object is that the path names; see `lookup`."""
    lenient = tolerant(request, account, reply)
    place = place_of(request, account, checked=not lenient)
    key = place.key
    assert key is not None
    if key not in place.collection:
        deleted = place.collection.was_deleted(key)
        if (reply is None and deleted) or not (lenient or _is_setting(place)):
            raise place.resource.not_found(key, "" if deleted else place.param)
    return place


def _is_setting(place: Place) -> bool:
    """Whether an object that nobody has made is there nevertheless: settings, which have no id and can't be deleted."""
    return place.key == SINGLE and not place.collection.was_deleted(SINGLE)


def made_up(place: Place, request: Request, account: Backend) -> JsonObject:
    """An object that was never created, from its type: with its id, the ids above it, and the time."""
    resource = place.resource
    fields = known_fields(resource.kept.home)
    partial = stamps(fields, account)
    if place.key and resource.id_field in fields:
        partial[resource.id_field] = place.key
    for name, value in zip(resource.kept.parents, place.parents, strict=True):
        if name in fields:
            partial[name] = value
    if resource.expires:
        partial["expires_at"] = int(account.clock.now()) + LASTS
    body: JsonObject = assemble(resource.kept.type, partial, request=request)
    return body


def stamps(fields: Mapping[str, Any], account: Backend) -> JsonObject:
    """The times that a new object bears."""
    now = int(account.clock.now())
    return {name: now for name in _STAMPS if name in fields}
