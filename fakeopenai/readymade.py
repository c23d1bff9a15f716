"""Answers that a script gives ready-made, whatever the operation: errors, failing connections, raw bodies, events.

And streams that break. What a model says, and partial answers, are the operations' to complete. Imported by the
backend, for the first script that has any of this.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from . import replies
from .errors import UsageError
from .messages import said_twice, usual_message
from .operations import behaviour_of
from .replies import Reply
from .request import Answer, Request
from .snapshot import plain
from .stringify import cut

if TYPE_CHECKING:
    from .backend import Backend

__all__ = ["broken", "collected", "ready_answer"]


def ready_answer(request: Request, reply: Reply, account: Backend) -> Answer:
    """The answer that doesn't depend on the operation.

    Raises:
        UsageError: events are scripted for a call without streaming.
    """
    kind = reply.kind
    if kind == "events" and not request.stream:
        raise UsageError(
            f"{request.operation.name} was called without streaming, but events are scripted for it, {reply!r}.\n"
            "  to do:     have the code pass stream=True, or script the answer itself: its text, or a dict of it.",
            operation=request.operation.name,
        )
    answer = Answer(fragile=True, latency=reply.latency)
    if kind == "error":
        answer.status = reply.value.status
        answer.body = _error_body(reply.value)
        if reply.value.body is None and answer.status in {400, 404} and request.operation.area == "files":
            answer.body = said_twice(answer.body)
        answer.headers = dict(reply.headers or {})
    elif kind == "content":
        answer.content = reply.value
        text = request.operation.cast_to == "str"
        answer.content_type = "text/plain; charset=utf-8" if text else "application/octet-stream"
    elif kind == "raw":
        _fill_raw(answer, reply.value)
    elif kind == "events":
        if account.strict:
            from .rules.turns import check_events

            check_events(request, reply.value, account)
        answer.events = _hand_made(request, reply.value)
    elif kind in {"connection", "timeout"}:
        answer.exception = replies.Unreachable(kind, reply.value)
    else:
        answer.exception = reply.value
    return answer


def _error_body(found: replies.ErrorReply) -> Any:
    """The JSON body of an error answer; what the test left open is what the API usually says with that status."""
    if found.body is not None:
        return found.body
    message, kind, code = usual_message(found.status)
    if found.message is not None:
        message, code = found.message, None
    return {
        "error": {
            "message": message,
            "type": kind if found.type is None else found.type,
            "param": found.param,
            "code": code if found.code is None else found.code,
        }
    }


def _fill_raw(answer: Answer, found: replies.Raw) -> None:
    answer.status = found.status
    answer.headers = dict(found.headers)
    if isinstance(found.body, bytes | str):
        answer.content = found.body.encode() if isinstance(found.body, str) else found.body
        answer.content_type = answer.headers.get("content-type", "application/octet-stream")
    else:
        answer.body = found.body


async def collected(reply: Reply) -> Reply:
    """The events of an asynchronous iterable, from now on a list, since further calls may want them too."""
    events: object = reply.value
    if isinstance(events, AsyncIterable):
        reply.value = [event async for event in cast("AsyncIterable[Any]", events)]
    return reply


def _hand_made(request: Request, events: Any) -> Iterator[tuple[str | None, Any]]:
    """The events, one by one; the record learns what those that have come add up to."""
    told: list[Any] = []
    fold = behaviour_of(request.operation).fold
    for event in events:
        name, data = _event_of(event)
        told.append(data)
        if fold is not None and len(told) == 1:
            request.call._told(functools.partial(fold, told))
        yield name, data


def _event_of(event: Any) -> tuple[str | None, Any]:
    """``(event name, data)`` of one element of a hand-made stream: a dict, a model, or such a pair itself."""
    if isinstance(event, tuple) and len(cast("tuple[Any, ...]", event)) == 2:
        name, data = cast("tuple[Any, Any]", event)
        return name, plain(data)
    data = plain(event)
    if not isinstance(data, dict):
        raise UsageError(
            f"{cut(repr(cast('object', event)), 60)} can't be an event of a stream: an event is a dict or a model "
            'of the SDK. Pieces of text are written chunks("Hel", "lo").'
        )
    event_ = cast("dict[str, Any]", data)
    if event_.keys() == {"event", "data"}:  # the form in which the SDK yields assistants' events
        return event_["event"], event_["data"]
    return (None if "choices" in event_ else event_.get("type")), event_


def broken(events: Iterator[tuple[str | None, Any]], point: replies.Break) -> Iterator[tuple[str | None, Any]]:
    """A stream that fails after some events."""
    for index, event in enumerate(events):
        if index >= point.after:
            break
        yield event
    failure = replies.coerce(point.error, where="break_after()")
    if failure.kind == "error":
        # The API has already sent status 200: what goes wrong later comes as an event of its own.
        yield "error", _error_body(failure.value)
        return
    if failure.kind in {"connection", "timeout"}:
        raise replies.Unreachable(failure.kind, failure.value)
    raise failure.value
