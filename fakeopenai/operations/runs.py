"""Runs: how one is begun, what moves it, and what tools answer it. What it says and leaves behind is in `run_turns`.

A run goes from ``queued`` over ``in_progress`` to ``completed``, or to ``requires_action`` and from there, with the
outputs of its tools, to ``queued`` again. Asked for as a stream, it goes as far as it can at once.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ApiError
from ..replies import Reply
from ..request import Request
from ..state import Collection
from ..streaming import cut
from ..streaming.runs import Made, events
from ..tokens import split
from . import JsonObject, crud, operation
from .assistants import ASSISTANTS, as_kept, resources_of
from .generation import Tool, default_turn
from .lifecycle import Course, begin, course, move, step
from .narrowing import as_object, objects_in
from .places import lookup, place_of, tolerant
from .resources import known_fields, named
from .run_items import tools_of
from .run_steps import shown
from .run_turns import SERVER_ERROR, STEPS, asked_by, call_tools, end_steps, plan_for, plan_of, say, settle, total_usage
from .threads import MESSAGES, RUNS, THREADS, active_run, add_messages, new_thread

if TYPE_CHECKING:
    from ..backend import Backend

_MODEL = "gpt-4o"  # of a run whose assistant this account has never seen
_LASTS = 600
_LATER = (  # what a run has only once it has got somewhere
    *("started_at", "completed_at", "failed_at", "cancelled_at"),
    *("required_action", "last_error", "incomplete_details", "usage"),
)
_INHERITED = ("model", "instructions", "temperature", "top_p", "response_format", "reasoning_effort")


# ------------------------------------------------------------------------------------------------ what moves it


def _look(account: Backend, collection: Collection, run: JsonObject) -> None:
    """What happens to a run instead of what is next: it runs out of time or of tokens, or calls its tools."""
    if run["status"] in {"queued", "in_progress", "requires_action"} and _is_late(account, run):
        move(account, collection, run, "expired")
    elif run["status"] == "in_progress":
        plan = plan_of(account, collection, run)
        if plan["calls"]:
            move(account, collection, run, "requires_action")
        elif plan["ended"]:
            move(account, collection, run, "incomplete")


def _is_late(account: Backend, run: Mapping[str, Any]) -> bool:
    expires: int | None = run["expires_at"]
    return expires is not None and account.clock.now() >= expires


def _start(account: Backend, collection: Collection, run: JsonObject, before: str) -> None:
    run["required_action"] = None
    if run["started_at"] is None:
        run["started_at"] = int(account.clock.now())


def _wait(account: Backend, collection: Collection, run: JsonObject, before: str) -> None:
    plan = plan_of(account, collection, run)
    calls = plan["calls"]
    if not calls:  # moved here by a test: it calls the first of its functions
        tools = [Tool(tool["function"]["name"], None) for tool in objects_in(run["tools"]) if tool.get("function")]
        asked = default_turn(tools, "required", None, json_object=False).tool_calls
        calls = [{"id": account.ids.make("call_"), "name": call.name, "arguments": call.arguments} for call in asked]
    else:
        say(account, run, plan)
    call_tools(account, run, calls)


def _finish(account: Backend, collection: Collection, run: JsonObject, before: str) -> None:
    run["required_action"] = None
    plan = plan_of(account, collection, run)
    end_steps(account, run, "completed")
    say(account, run, {**plan, "calls": ()})
    if run["status"] == "incomplete":
        run["incomplete_details"] = {"reason": plan["ended"] or "max_completion_tokens"}
    _close(account, run)


def _break_off(account: Backend, collection: Collection, run: JsonObject, before: str) -> None:
    run["required_action"] = None
    if run["status"] == "cancelling":
        return
    if run["status"] == "failed" and run["last_error"] is None:
        run["last_error"] = dict(SERVER_ERROR)
    end_steps(account, run, run["status"])
    _close(account, run)


def _close(account: Backend, run: JsonObject) -> None:
    run["usage"] = total_usage(account, run)
    if run["status"] != "expired":
        run["expires_at"] = None


course(
    Course(
        RUNS,
        ("queued", "in_progress", "completed"),
        arrive={
            "in_progress": _start,
            "requires_action": _wait,
            **dict.fromkeys(("completed", "incomplete"), _finish),
            **dict.fromkeys(("cancelling", "cancelled", "failed", "expired"), _break_off),
        },
        after={"cancelling": "cancelled"},
        look=_look,
    )
)


# ------------------------------------------------------------------------------------------------ how it begins


def _begun(request: Request, account: Backend, thread_id: str, reply: Reply | None) -> JsonObject:
    """The computed layer of a new run: what was sent, and what it has from its assistant."""
    body: Mapping[str, Any] = request.body or {}
    crud.check_references(body, account)
    known = account.state.collection(ASSISTANTS).get(body.get("assistant_id") or "")
    assistant: Mapping[str, Any] = known or {}
    fields = known_fields(request.operation.cast_to)
    made: JsonObject = {**crud.stamps(fields, account), **crud.echo(request, fields)}
    given: Mapping[str, Any] = _partial(reply) or {}
    key = given.get("id") or named(RUNS).new_id(account.ids)
    made.update(id=key, thread_id=thread_id, status="queued")
    made["expires_at"] = made["created_at"] + _LASTS
    for name in _INHERITED:
        if made.get(name) is None and assistant.get(name) is not None:
            made[name] = assistant[name]
    made.setdefault("model", _MODEL)
    more = body.get("additional_instructions")
    if more:
        made["instructions"] = "\n".join(filter(None, (made.get("instructions"), more)))
    tools: Any = body.get("tools")
    if tools is None:
        tools = assistant.get("tools") or ()
        if known is None and reply is not None and reply.kind == "turn":
            tools = tools_of(reply.value)
    made["tools"] = as_kept(tools)
    if body.get("tool_resources"):
        made["tool_resources"] = resources_of(body["tool_resources"], (), account)
    return made


def _partial(reply: Reply | None) -> Mapping[str, Any] | None:
    """What a test says of the run itself, if that is what it says."""
    return reply.value if reply is not None and reply.kind == "partial" else None


def _plan(request: Request, account: Backend, run: JsonObject, reply: Reply | None) -> None:
    """Note beside a run what it is going to do: in the state, since only the run itself goes on from here.

    Beside that what it has done so far, if its tools have just answered: whom it called, and what that turn has used.
    """
    runs = account.state.collection(RUNS, run["thread_id"])
    called = asked_by(run)
    plan = plan_for(request, run, account, reply, answers=request.operation.method == "submit_tool_outputs")
    before: Mapping[str, Any] = runs.extra(run["id"]).get("plan") or {}
    run["required_action"] = None
    runs.put(run, extra={"plan": plan, "called": called, "spent": before.get("usage") or {}})


def _keep(request: Request, account: Backend, body: JsonObject) -> None:
    """Keep a run, and begin it where things happen at once. A stream takes it through its course itself."""
    runs = account.state.collection(RUNS, body["thread_id"])
    runs.put(body)
    if not request.stream and account.setting("lifecycle", request.operation) == "instant":
        begin(account, runs, body)


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    """Take a run as far as it comes, at once, so that what it leaves is there even if nobody reads on; then tell it."""
    runs = account.state.collection(RUNS, body["thread_id"])
    steps = account.state.collection(STEPS, body["thread_id"], body["id"])
    before = set(steps.keys())
    plan = plan_of(account, runs, body)
    begins = request.operation.method != "submit_tool_outputs"
    said = _partial(reply) or {}
    passed = list(_passed(account, runs, body, said if begins else {}))
    messages = account.state.collection(MESSAGES, body["thread_id"])
    made: list[Made] = []
    settled: list[JsonObject] = []
    outputs = {output.get("tool_call_id") for output in objects_in((request.body or {}).get("tool_outputs"))}
    for each in steps.page(limit=None, order="asc").items:
        details = each["step_details"]
        if each["id"] not in before:
            message_id = as_object(details.get("message_creation")).get("message_id")
            made.append(Made(shown(each, request), messages.get(message_id or "")))
        elif any(call["id"] in outputs for call in details.get("tool_calls") or ()):
            settled.append(each)
    told = events(
        passed,
        made,
        thread=account.state.collection(THREADS).get(body["thread_id"]),
        begins=begins,
        creates=request.operation.method == "create_and_run",
        settled=settled,
        pieces=cut(*plan["pieces"]) if plan["pieces"] else split,
    )
    return iter(list(told))


def _passed(account: Backend, runs: Collection, body: JsonObject, said: Mapping[str, Any]) -> Iterator[JsonObject]:
    """A run in each status that it passes through: as far as it comes, or to that which a test says it ends in."""
    status: str = said.get("status") or "queued"
    if status in {"queued", "in_progress"}:
        yield copy.deepcopy(body)
        while step(account, runs, body):
            yield copy.deepcopy(body)
        return
    scripted = {name: value for name, value in copy.deepcopy(body).items() if name in said}
    body.update(dict.fromkeys(_LATER), status="queued")
    yield copy.deepcopy(body)
    for following in ("in_progress", *(("cancelling",) if status == "cancelled" else ()), status):
        move(account, runs, body, following)
        if following == status:
            body.update(scripted)
        runs.put(body)
        yield copy.deepcopy(body)


def _keep_new(request: Request, account: Backend, body: JsonObject) -> None:
    add_messages(account, body["thread_id"], (request.body or {}).get("additional_messages"))
    _keep(request, account, body)


@operation("beta.threads.runs.create", events=_events, persist=_keep_new, generates=True)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A run, queued; refused where the thread has another at work, or nothing to answer."""
    place_of(request, account, checked=_partial(reply) is None and not tolerant(request, account, None))
    thread_id = request.path_params["thread_id"]
    run_id = active_run(account, thread_id)
    if run_id is not None:
        raise ApiError(400, f"Thread {thread_id} already has an active run {run_id}.")
    made = _begun(request, account, thread_id, reply)
    if account.strict and thread_id in account.state.collection(THREADS):
        _check_prompt(request, account, made)
    _plan(request, account, made, reply)
    return made


