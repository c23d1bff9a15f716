"""What the model saw before a turn, and what is kept after it: chains, conversations, background responses.

A stored response keeps, hidden beside it, the request that it answers and how many tokens the next turn inherits, so
that a turn costs the same however long the chain is; what the model really saw is put together when somebody asks.
Used by `responses` and `conversations`, and by the view of a request that scripts get (`fakeopenai.view`).
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ..errors import ApiError
from ..items import PREFIXES
from ..request import Request
from ..snapshot import plain, thaw
from ..state import Page
from .narrowing import as_object, is_list, is_object, objects_in
from .paging import page_body
from .resources import named
from .response_echo import conversation_id, opened

if TYPE_CHECKING:
    from ..backend import Backend
    from ..state import Collection

__all__ = [
    "Context",
    "append",
    "as_kept",
    "context_of",
    "conversation",
    "count_input",
    "finish",
    "history",
    "input_items",
    "keep",
    "kept_items",
    "page_of_partial",
    "pieces_of",
    "unknown_items",
]

JSON = dict[str, Any]

RESPONSES: Final = "responses"
CONVERSATIONS: Final = "conversations"
ITEMS: Final = "conversations.items"


class Context(NamedTuple):
    """What a turn goes on from.

    Attributes:
        tokens: how much of it the model has to read.
        conversation: id of the conversation; None if there is none, or it is not of this account.
    """

    tokens: int
    conversation: str | None


_NOTHING: Final = Context(0, None)


def context_of(body: Mapping[str, Any], account: Backend) -> Context:
    """What the turn that is asked for goes on from; refused as the API refuses it, if that isn't there."""
    previous: Any = body.get("previous_response_id")
    asked = body.get("conversation")
    if asked is not None:
        found = conversation(account, conversation_id(body) or "")
        return _NOTHING if found is None else Context(_tokens_of(account, found), found)
    if previous is None:
        return _NOTHING
    stored = account.state.collection(RESPONSES)
    tokens = stored.extra(previous).get("tokens")
    if tokens is not None:
        return Context(tokens, None)
    response = stored.get(previous)
    if response is not None:  # put there by a test
        return Context(count_items(response.get("output") or (), account), None)
    if _may_be_unknown(account, stored, previous):
        return _NOTHING
    responses = named(RESPONSES)
    if not previous.startswith(responses.row.begins) and not stored.was_deleted(previous):  # reported
        raise responses.not_found(previous, "previous_response_id")
    raise ApiError(
        400,
        f"Previous response with id '{previous}' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )


def _may_be_unknown(account: Backend, collection: Collection, id: str) -> bool:
    """Whether an id that names nothing is let pass; what was deleted here is gone for sure."""
    return (account.missing == "synthesize" or account.strict is False) and not collection.was_deleted(id)


def conversation(account: Backend, id: str) -> str | None:
    """The id of a conversation that is there; None for one that isn't and may be missing, else the API's refusal."""
    stored = account.state.collection(CONVERSATIONS)
    if id in stored:
        return id
    if _may_be_unknown(account, stored, id):
        return None
    raise named(CONVERSATIONS).not_found(id, "" if stored.was_deleted(id) else "conversation")


# ------------------------------------------------------------------------------------------------ counting


def count_input(body: Mapping[str, Any], account: Backend) -> int:
    """How many tokens a request asks the model to read, beside what it goes on from."""
    count = account.count_tokens
    given: Any = body.get("input")
    total = _PRIMER + (count(given) + _ITEM if isinstance(given, str) else count_items(given or (), account))
    instructions = body.get("instructions")
    if instructions:
        total += _ITEM + count(instructions)
    tools = body.get("tools")
    if tools:
        total += _TOOLS + sum(count(_compact(tool)) * 3 // 4 for tool in tools)
    text = body.get("text")
    if text and text.get("format"):
        total += count(_compact(text["format"]))
    return total


_PRIMER: Final = 3
_ITEM: Final = 4
_TOOLS: Final = 8
_PICTURE: Final = 255
_FILE: Final = 200


def count_items(items: Sequence[Any], account: Backend) -> int:
    """How many tokens items take when they are read."""
    count = account.count_tokens
    total = 0
    for item in items:
        total += _ITEM
        content: Any = item.get("content")
        if isinstance(content, str):
            total += count(content)
        elif content:
            total += sum(_count_part(part, account) for part in content)
        for key in _READ:
            value: Any = item.get(key)
            if isinstance(value, str):
                total += count(value)
            elif value:
                total += sum(_count_part(part, account) for part in value if is_object(part))
    return total


_READ: Final = ("arguments", "code", "input", "name", "output", "result", "summary")


def _count_part(part: Mapping[str, Any], account: Backend) -> int:
    kind = part.get("type")
    if kind in {"computer_screenshot", "input_image"}:
        return _PICTURE
    if kind == "input_file":
        return _FILE
    return account.count_tokens(part.get("text") or part.get("refusal") or "")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _tokens_of(account: Backend, id: str) -> int:
    tokens = account.state.collection(CONVERSATIONS).extra(id).get("tokens")
    if tokens is None:  # filled by a test
        tokens = count_items(kept_items(account, id), account)
    return cast("int", tokens)


# ------------------------------------------------------------------------------------------------ keeping


def keep(
    request: Request,
    account: Backend,
    response: JSON,
    context: Context,
    *,
    pieces: Sequence[str] | None = None,
    waiting: bool = False,
) -> None:
    """Keep a response, with the request that it answers; append to the conversation what has been said in it.

    Args:
        request: the request.
        account: where it is kept.
        response: the response as it ends.
        context: what it went on from.
        pieces: how its text is cut when streamed, if a script says so.
        waiting: whether it runs in the background: what is kept then is how it looks before it has begun, and hidden
            beside that what will become of it.
    """
    body: Mapping[str, Any] = request.body or {}
    if body.get("store") is False and not response["background"] and context.conversation is None:
        return
    usage: Mapping[str, Any] = response.get("usage") or {}
    extra: JSON = {"tokens": usage.get("total_tokens") or 0}
    if request.call is not None and request.call._snapshot is not None:
        extra["request"] = request.call._snapshot
    if pieces:
        extra["pieces"] = marshal.dumps(list(pieces))
    if context.conversation is not None:
        newest = account.state.collection(ITEMS, context.conversation).page(limit=1, order="desc").items
        extra["until"] = newest[0]["id"] if newest else ""
    stored = account.state.collection(RESPONSES)
    if waiting:
        stored.put(opened(response, "queued"), extra={**extra, "final": marshal.dumps(response)})
        return
    if body.get("store") is not False or response["background"]:
        stored.put(response, extra=extra)
    if context.conversation is not None:
        _converse(account, response, context.conversation, body)


def _converse(account: Backend, response: Mapping[str, Any], id: str, body: Mapping[str, Any]) -> None:
    """Append a turn to its conversation: what was put in, and what came out."""
    given = [as_kept(item, account) for item in _as_items(body.get("input"))]
    append(account, id, [*given, *(response.get("output") or ())])
    stored = account.state.collection(RESPONSES)
    if response["id"] in stored:
        stored.set_extra(response["id"], ids=marshal.dumps([item["id"] for item in given]))


def append(account: Backend, id: str, items: Sequence[JSON]) -> None:
    """Append items, complete with their ids, to a conversation."""
    with account.state.lock:
        tokens = _tokens_of(account, id) + count_items(items, account)
        collection = account.state.collection(ITEMS, id)
        for item in items:
            collection.put(item)
        account.state.collection(CONVERSATIONS).set_extra(id, tokens=tokens)


def finish(account: Backend, collection: Collection, body: JSON, before: str) -> None:
    """What a background response has come to; changes ``body``."""
    extra = collection.extra(body["id"])
    final = extra.get("final")
    if final is None:
        return
    ended: JSON = marshal.loads(final)  # noqa: S302 - our own bytes, from this process
    now = int(account.clock.now())
    body.update({**ended, "completed_at": now if ended["status"] == "completed" else None})
    collection.set_extra(body["id"], final=None)
    if "until" in extra:
        asked: JSON = thaw(extra["request"]) if "request" in extra else {}
        _converse(account, body, body["conversation"]["id"], asked)


def pieces_of(account: Backend, id: str) -> list[str] | None:
    """How the text of a stored response was cut when it was said; None if a script did not say so."""
    found = account.state.collection(RESPONSES).extra(id).get("pieces")
    return None if found is None else marshal.loads(found)  # noqa: S302 - our own bytes, from this process


# ------------------------------------------------------------------------------------------------ what was seen


def _as_items(given: Any) -> list[Any]:
    """An input as a list of items, as they were given."""
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return list(given or ())


def as_kept(given: Mapping[str, Any], account: Backend, id: str | None = None) -> JSON:
    """An input item as the API keeps it: with an id, a status, and its content in parts.

    Args:
        given: the item as it was sent.
        account: makes the id, and knows the items that references name.
        id: the id, if it is known already.
    """
    item = dict(given)
    kind = item.setdefault("type", "message" if "role" in item else "item_reference")
    if kind == "item_reference":
        return _referred(item, account)
    item["id"] = item.get("id") or id or account.ids.make(PREFIXES.get(kind, "item_"))
    if kind == "message":
        item["status"] = item.get("status") or "completed"
        item["content"] = _parts(item.get("content"), item.get("role"))
        return {key: item[key] for key in (*_FIRST, *(key for key in item if key not in _FIRST))}
    if kind in _WITH_STATUS:
        item["status"] = item.get("status") or "completed"
    return {key: item[key] for key in (*(key for key in _FIRST if key in item), *item) if key in item}


_FIRST: Final = ("id", "type", "status")
_WITH_STATUS: Final = frozenset(
    kind for kind in PREFIXES if kind.endswith(("_call", "_call_output")) and not kind.startswith("mcp")
)


def _parts(content: Any, role: Any) -> list[JSON]:
    said = role == "assistant"
    if isinstance(content, str):
        content = [{"type": "output_text" if said else "input_text", "text": content}]
    return [_part(part) for part in content or ()]


def _part(given: Mapping[str, Any]) -> JSON:
    part = dict(given)
    if part.get("type") == "output_text":
        return {"type": "output_text", "annotations": [], "logprobs": [], **part}
    if part.get("type") == "input_image":
        return {"detail": "auto", "file_id": None, **part}
    return part


def _referred(item: JSON, account: Backend) -> JSON:
    """The item that a reference names, wherever in the account it is; if it isn't there, a message without content.

    The API keeps no references, and answers with none.
    """
    for _, _, collection in account.state.resources(ITEMS):
        found = collection.get(item["id"])
        if found is not None:
            return found
    stored = account.state.collection(RESPONSES)
    for key in reversed(stored.keys()):
        for said in (stored.get(key) or {}).get("output") or ():
            if said.get("id") == item["id"]:
                return cast("JSON", said)
    return {"id": item["id"], "type": "message", "status": "completed", "role": "user", "content": []}


def unknown_items(account: Backend, ids: Iterable[str]) -> set[str]:
    """Those of some ids that name no item which the account keeps: none said, put in, or in a conversation."""
    unknown = set(ids)
    for _, _, collection in account.state.resources(ITEMS):
        unknown = {key for key in unknown if key not in collection}
    stored = account.state.collection(RESPONSES)
    for key in reversed(stored.keys()):
        if not unknown:
            break
        unknown.difference_update(item.get("id") for item in (stored.get(key) or {}).get("output") or ())
        extra = stored.extra(key)
        if unknown and "request" in extra:
            unknown.difference_update(item.get("id") for item in _as_items(thaw(extra["request"]).get("input")))
        if unknown and "ids" in extra:
            unknown.difference_update(marshal.loads(extra["ids"]))  # noqa: S302 - our own bytes
    return unknown


def input_items(account: Backend, response: Mapping[str, Any]) -> list[JSON]:
    """All that the model saw before a stored response, oldest first: earlier turns, then what was put in."""
    return [item for turn in _chain(account, response) for item in (*turn.output, *turn.given)]


class _Past(NamedTuple):
    """One turn of the past: what was put in, and the output of the turn before it."""

    output: list[JSON]
    given: list[JSON]


def _chain(account: Backend, response: Mapping[str, Any]) -> Iterator[_Past]:
    """The turns up to a response, oldest first."""
    stored = account.state.collection(RESPONSES)
    turns: list[_Past] = []
    current: Mapping[str, Any] | None = response
    passed: set[str] = set()
    while current is not None and current["id"] not in passed:
        passed.add(current["id"])
        previous = current.get("previous_response_id")
        before = stored.get(previous) if previous else None
        turns.append(_Past((before or {}).get("output") or [], _given(account, current)))
        current = before
    if before_all := _conversed(account, response):
        turns.append(_Past([], before_all))
    return reversed(turns)


def _conversed(account: Backend, response: Mapping[str, Any]) -> list[JSON]:
    """What had been said in the conversation before a response."""
    until = account.state.collection(RESPONSES).extra(response["id"]).get("until")
    if not until:
        return []
    items = kept_items(account, as_object(response.get("conversation")).get("id") or "")
    places = [index for index, item in enumerate(items) if item["id"] == until]
    return items[: places[0] + 1] if places else []


def _given(account: Backend, response: Mapping[str, Any]) -> list[JSON]:
    """What was put in for one response, with the ids that it has had since somebody first asked."""
    stored = account.state.collection(RESPONSES)
    extra = stored.extra(response["id"])
    asked: Any = thaw(extra["request"]) if "request" in extra else {}
    given = _as_items(asked.get("input"))
    ids: list[str] = marshal.loads(extra["ids"]) if "ids" in extra else []  # noqa: S302 - our own bytes
    if len(ids) == len(given):
        return [as_kept(item, account, key) for item, key in zip(given, ids, strict=True)]
    items = [as_kept(item, account) for item in given]
    stored.set_extra(response["id"], ids=marshal.dumps([item["id"] for item in items]))
    return items


def kept_items(account: Backend, id: str) -> list[JSON]:
    """The items of a conversation, oldest first."""
    return account.state.collection(ITEMS, id).page(limit=None, order="asc").items


def history(account: Backend, body: Mapping[str, Any]) -> list[JSON]:
    """The items that a request goes on from, as far as the account knows them, oldest first; its input not included."""
    previous = body.get("previous_response_id")
    if previous is not None:
        response = account.state.collection(RESPONSES).get(previous)
        if response is None:
            return []
        return [*input_items(account, response), *(response.get("output") or ())]
    asked = conversation_id(body)
    return [] if asked is None else kept_items(account, asked)


def page_of_partial(request: Request, partial: Any) -> JSON:
    """What goes with the objects of a page that a test gives: where it begins and ends."""
    told: Any = plain(partial)
    items: Any = told if is_list(told) else as_object(told).get("data")
    return {
        **page_body(request.operation, Page([dict(item) for item in objects_in(items)], has_more=False)),
        "data": [],
    }
