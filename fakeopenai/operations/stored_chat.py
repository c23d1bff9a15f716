"""Stored chat completions: what ``store=True`` keeps, and the operations that read it.

A stored completion has a shape of its own (recorded): the request's settings stand beside the answer, messages have
fewer keys, usage has no details. Listings are newest first. Used by `chat`, which fills the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ..assemble import ABSENT, assemble
from ..replies import Reply
from ..request import Answer, Request
from ..snapshot import plain
from ..state import Collection, Page
from . import JsonObject, operation
from .narrowing import as_object, is_list, is_object
from .paging import page_body, page_of
from .resources import Resource, resource_of

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["keep"]

_RESOURCE = "chat.completions"
_MESSAGES = "chat.completions.messages"
_SETTINGS = {"top_p": 1.0, "temperature": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
_MESSAGE = ("content", "role", "tool_calls", "function_call")
_USAGE = ("total_tokens", "completion_tokens", "prompt_tokens")


def keep(request: Request, account: Backend, completion: Mapping[str, Any]) -> None:
    """Store a completion and the messages that it answers."""
    body: dict[str, Any] = request.body or {}
    request.request_id = request.request_id or account.ids.make("req_")
    settings = {name: body.get(name) for name in _SETTINGS}
    usage: Mapping[str, Any] = completion.get("usage") or {}
    seed = body.get("seed")
    stored: JsonObject = {
        "object": "chat.completion",
        "id": completion["id"],
        "model": completion["model"],
        "created": completion["created"],
        "request_id": request.request_id,
        "tool_choice": body.get("tool_choice"),
        "usage": {name: usage.get(name) for name in _USAGE},
        "seed": account.ids.random.randrange(-(2**63), 2**63) if seed is None else seed,
        **{name: _SETTINGS[name] if value is None else value for name, value in settings.items()},
        "system_fingerprint": completion.get("system_fingerprint"),
        "input_user": body.get("user"),
        "service_tier": completion.get("service_tier"),
        "tools": body.get("tools"),
        "metadata": body.get("metadata") or {},
        "choices": [_stored_choice(choice) for choice in completion.get("choices") or ()],
        "response_format": body.get("response_format"),
    }
    account.state.collection(_RESOURCE).put(plain(stored))
    messages = account.state.collection(_MESSAGES, completion["id"])
    for index, message in enumerate(plain(body.get("messages") or [])):
        messages.put(_stored_message(f"{completion['id']}-{index}", message))


def _stored_choice(choice: Mapping[str, Any]) -> JsonObject:
    return {
        "index": choice["index"],
        "message": {name: choice["message"].get(name) for name in _MESSAGE},
        "finish_reason": choice["finish_reason"],
        "logprobs": choice.get("logprobs"),
    }


def _stored_message(id: str, message: Mapping[str, Any]) -> JsonObject:
    content = message.get("content")
    parts = content if is_list(content) else None
    return {
        "id": id,
        "role": message["role"],
        "content": content if parts is None else None,
        "content_parts": parts,
        "name": message.get("name"),
        **{name: message[name] for name in ("tool_calls", "function_call", "tool_call_id") if message.get(name)},
    }


# ------------------------------------------------------------------------------------------------ reading it


def _known(name: str) -> Resource:
    found = resource_of(name)
    if found is None:
        raise LookupError(f"the operation table has no resource {name}")
    return found


def _find(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The completion that the path names; one that is made up, where that is wanted."""
    key = request.path_params["completion_id"]
    stored = account.state.collection(_RESOURCE)
    found = stored.get(key)
    if found is not None:
        return found
    if reply is None and (account.missing == "error" or stored.was_deleted(key)):
        raise _known(_RESOURCE).not_found(key)
    return _made_up(account, key)


