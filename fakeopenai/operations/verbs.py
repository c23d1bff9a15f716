"""The generic engine's other half: actions other than create, retrieve, update, list and delete; what has no state.

An action on a stored object answers with it, and moves it where the outcome is plain (``cancel``, ``archive``); one
that answers with something else, or acts on nothing that is kept, answers from its response type. `generic` gives the
behaviour of any operation at all, and `depth_of` says how deep it is.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import openai

from ..errors import UnsupportedOperation
from ..model_shapes import LiteralShape, ModelShape
from ..operation import Operation
from ..replies import Reply
from ..request import Answer, Request
from . import Behaviour, JsonObject, crud, lifecycle
from .paging import empty_page
from .resources import Resource, known_fields

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["content", "depth_of", "generic"]

DEFAULT_CONTENT = b"This is a default content. Put the object with extra={'content': b'...'} to have your own."
"""What is in something that nobody gave bytes for."""

BINARY = "openai._legacy_response.HttpxBinaryResponseContent"

_MOVES: dict[str, tuple[str, ...]] = {
    "archive": ("archived",),
    "cancel": ("cancelling", "cancelled", "canceled"),
    "pause": ("paused",),
    "resume": ("queued", "running", "active"),
    "validate": ("validated",),
}
"""Where an action moves an object: to the first of these statuses that its type has."""


def act(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A stored object, after an action on it."""
    place, body = crud.lookup(request, account, reply)
    statuses = _MOVES.get(request.operation.method)
    if statuses and not _is_over(place.resource, body):
        status = _status_of(place.resource, statuses)
        if status is not None:
            lifecycle.move(account, place.collection, body, status)
    if request.operation.cast_to == place.resource.kept.home:
        return body
    return {**body, **crud.secrets(known_fields(request.operation.cast_to), account)}


def content(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """The bytes of a stored object: kept as its hidden ``content``, with ``content_type``; none if it has none."""
    place, _ = crud.lookup(request, account, reply)
    assert place.key is not None
    extra = place.collection.extra(place.key)
    return Answer(
        content=extra.get("content", DEFAULT_CONTENT),
        content_type=extra.get("content_type") or "application/octet-stream",
    )


def nothing(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """An answer without a body, once the object that it is about has been found."""
    _check_path(request, account, reply)
    return Answer(content=b"")


def shape(request: Request, account: Backend, reply: Reply | None) -> JsonObject | Answer:
    """What follows from the request alone: what it echoes, and the time. The rest is its response type's."""
    operation = request.operation
    _check_path(request, account, reply)
    if operation.page:
        return empty_page(operation)
    if operation.cast_to in {"object", "str", "bytes"}:
        return Answer(content=b"", content_type="text/plain; charset=utf-8")
    fields = known_fields(operation.cast_to)
    return {**crud.stamps(fields, account), **crud.echo(request, fields)}


def _check_path(request: Request, account: Backend, reply: Reply | None) -> None:
    """Refuse a path that names an object which doesn't exist."""
    resource = crud.target_of(request.operation)
    if resource is None:
        return
    if len(request.operation.path_params) > len(resource.kept.parents):
        crud.lookup(request, account, reply)
    else:
        crud.place_of(request, account, checked=not crud.tolerant(request, account, reply))


def blank(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """Bytes that nobody has given."""
    return Answer(content=b"", content_type="application/octet-stream")


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    """The stream of an operation that nothing is known of: what the test has scripted as one event, or nothing."""
    if reply is not None:
        yield body.get("type"), body


def _is_over(resource: Resource, body: JsonObject) -> bool:
    course = lifecycle.course_of(resource.name)
    return course is not None and body.get("status") == course.statuses[-1]


def _status_of(resource: Resource, candidates: tuple[str, ...]) -> str | None:
    fields = known_fields(resource.kept.home)
    shapes = fields.get("status", ())
    constants = [value for found in shapes if isinstance(found, LiteralShape) for value in found.values]
    if not constants:
        return candidates[-1] if shapes else None
    course = lifecycle.course_of(resource.name)
    known = constants if course is None else [*constants, *course.others]
    return next((status for status in candidates if status in known), None)


def _acts_on_object(operation: Operation) -> bool:
    """Whether an action answers with the object: in a type of its resource's, or in one with all of its fields."""
    target = crud.target_of(operation)
    if target is None:
        return False
    answered = known_fields(operation.cast_to)
    return operation.cast_to in target.kept.types or (
        "id" in answered and known_fields(target.kept.home).keys() <= answered.keys()
    )


def _is_listing(operation: Operation) -> bool:
    """Whether an operation without a page class lists all the same: its answer holds the objects as ``data``."""
    return (
        operation.kind == "retrieve"
        and not operation.path.endswith("}")
        and "data" in known_fields(operation.cast_to)
        and crud.target_of(operation) is not None
    )


@functools.cache
def generic(operation: Operation) -> Behaviour:
    """What the generic engine does for an operation.

    Raises:
        UnsupportedOperation: the installed SDK lacks the type of its answer.
    """
    try:
        _ = operation.response_type
    except (ImportError, AttributeError) as error:
        raise UnsupportedOperation(
            f"The answer of {operation.name} ({operation.verb} {operation.path}) follows from its type "
            f"{operation.cast_to}, which the installed openai {openai.__version__} lacks.\n"
            f"  to do:     install a newer openai, or fake.{operation.name}.returns(fakeopenai.raw({{...}}))",
            operation=operation.name,
        ) from error
    return _behaviour(operation)[1]


def depth_of(operation: Operation) -> Literal["state", "shape"]:
    """Whether the engine keeps state for an operation, or only answers in its shape."""
    return _behaviour(operation)[0]


def _behaviour(operation: Operation) -> tuple[Literal["state", "shape"], Behaviour]:
    kind, target = operation.kind, crud.target_of(operation)
    events = _events if operation.stream else None
    if target is not None:
        if (kind == "list" and operation.page) or _is_listing(operation):
            return "state", Behaviour(crud.list_, whole=bool(operation.page))
        if kind == "create" and not operation.page and operation.cast_to != "None":
            return "state", Behaviour(crud.create, persist=crud.keep, events=events)
        if kind == "retrieve":
            return "state", Behaviour(crud.retrieve, whole=operation.cast_to == target.kept.home)
        if kind == "update":
            whole = operation.cast_to == target.kept.home and isinstance(target.shape, ModelShape)
            return "state", Behaviour(crud.update, persist=crud.keep, whole=whole)
        if kind == "delete":
            return "state", Behaviour(crud.delete, persist=crud.drop, whole=operation.cast_to == "None")
        if operation.cast_to == BINARY:
            return "state", Behaviour(content)
        if _acts_on_object(operation):
            return "state", Behaviour(act, persist=crud.keep, whole=operation.cast_to == target.kept.home)
    if operation.cast_to == "None":
        return "shape", Behaviour(nothing)
    if operation.cast_to == BINARY:
        return "shape", Behaviour(blank)
    return "shape", Behaviour(shape, events=events)
