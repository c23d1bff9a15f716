"""Responses: `create` with everything that it can be asked, and what can be done with a response afterwards.

What a response consists of is in modules of their own: `response_echo` (the envelope), `response_output` (what the
model said), `response_state` (what it saw, and what is kept), `model_facts` (what differs between models).

Sources: API reference, section Responses; recorded exchanges for which keys come when, and for the order of events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..assemble import ABSENT, assemble, complete
from ..errors import ApiError, UnknownField
from ..items import NEWER_FIELDS
from ..replies import Reply, Turn
from ..request import Answer, Request
from ..snapshot import plain
from ..state import Page
from ..streaming import Pieces
from ..streaming import cut as cut_into
from ..streaming.response_folding import fold
from ..streaming.responses import events
from . import JsonObject, operation, response_output
from .crud import check_references
from .lifecycle import Course, begin, course, move, step
from .model_facts import Facts, facts_of
from .narrowing import objects_in
from .paging import bounds, page_body
from .resources import named
from .response_echo import ENDINGS, envelope, opened
from .response_output import PLAIN, Said, opaque
from .response_state import (
    as_kept,
    context_of,
    count_input,
    finish,
    history,
    input_items,
    keep,
    page_of_partial,
    pieces_of,
)

if TYPE_CHECKING:
    from ..backend import Backend
    from ..state import Collection

__all__ = ["create"]

_MODEL: Final = "gpt-5"  # where strict checking is off and the request names none
_RESOURCE: Final = "responses"


# ------------------------------------------------------------------------------------------------ create


@operation("responses.create", "beta.responses.create", fold=fold, generates=True)
def create(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """One turn of the model; in the background, the promise of one."""
    body: dict[str, Any] = request.body or {}
    context = context_of(body, account)
    if "tools" in body:
        _check_stores(body["tools"], account)
    model = body.get("model") or _MODEL
    facts = facts_of(model)
    response = envelope(body, facts, id=account.ids.make("resp_"), model=model, now=int(account.clock.now()))
    turn: Turn | None = None
    partial: Mapping[str, Any] | None = None
    if reply is None:
        turn = PLAIN if _DEMANDING.isdisjoint(body) else response_output.default(body)
    elif reply.kind == "turn":
        turn = reply.value
    else:
        partial = reply.value
    said = _said(turn, partial, body, account, facts)
    _conclude(response, said, context.tokens + count_input(body, account), reply)
    if partial is not None or said.given is not None or account.defaults.active:
        response = _assembled(request, account, response, partial, said)
    pieces = turn.pieces if turn is not None else None
    if request.stream:
        keep(request, account, response, context, pieces=pieces)
        response.pop("billing", None)
        return _streamed(response, events(response, body, pieces=_cutting(pieces)))
    waiting = response["background"] and response["status"] not in _BEGUN
    keep(request, account, response, context, pieces=pieces, waiting=waiting)
    return Answer(_begun(request, account, response["id"]) if waiting else response)


def _check_stores(tools: Any, account: Backend) -> None:
    """Refuse a search in vector stores that are gone."""
    for tool in objects_in(tools):
        if tool.get("type") == "file_search":
            check_references(tool, account)


_BEGUN: Final = frozenset({"queued", "in_progress"})
_DEMANDING: Final = frozenset({"text", "tool_choice"})
"""What can demand an answer of a certain shape."""

_SHAPING: Final = frozenset({"include", "max_output_tokens", "reasoning", "top_logprobs"})
"""What changes the items of an answer that is only a text."""


def _said(
    turn: Turn | None, partial: Mapping[str, Any] | None, body: Mapping[str, Any], account: Backend, facts: Facts
) -> Said:
    if turn is None:
        if partial is not None and "output" in partial:
            return response_output.of_partial(partial, account, "responses.create")
        turn = response_output.default(body)
    text = turn.text
    if (
        text is None
        or turn.tool_calls
        or turn.items
        or turn.refusal is not None
        or turn.reasoning is not None
        or turn.finish_reason is not None
        or not _SHAPING.isdisjoint(body)
    ):
        return response_output.of_turn(turn, body, account, facts)
    # By far the most frequent case, and the one that is measured.
    part: JsonObject = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    message: JsonObject = {
        "id": account.ids.make("msg_"),
        "type": "message",
        "status": "completed",
        "content": [part],
        "role": "assistant",
    }
    if facts.phases:
        message["phase"] = "final_answer"
    return Said([message], account.count_tokens(text))


def _conclude(response: JsonObject, said: Said, read: int, reply: Reply | None) -> None:
    """Put what was said into the envelope, with what it cost and how it ended."""
    response["output"] = said.output
    usage = response["usage"] = {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": said.tokens,
        "output_tokens_details": {"reasoning_tokens": said.thought},
        "total_tokens": read + said.tokens,
    }
    if reply is not None and reply.usage:
        response_output.override(usage, reply.usage)
    if said.reason is not None:
        response["status"] = "incomplete"
        response["incomplete_details"] = {"reason": said.reason}
        response["completed_at"] = None


def _assembled(
    request: Request, account: Backend, response: JsonObject, partial: Mapping[str, Any] | None, said: Said
) -> JsonObject:
    """The response with what the user's defaults and the scripted partial say, checked against the SDK's types."""
    kind: Any = request.operation.response_type
    if said.given is not None:
        _check_items(request, said.given)
    scripted = None if partial is None else {key: value for key, value in partial.items() if key != "output"}
    made: JsonObject = assemble(kind, response, scripted, defaults=account.defaults, request=request)
    if partial is not None:
        if "usage" in partial and (given := plain(partial["usage"])):
            response_output.override(response["usage"], given)
            made["usage"] = response["usage"]
        if made["status"] != "completed" and "completed_at" not in partial:
            made["completed_at"] = None
    return made


def _check_items(request: Request, given: list[JsonObject]) -> None:
    """Refuse items with keys that the SDK's types lack, unless the API is known to send them."""
    try:
        complete(request.operation.response_type, {"output": given}, request=request)
    except UnknownField as unknown:
        if unknown.field not in NEWER_FIELDS:
            raise