def _made_up(account: Backend, id: str, choices: int = 1) -> JsonObject:
    """A stored completion of which nothing is known but its id."""
    message = {"content": None, "role": "assistant", "tool_calls": None, "function_call": None}
    return {
        "object": "chat.completion",
        "id": id,
        "model": "gpt-5",
        "created": int(account.clock.now()),
        "request_id": account.ids.make("req_"),
        "tool_choice": None,
        "usage": dict.fromkeys(_USAGE, 0),
        "seed": 0,
        **_SETTINGS,
        "system_fingerprint": None,
        "input_user": None,
        "service_tier": "default",
        "tools": None,
        "metadata": {},
        "choices": [
            {"index": index, "message": dict(message), "finish_reason": "stop", "logprobs": None}
            for index in range(choices)
        ],
        "response_format": None,
    }


def _as_stored(stored: JsonObject) -> JsonObject:
    """Say which keys stored completions lack, to an assembly that would fill them in by type."""
    usage = stored.get("usage")
    if isinstance(usage, dict):
        for name in ("prompt_tokens_details", "completion_tokens_details"):
            cast("JsonObject", usage).setdefault(name, ABSENT)
    for choice in stored.get("choices") or ():
        for name in ("refusal", "annotations"):
            choice["message"].setdefault(name, ABSENT)
    return stored


def _choices_in(partial: Any) -> int:
    """How many choices a partial completion has; one if it doesn't say."""
    told = as_object(partial).get("choices")
    return len(told) if is_list(told) else 1


@operation("chat.completions.retrieve")
def retrieve(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A stored completion."""
    return _as_stored(_widened(_find(request, account, reply), reply))


def _widened(stored: JsonObject, reply: Reply | None) -> JsonObject:
    """A made-up completion with as many choices as a test gives, so that each of them is completed as stored."""
    if reply is not None:
        for index in range(len(stored["choices"]), _choices_in(reply.value)):
            stored["choices"].append({**stored["choices"][0], "index": index})
    return stored


@operation("chat.completions.update")
def update(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Other metadata for a stored completion."""
    with account.state.lock:
        found = _find(request, account, reply)
        found["metadata"] = plain((request.body or {}).get("metadata") or {})
        stored = account.state.collection(_RESOURCE)
        if found["id"] in stored:
            stored.put(found)
    return _as_stored(_widened(found, reply))


@operation("chat.completions.delete")
def delete(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Forget a stored completion and its messages."""
    with account.state.lock:
        key: str = _find(request, account, reply)["id"]
        account.state.collection(_RESOURCE).delete(key)
        account.state.drop(_RESOURCE, key)
    return {"object": "chat.completion.deleted", "id": key, "deleted": True}


@operation("chat.completions.list")
def list_(request: Request, account: Backend, reply: Reply | None) -> JsonObject | Answer:
    """Stored completions of a model, with some metadata, newest first."""
    if reply is not None:
        return Answer(_scripted_page(request, account, reply.value))
    page = _page(request, account, _RESOURCE, account.state.collection(_RESOURCE))
    page["data"] = [_as_stored(stored) for stored in page["data"]]
    return page


def _scripted_page(request: Request, account: Backend, partial: Any) -> JsonObject:
    """A page of the completions that a test gives in part: each of them completed as a stored one."""
    by_key = partial if is_object(partial) else {"data": partial}
    given = by_key.get("data")
    operation = request.operation
    completions: list[JsonObject] = []
    for element in given if is_list(given) else ():
        below = _as_stored(_made_up(account, account.ids.make("chatcmpl-"), _choices_in(element)))
        made: JsonObject = assemble(
            operation.response_type, below, element, defaults=account.defaults, operation=operation.name
        )
        completions.append(_as_stored(made))
    rest = {key: value for key, value in by_key.items() if key != "data" or not is_list(value)}
    page = page_body(operation, Page(completions, has_more=False))
    whole: JsonObject = assemble(operation.page_type, page, rest, defaults=account.defaults, request=request)
    return whole


@operation("chat.completions.messages.list")
def list_messages(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The messages that a stored completion answers, oldest first."""
    found = _find(request, account, reply)
    page = _page(request, account, _MESSAGES, account.state.collection(_MESSAGES, found["id"]))
    for message in page["data"]:
        message.update(refusal=ABSENT, annotations=ABSENT)
    return page


def _page(request: Request, account: Backend, resource: str, collection: Collection) -> JsonObject:
    return page_of(request, _known(resource), collection, lenient=account.missing == "synthesize")
