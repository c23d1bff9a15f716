"""What a run does in its turn: the plan that is made when a turn is scripted, and the messages and steps it leaves.

A run keeps its plan hidden beside it until it gets there; `runs` moves it, and asks here for what comes out. A run that
a test has put into the state itself has no plan: it takes the turn that its tools and its format demand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..replies import Reply, Turn
from ..request import Request
from ..snapshot import plain
from ..state import Collection
from ..tokens import split
from . import JsonObject, crud
from .chat_usage import override
from .generation import DEFAULT_TEXT, Tool, cut, default_turn, turn_of
from .narrowing import as_object, is_object, objects_in
from .threads import MESSAGES

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["STEPS", "call_tools", "end_steps", "plan_for", "plan_of", "say", "settle", "total_usage"]

STEPS = "beta.threads.runs.steps"

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
    turn = turn_of(reply)
    if turn is None:
        turn = _default(run, answers=answers)
    if turn.items or any(call.kind != "function" for call in turn.tool_calls):
        what = f"an item of type {turn.items[0].get('type')!r}" if turn.items else "a call of a custom tool"
        raise UsageError(
            f"{request.operation.name} can't say {what}: a run says texts and calls functions.\n"
            f'  to do:     script fake.{request.operation.name} with "text", tool_call(name, ...) or refusal(...)',
            operation=request.operation.name,
        )
    text = turn.text
    ended = {"length": "max_completion_tokens"}.get(turn.finish_reason or "")
    if text is not None:
        text, cut_off = cut(text, None, run.get("max_completion_tokens"), account.count_tokens, split)
        ended = "max_completion_tokens" if cut_off else ended
    return {
        "text": text,
        "refusal": turn.refusal,
        "calls": [
            {"id": call.id or account.ids.make("call_"), "name": call.name, "arguments": call.arguments}
            for call in turn.tool_calls
        ],
        "ended": ended,
        "usage": plain((reply.usage if reply is not None else None) or turn.usage or {}),
        "pieces": list(turn.pieces or ()),
    }


def plan_of(account: Backend, runs: Collection, run: Mapping[str, Any]) -> JsonObject:
    """The plan of a stored run."""
    plan: JsonObject | None = runs.extra(run["id"]).get("plan")
    if plan is not None:
        return plan
    turn = _default(run, answers=bool(account.state.collection(STEPS, *runs.parents, run["id"])))
    calls = [{"id": account.ids.make("call_"), "name": c.name, "arguments": c.arguments} for c in turn.tool_calls]
    return {"text": turn.text, "refusal": None, "calls": calls, "ended": None, "usage": {}, "pieces": []}


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
    """Put the message of a plan into the thread, and its step beside it; nothing if it says nothing."""
    if plan["refusal"] is not None:
        block: JsonObject = {"type": "refusal", "refusal": plan["refusal"]}
    elif plan["text"] is not None:
        block = {"type": "text", "text": {"value": plan["text"], "annotations": []}}
    elif plan["calls"]:
        return
    else:
        block = {"type": "text", "text": {"value": DEFAULT_TEXT, "annotations": []}}
    thread_id, now = run["thread_id"], int(account.clock.now())
    usage = _usage(account, run, block.get("refusal") or block["text"]["value"])
    override(usage, plan["usage"])
    message: JsonObject = {
        "thread_id": thread_id,
        "assistant_id": run["assistant_id"],
        "run_id": run["id"],
        "role": "assistant",
        "content": [block],
    }
    if plan["ended"]:
        message.update(status="incomplete", incomplete_details={"reason": "max_tokens"}, incomplete_at=now)
    message_id = crud.put_new(account, MESSAGES, message, thread_id)["id"]
    details = {"type": "message_creation", "message_creation": {"message_id": message_id}}
    _put_step(account, run, details, status="completed", completed_at=now, usage=usage)


def call_tools(account: Backend, run: JsonObject, calls: Sequence[Mapping[str, Any]]) -> None:
    """Have a run wait for the outputs of tools, with a step that is in progress as long."""
    named = [{name: call[name] for name in ("name", "arguments")} for call in calls]
    ids = [call["id"] for call in calls]
    asked = [{"id": key, "type": "function", "function": each} for key, each in zip(ids, named, strict=True)]
    run["required_action"] = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": asked}}
    waiting = [{**call, "function": {**each, "output": None}} for call, each in zip(asked, named, strict=True)]
    details = {"type": "tool_calls", "tool_calls": waiting}
    _put_step(account, run, details, status="in_progress", expires_at=run["expires_at"])


def settle(account: Backend, run: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]], plan: JsonObject) -> None:
    """Complete the step that waits for outputs; one is made up for a run that nobody saw call its tools."""
    said = {output["tool_call_id"]: output.get("output") for output in outputs if output.get("tool_call_id")}
    now = int(account.clock.now())
    steps = account.state.collection(STEPS, run["thread_id"], run["id"])
    waiting = steps.page(limit=None, where=_is_open).items
    if not waiting:
        calls = [
            {"id": key, "type": "function", "function": {"name": "", "arguments": "{}", "output": output}}
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
        override(usage, plan["usage"])
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
