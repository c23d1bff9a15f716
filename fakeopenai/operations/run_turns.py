"""What a run does in its turn: the plan that is made when a turn is scripted, and the messages and steps it leaves.

A run keeps its plan hidden beside it until it gets there; `runs` moves it, and asks here for what comes out. A run that
a test has put into the state itself has no plan: it takes the turn that its tools and its format demand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..replies import Reply, ToolCall, Turn
from ..request import Request
from ..snapshot import plain
from ..state import Collection
from ..tokens import split
from . import JsonObject, crud
from .chat_usage import override
from .generation import DEFAULT_TEXT, Tool, cut, default_turn, turn_of
from .narrowing import as_object, is_object, objects_in
from .run_items import calls_of, said_in, text_block
from .threads import MESSAGES

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = [
    "SERVER_ERROR",
    "STEPS",
    "asked_by",
    "call_tools",
    "end_steps",
    "plan_for",
    "plan_of",
    "say",
    "settle",
    "total_usage",
]

STEPS = "beta.threads.runs.steps"
SERVER_ERROR = {"code": "server_error", "message": "Sorry, something went wrong."}
"""What the API says of a run, or of a step, that has failed for no reason of the user's."""

_PRIMER = 3
_MESSAGE = 4


# ------------------------------------------------------------------------------------------------ plans


def plan_for(
    request: Request, run: Mapping[str, Any], account: Backend, reply: Reply | None, *, answers: bool
) -> JsonObject:
    """What a run is going to do, as JSON.

    Args:
        request: what begins the turn.
        run: the run.
        account: who holds it.
        reply: what is scripted.
        answers: whether tools have just answered, so that the default turn is a text.
    """
    given = asked_by(reply.value) if reply is not None and reply.kind == "partial" else []
    asked = [
        ToolCall(told.get("name") or "", told.get("arguments") or "{}", call.get("id"))
        for call in given
        for told in [as_object(call.get("function"))]
    ]
    turn = turn_of(reply) or (Turn() if asked else _default(run, answers=answers))
    said = said_in(turn, run, account, request.operation.name)
    text = turn.text
    ended = {"length": "max_completion_tokens"}.get(turn.finish_reason or "")
    if text is not None:
        text, cut_off = cut(text, None, run.get("max_completion_tokens"), account.count_tokens, split)
        ended = "max_completion_tokens" if cut_off else ended
    if turn.refusal is not None:
        said.append({"content": [{"type": "refusal", "refusal": turn.refusal}]})
    elif text is not None:
        said.append({"content": [text_block(text)]})
    return {
        "said": said,
        "calls": [
            {"id": call.id or account.ids.make("call_"), "name": call.name, "arguments": call.arguments}
            for call in asked or calls_of(turn)
        ],
        "ended": ended,
        "usage": plain((reply.usage if reply is not None else None) or turn.usage or {}),
        "pieces": list(turn.pieces or ()),
    }


def asked_by(run: Mapping[str, Any]) -> list[JsonObject]:
    """The calls that a run waits for, as it says itself."""
    asked = as_object(as_object(run.get("required_action")).get("submit_tool_outputs")).get("tool_calls")
    return [dict(call) for call in objects_in(plain(asked))]


def plan_of(account: Backend, runs: Collection, run: Mapping[str, Any]) -> JsonObject:
    """The plan of a stored run."""
    plan: JsonObject | None = runs.extra(run["id"]).get("plan")
    if plan is not None:
        return plan
    turn = _default(run, answers=bool(account.state.collection(STEPS, *runs.parents, run["id"])))
    calls = [{"id": account.ids.make("call_"), "name": c.name, "arguments": c.arguments} for c in turn.tool_calls]
    said = [] if turn.text is None else [{"content": [text_block(turn.text)]}]
    return {"said": said, "calls": calls, "ended": None, "usage": {}, "pieces": []}


def _default(run: Mapping[str, Any], *, answers: bool) -> Turn:
    tools = [
        Tool(function["name"], function.get("parameters"))
        for tool in objects_in(run.get("tools"))
        if (function := as_object(tool.get("function")))
    ]
    choice: Any = run.get("tool_choice")
    if is_object(choice):
        choice = as_object(choice.get("function")).get("name")
    form = as_object(run.get("response_format"))
    schema = as_object(form.get("json_schema")).get("schema") if form.get("type") == "json_schema" else None
    return default_turn(tools, "none" if answers else choice, schema, json_object=form.get("type") == "json_object")


# ------------------------------------------------------------------------------------------------ what comes out