def _begun(request: Request, account: Backend, id: str) -> JsonObject:
    """A background response as it looks when it has just been asked for."""
    stored = account.state.collection(_RESOURCE)
    begun = stored.get(id)
    assert begun is not None
    if account.setting("lifecycle", request.operation) == "instant":
        begin(account, stored, begun)
    return begun


def _cutting(pieces: Sequence[str] | None) -> Pieces | None:
    return cut_into(*pieces) if pieces else None


def _streamed(response: JsonObject, told: Iterator[JsonObject]) -> Answer:
    """The stream of a response. On the event that tells of a failure the SDK raises: that is for its own code to do."""
    named = ((event["type"], event) for event in told)
    return Answer(response, events=named, fragile=response.get("status") == "failed")


# ------------------------------------------------------------------------------------------------ in the background


def _fail(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    message = "The server had an error while processing your request. Sorry about that!"
    body.update(error={"code": "server_error", "message": message})


course(Course(_RESOURCE, ("queued", "in_progress", "completed"), arrive={"completed": finish, "failed": _fail}))


# ------------------------------------------------------------------------------------------------ what is stored


def _find(request: Request, account: Backend, reply: Reply | None) -> tuple[JsonObject, bool]:
    """The response that the path names, and whether it is stored; one that is made up, where that is wanted."""
    key = request.path_params["response_id"]
    stored = account.state.collection(_RESOURCE)
    found = stored.get(key)
    if found is not None:
        return found, True
    made_up = reply is not None or account.setting("missing", request.operation) == "synthesize"
    if stored.was_deleted(key) or not made_up:
        raise named(_RESOURCE).not_found(key, "" if stored.was_deleted(key) else "response_id")
    return _made_up(account, key, reply), False


def _made_up(account: Backend, id: str, reply: Reply | None) -> JsonObject:
    """A response of which nothing is known but its id, and what a test says of it."""
    told: Mapping[str, Any] = plain(reply.value) if reply is not None and reply.kind == "partial" else {}
    asked = {key: told[key] for key in ("background", "model") if key in told}
    model = str(asked.get("model") or _MODEL)
    made = envelope(asked, facts_of(model), id=id, model=model, now=int(account.clock.now()))
    if told.get("status") in _BEGUN:
        return opened(made, told["status"])
    said = response_output.of_partial(told, account, "responses.retrieve") if told.get("output") else None
    _conclude(made, said or Said([], 0), 0, None)
    return made


def _billed(body: JsonObject) -> JsonObject:
    """A stored response as it is read: who pays is known once it has ended."""
    if body.get("status") in ENDINGS - {"cancelled"}:
        body.setdefault("billing", {"payer": "developer"})
    return body


def _stored_stream(request: Request, account: Backend, body: JsonObject, reply: Reply | None) -> Answer:
    """The events of a stored response, from where the request wants them."""
    partial = None if reply is None else reply.value
    body = assemble(
        request.operation.response_type, _as_sent(body), partial, defaults=account.defaults, request=request
    )
    body.pop("billing", None)
    after = request.query.get("starting_after")
    start = 0 if after is None else int(after) + 1
    return _streamed(body, events(body, request.query, pieces=_cutting(pieces_of(account, body["id"])), start=start))


@operation("responses.retrieve", "beta.responses.retrieve")
def retrieve(request: Request, account: Backend, reply: Reply | None) -> JsonObject | Answer:
    """A stored response; one in the background moves a step on, and a stream of it runs to its end."""
    with account.state.lock:
        body, stored = _find(request, account, reply)
        if stored and account.setting("lifecycle", request.operation) == "steps" and body.get("status") in _BEGUN:
            collection = account.state.collection(_RESOURCE)
            if request.stream:
                begin(account, collection, body)
            else:
                step(account, collection, body)
    if request.stream:
        return _stored_stream(request, account, body, reply)
    return _as_sent(_billed(body))


def _as_sent(body: JsonObject) -> JsonObject:
    """Say which keys a stored response lacks, to an assembly that would fill them in by type."""
    for key in ("billing", "conversation", "prompt"):
        body.setdefault(key, ABSENT)
    return body


@operation("responses.cancel", "beta.responses.cancel")
def cancel(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Stop a background response; one that has been cancelled stays so."""
    with account.state.lock:
        body, stored = _find(request, account, reply)
        if stored:
            if not body.get("background"):
                raise ApiError(400, "Cannot cancel a synchronous response.")
            if body.get("status") in ENDINGS - {"cancelled"}:
                raise ApiError(400, f"Cannot cancel a {body['status']} response.")
            collection = account.state.collection(_RESOURCE)
            collection.put(move(account, collection, body, "cancelled"))
        else:
            body = {**opened(body, "cancelled"), "background": True}
    return _as_sent(body)


@operation("responses.delete", "beta.responses.delete", whole=True)
def delete(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """Forget a response. Later ones that went on from it stay, but what was said before is gone."""
    with account.state.lock:
        key = _find(request, account, reply)[0]["id"]
        stored = account.state.collection(_RESOURCE)
        if not stored.delete(key):
            stored.put({"id": key})  # one that was made up: from now on it is gone, as any other
            stored.delete(key)
    return Answer({"id": key, "object": "response.deleted", "deleted": True})


# ------------------------------------------------------------------------------------------------ what the model saw


@operation("responses.input_items.list", "beta.responses.input_items.list")
def list_input_items(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """What the model saw before it answered, newest first unless asked otherwise."""
    response, stored = _find(request, account, reply)
    items = input_items(account, response) if stored else []
    return list_page(request, items, account, reply)


def list_page(request: Request, items: list[JsonObject], account: Backend, reply: Reply | None) -> JsonObject:
    """One page of items that are at hand, oldest first; or the page that a test gives in part."""
    lenient = account.setting("missing", request.operation) == "synthesize"
    limit, order = bounds(request, named("responses.input_items"), lenient=lenient)
    if reply is not None and reply.kind == "partial":
        return page_of_partial(request, reply.value)
    if order == "desc":
        items.reverse()
    after = request.query.get("after")
    if after:
        places = [index for index, item in enumerate(items) if item.get("id") == after]
        if not places and not lenient:
            message = f"Invalid 'after': no object with id '{after}'."
            raise ApiError(400, message, param="after", code="invalid_value")
        items = items[places[0] + 1 :] if places else []
    return page_body(request.operation, Page(items[:limit], len(items) > limit))


@operation("responses.input_tokens.count", "beta.responses.input_tokens.count")
def count(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """How many tokens a request would ask the model to read."""
    body: dict[str, Any] = request.body or {}
    tokens = context_of(body, account).tokens + count_input(body, account)
    return {"object": "response.input_tokens", "input_tokens": tokens}


@operation("responses.compact", "beta.responses.compact")
def compact(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A conversation made short: what the user said stays, all else becomes one opaque item."""
    body: dict[str, Any] = request.body or {}
    context = context_of(body, account)
    given: Any = body.get("input")
    items: list[Any] = [{"role": "user", "content": given}] if isinstance(given, str) else list(given or ())
    seen = [*history(account, body), *items]
    output = [as_kept(item, account) for item in seen if item.get("role") == "user"]
    text = " ".join(str(item) for item in seen)
    output.append({"id": account.ids.make("cmp_"), "type": "compaction", "encrypted_content": opaque(text)})
    read = context.tokens + count_input(body, account)
    tokens = max(read // 4, 1)
    return {
        "id": account.ids.make("resp_"),
        "object": "response.compaction",
        "created_at": int(account.clock.now()),
        "output": output,
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + tokens,
        },
    }