def _check_prompt(request: Request, account: Backend, run: Mapping[str, Any]) -> None:
    """Refuse a run that has nothing to go on. An assistant of which nothing is known may have its instructions."""
    known = account.state.collection(ASSISTANTS).get(run["assistant_id"]) is not None
    sent = objects_in((request.body or {}).get("additional_messages"))
    if not known or run.get("instructions") or any(message.get("role") == "user" for message in sent):
        return
    stored = account.state.collection(MESSAGES, run["thread_id"])
    if not stored.page(limit=1, where=lambda message: message["role"] == "user").items:
        raise ApiError(
            400,
            "Run creation requires a Thread with a user message or an assistant with instructions.",
            code="invalid_thread",
        )


def _keep_both(request: Request, account: Backend, body: JsonObject) -> None:
    sent = as_object((request.body or {}).get("thread"))
    thread_id = body["thread_id"]
    crud.put_new(account, THREADS, {"id": thread_id, **new_thread(account, sent)})
    add_messages(account, thread_id, sent.get("messages"))
    _keep(request, account, body)


@operation("beta.threads.create_and_run", events=_events, persist=_keep_both, generates=True)
def create_and_run(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A thread and a run on it."""
    given = _partial(reply) or {}
    made = _begun(request, account, given.get("thread_id") or named(THREADS).new_id(account.ids), reply)
    _plan(request, account, made, reply)
    return made


# ------------------------------------------------------------------------------------------------ what is done to it


def _keep_answered(request: Request, account: Backend, body: JsonObject) -> None:
    runs = account.state.collection(RUNS, body["thread_id"])
    settle(account, body, objects_in((request.body or {}).get("tool_outputs")), runs.extra(body["id"]))
    _keep(request, account, body)


@operation(
    "beta.threads.runs.submit_tool_outputs",
    events=_events,
    persist=_keep_answered,
    generates=True,
    continues=("beta.threads.runs.create", "beta.threads.create_and_run"),
)
def submit_tool_outputs(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A run with the outputs of its tools, queued again."""
    partial = _partial(reply)
    place, run = lookup(request, account, reply if partial is not None else None)
    if place.key in place.collection:
        _check_outputs(run, objects_in((request.body or {}).get("tool_outputs")))
    else:
        now = run["created_at"]
        known = {"assistant_id": named(ASSISTANTS).new_id(account.ids), "model": _MODEL}
        run.update(known, started_at=now, expires_at=now + _LASTS)
    run["status"] = "queued"
    _plan(request, account, run, reply)
    return run


def _check_outputs(run: Mapping[str, Any], outputs: list[Mapping[str, Any]]) -> None:
    """Refuse outputs that nobody waits for."""
    if run["status"] != "requires_action":
        raise ApiError(400, f'Runs in status "{run["status"]}" do not accept tool outputs.')
    expected = [call["id"] for call in asked_by(run)]
    got = [output.get("tool_call_id") for output in outputs]
    if set(expected) != set(got):
        raise ApiError(400, f"Expected tool outputs for call_ids {expected}, got {got}")


@operation("beta.threads.runs.cancel", persist=_keep, whole=True)
def cancel(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A run that is to be cancelled; it is on the next look."""
    place, run = lookup(request, account, reply)
    known = place.key in place.collection
    if known and reply is None and run["status"] not in {"queued", "in_progress", "requires_action"}:
        raise ApiError(400, f"Cannot cancel run with status '{run['status']}'.")
    return move(account, place.collection, run, "cancelling")