def say(account: Backend, run: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    """Put what a plan says into the thread, each with its step; the default text if it neither says nor calls anything.

    What a test says of the usage, and that the turn was cut off, holds for the last of it.
    """
    said: Sequence[Mapping[str, Any]] = plan["said"]
    if not said and not plan["calls"]:
        said = [{"content": [text_block(DEFAULT_TEXT)]}]
    for place, each in enumerate(said, 1):
        last = place == len(said)
        usage = _usage(account, run, _written(each))
        if last:
            override(usage, plan["usage"])
        if "call" in each:
            _use_tool(account, run, each, usage)
        else:
            _add_message(account, run, each, usage, cut_off=last and bool(plan["ended"]))


def _written(said: Mapping[str, Any]) -> str:
    """What of it the model has written itself: what it said, or the code that it had run."""
    call = as_object(said.get("call"))
    if call:
        return str(as_object(call.get("code_interpreter")).get("input") or call["type"])
    blocks = objects_in(said["content"])
    return "".join(as_object(block.get("text")).get("value") or block.get("refusal") or "" for block in blocks)


def _add_message(
    account: Backend, run: Mapping[str, Any], said: Mapping[str, Any], usage: JsonObject, *, cut_off: bool
) -> None:
    thread_id, now = run["thread_id"], int(account.clock.now())
    message: JsonObject = {
        "thread_id": thread_id,
        "assistant_id": run["assistant_id"],
        "run_id": run["id"],
        "role": "assistant",
        **said,
    }
    if cut_off:
        message.update(status="incomplete", incomplete_details={"reason": "max_tokens"}, incomplete_at=now)
    message_id = crud.put_new(account, MESSAGES, message, thread_id)["id"]
    details = {"type": "message_creation", "message_creation": {"message_id": message_id}}
    _put_step(account, run, details, status="completed", completed_at=now, usage=usage)


def _use_tool(account: Backend, run: Mapping[str, Any], said: Mapping[str, Any], usage: JsonObject) -> None:
    now = int(account.clock.now())
    ended: JsonObject = {"status": "completed", "completed_at": now}
    if said["failed"]:
        ended = {"status": "failed", "failed_at": now, "last_error": dict(SERVER_ERROR)}
    _put_step(account, run, {"type": "tool_calls", "tool_calls": [said["call"]]}, **ended, usage=usage)


def call_tools(account: Backend, run: JsonObject, calls: Sequence[Mapping[str, Any]]) -> None:
    """Have a run wait for the outputs of tools, with a step that is in progress as long."""
    named = [{name: call[name] for name in ("name", "arguments")} for call in calls]
    ids = [call["id"] for call in calls]
    asked = [{"id": key, "type": "function", "function": each} for key, each in zip(ids, named, strict=True)]
    run["required_action"] = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": asked}}
    waiting = [{**call, "function": {**each, "output": None}} for call, each in zip(asked, named, strict=True)]
    details = {"type": "tool_calls", "tool_calls": waiting}
    _put_step(account, run, details, status="in_progress", expires_at=run["expires_at"])


def settle(
    account: Backend, run: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]], before: Mapping[str, Any]
) -> None:
    """Complete the step that waits for outputs; one is made up for a run that nobody saw call its tools.

    Args:
        account: who holds the run.
        run: the run.
        outputs: what the tools have answered.
        before: what is known of the turn that has called them: which it ``called``, and what a test says it ``spent``.
    """
    said = {output["tool_call_id"]: output.get("output") for output in outputs if output.get("tool_call_id")}
    now = int(account.clock.now())
    steps = account.state.collection(STEPS, run["thread_id"], run["id"])
    waiting = steps.page(limit=None, where=_is_open).items
    if not waiting:
        known = {call["id"]: call["function"] for call in before.get("called") or ()}
        unknown = {"name": "", "arguments": "{}"}
        calls = [
            {"id": key, "type": "function", "function": {**known.get(key, unknown), "output": output}}
            for key, output in said.items()
        ]
        usage = _usage(account, run, "")
        details = {"type": "tool_calls", "tool_calls": calls}
        _put_step(account, run, details, status="completed", completed_at=now, usage=usage)
    for step in waiting:
        for call in step["step_details"].get("tool_calls") or ():
            if call["id"] in said:
                call["function"]["output"] = said[call["id"]] or ""
        usage = _usage(account, run, json.dumps(step["step_details"]))
        override(usage, before.get("spent") or {})
        steps.put({**step, "status": "completed", "completed_at": now, "expires_at": None, "usage": usage})


def end_steps(account: Backend, run: Mapping[str, Any], status: str) -> None:
    """End the steps that are in progress as their run has ended."""
    steps = account.state.collection(STEPS, run["thread_id"], run["id"])
    stamp = {} if status == "expired" else {f"{status}_at": int(account.clock.now())}
    for step in steps.page(limit=None, where=_is_open).items:
        steps.put({**step, "status": status, **stamp})


def total_usage(account: Backend, run: Mapping[str, Any]) -> JsonObject:
    """What the steps of a run have used together."""
    total = _counted(0, 0)
    for step in account.state.collection(STEPS, run["thread_id"], run["id"]).page(limit=None).items:
        _add(total, step["usage"] or {})
    return total


def _add(total: JsonObject, used: Mapping[str, Any]) -> None:
    for name, value in used.items():
        if is_object(value):
            _add(total.setdefault(name, {}), value)
        elif value is not None:
            total[name] = (total.get(name) or 0) + value


def _is_open(step: Mapping[str, Any]) -> bool:
    return bool(step["status"] == "in_progress")


def _put_step(account: Backend, run: Mapping[str, Any], details: JsonObject, **known: Any) -> None:
    partial = {name: run[name] for name in ("assistant_id", "thread_id")}
    partial.update(run_id=run["id"], type=details["type"], step_details=details, **known)
    crud.put_new(account, STEPS, partial, run["thread_id"], run["id"])


def _usage(account: Backend, run: Mapping[str, Any], said: str) -> JsonObject:
    count = account.count_tokens
    prompt = _PRIMER + count(run.get("instructions") or "")
    if run.get("tools"):
        prompt += count(json.dumps(run["tools"]))
    for message in account.state.collection(MESSAGES, run["thread_id"]).page(limit=None).items:
        texts = [as_object(block.get("text")).get("value") or "" for block in objects_in(message["content"])]
        prompt += _MESSAGE + sum(map(count, texts))
    return _counted(prompt, count(said))


def _counted(prompt: int, completion: int) -> JsonObject:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_token_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
