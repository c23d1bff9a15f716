"""Chat completions: `create` with everything that it can be asked. The stored ones are in `stored_chat`.

Sources: API reference, section Chat Completions; the SDK's ``types/chat``; recorded exchanges for which keys come when.
What sets families of models apart stands in `model_facts`, what the tokens of an answer add up to in `chat_usage`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..builtin import ABSENT
from ..errors import UsageError
from ..replies import Reply, ToolCall, Turn
from ..request import Request
from ..snapshot import plain
from ..streaming import cut as cut_into
from ..streaming.chat import chunks, fold
from ..tokens import split
from . import JsonObject, operation, stored_chat
from .chat_usage import Spent, override, spent_on, usage_of
from .generation import DEFAULT_TEXT, Tool, cut, default_turn, turn_of
from .model_facts import Facts, facts_of
from .narrowing import as_object, is_list, is_object

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["create"]

_MODEL = "gpt-5"  # where strict checking is off and the request names none
_PLAIN = Turn(text=DEFAULT_TEXT)
_SHAPING = frozenset(
    {"logprobs", "max_completion_tokens", "max_tokens", "modalities", "n", "prediction", "stop"}
)  # what makes more of a text than one message that says it


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    turn = turn_of(reply)
    pieces = cut_into(*turn.pieces) if turn is not None and turn.pieces else None
    for chunk in chunks(body, request.body or {}, pieces=pieces):
        yield None, chunk
    yield None, "[DONE]"


def _settle(request: Request, account: Backend, body: JsonObject) -> None:
    """Give tool calls of a partial reply their ids, and keep the completion if that is asked for."""
    for choice in body.get("choices") or ():
        calls = choice["message"].get("tool_calls")
        if calls:
            for call in calls:
                call["id"] = call.get("id") or account.ids.make("call_")
    if (request.body or {}).get("store"):
        stored_chat.keep(request, account, body)


@operation("chat.completions.create", events=_events, fold=fold, persist=_settle, generates=True, whole=True)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """One completion, or ``n`` choices of it."""
    body: dict[str, Any] = request.body or {}
    facts = facts_of(body.get("model") or _MODEL)
    partial: Mapping[str, Any] | None = None
    if reply is None:
        turn = _default(body)
    elif reply.kind == "turn":
        turn = reply.value
        if turn.items:
            raise _not_through_chat(turn.items[0])
    else:
        turn, partial = None, reply.value
    if turn is None and partial is not None and "choices" in partial:
        choices, spent = _around(partial["choices"], body, account, facts)
    else:
        choices, spent = _said(turn or _default(body), body, account, facts)
    completion = _envelope(body, account, facts, choices, spent)
    if reply is not None:
        if reply.usage:
            override(completion["usage"], reply.usage)
        if partial is not None and (given := as_object(plain(partial.get("usage")))):
            override(completion["usage"], given)
    if partial is not None or account.defaults.active:
        _mark_absent(completion)
    return completion


def _envelope(
    body: Mapping[str, Any], account: Backend, facts: Facts, choices: list[JsonObject], spent: Spent
) -> JsonObject:
    completion: JsonObject = {
        "id": account.ids.make("chatcmpl-"),
        "object": "chat.completion",
        "created": int(account.clock.now()),
        "model": body.get("model") or _MODEL,
        "choices": choices,
        "usage": usage_of(body, facts, spent, account.count_tokens),
    }
    if facts.searches:
        digits = account.ids.hex(32)
        completion["id"] = "chatcmpl-" + "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    else:
        tier = body.get("service_tier")
        completion["service_tier"] = "default" if tier is None or tier == "auto" else tier
    completion["system_fingerprint"] = facts.fingerprint
    asked = body.get("moderation")
    if asked:
        from .moderation_results import moderated

        completion["moderation"] = moderated(asked)
    return completion


def _mark_absent(completion: JsonObject) -> None:
    """Say which keys the API leaves out, to an assembly that would fill them in by type."""
    completion.setdefault("service_tier", ABSENT)
    for choice in completion["choices"]:
        choice.setdefault("logprobs", ABSENT)


# ------------------------------------------------------------------------------------------------ what a turn says


def _said(turn: Turn, body: Mapping[str, Any], account: Backend, facts: Facts) -> tuple[list[JsonObject], Spent]:
    """The choices of a turn, all of them the same, and what they cost."""
    text = turn.text
    if text is not None and _SHAPING.isdisjoint(body) and not (turn.tool_calls or turn.refusal or turn.reasoning):
        # By far the most frequent case, and the one that is measured.
        message: JsonObject = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        choice: JsonObject = {"index": 0, "message": message}
        if facts.logprobs:
            choice["logprobs"] = None
        choice["finish_reason"] = turn.finish_reason or "stop"
        return [choice], Spent(account.count_tokens(text))
    thought = account.count_tokens(turn.reasoning) if turn.reasoning and facts.reasons else 0
    total = Spent()
    choices: list[JsonObject] = []
    for index in range(body.get("n") or 1):
        message, reason = _message(turn, body, account, thought)
        choice = {"index": index, "message": message}
        logprobs = _logprobs(message, body, facts, turn.pieces)
        if facts.logprobs or logprobs is not None:
            choice["logprobs"] = logprobs
        choice["finish_reason"] = turn.finish_reason or reason
        choices.append(choice)
        total.add(spent_on(message, logprobs, body, account.count_tokens))
        total.thought += thought
    return choices, total


def _message(turn: Turn, body: Mapping[str, Any], account: Backend, thought: int) -> tuple[JsonObject, str]:
    """The message of a turn and its finish reason."""
    text, reason = turn.text, None
    if text is not None:
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        if limit is not None or "stop" in body:
            left = None if limit is None else max(limit - thought, 0)
            text, reason = cut(text, body.get("stop"), left, account.count_tokens, split)
        if "modalities" in body and "audio" in (body["modalities"] or ()) and not turn.tool_calls:
            return _voiced(text, body, account), reason or "stop"
    elif turn.refusal is None and not turn.tool_calls:
        text = ""
    if not turn.tool_calls:
        return {"role": "assistant", "content": text, "refusal": turn.refusal, "annotations": []}, reason or "stop"
    message: JsonObject = {"role": "assistant", "content": text}
    if body.get("functions") and not body.get("tools"):
        message["function_call"] = _function_call(turn.tool_calls)
        called = "function_call"
    else:
        message["tool_calls"] = [_tool_call(call, account) for call in turn.tool_calls]
        called = "tool_calls"
    message.update(refusal=turn.refusal, annotations=[])
    return message, reason or ("stop" if _named(body) else called)


def _tool_call(call: ToolCall, account: Backend) -> JsonObject:
    field = "input" if call.kind == "custom" else "arguments"
    return {
        "id": call.id or account.ids.make("call_"),
        "type": call.kind,
        call.kind: {"name": call.name, field: call.arguments},
    }


def _function_call(calls: Sequence[ToolCall]) -> JsonObject:
    """The call of a function that was offered in the legacy way, which knows no parallel calls."""
    if len(calls) > 1:
        raise UsageError(
            f"The request offers functions= (legacy), and an answer to that calls one function; the script calls "
            f"{len(calls)}: {', '.join(call.name for call in calls)}.\n"
            "  to do:     script one of them, or let the code under test offer them as tools=",
            operation="chat.completions.create",
        )
    return {"name": calls[0].name, "arguments": calls[0].arguments}


def _voiced(text: str, body: Mapping[str, Any], account: Backend) -> JsonObject:
    from .chat_audio import spoken

    form: str = as_object(body.get("audio")).get("format") or "wav"
    audio = spoken(text, form, account.ids.make("audio_"), int(account.clock.now()))
    return {"role": "assistant", "content": None, "refusal": None, "audio": audio, "annotations": []}


def _logprobs(
    message: Mapping[str, Any], body: Mapping[str, Any], facts: Facts, pieces: Sequence[str] | None = None
) -> JsonObject | None:
    """The logprobs of a message, if the request asks for them and the model tells them."""
    if "logprobs" not in body or not body["logprobs"] or not facts.weighs:
        return None
    from . import logprobs

    cut_text = cut_into(*pieces) if pieces else split
    top = body.get("top_logprobs") or 0
    found: JsonObject = {}
    for key in ("content", "refusal"):
        text = message.get(key)
        found[key] = logprobs.of_chat(cut_text(text), top) if isinstance(text, str) else None
    return None if found["content"] is found["refusal"] is None else found


def _not_through_chat(item: Mapping[str, Any]) -> UsageError:
    return UsageError(
        f"chat.completions.create can't say an item of type {item.get('type')!r}: items belong to the Responses API.\n"
        "  to do:     script it through fake.responses.create, or give chat what it can say: text, tool_call(...), "
        "refusal(...)\n"
        '             or any part of a completion: {"choices": [{"message": {"content": "..."}}]}',
        operation="chat.completions.create",
    )


# ------------------------------------------------------------------------------------------------ unscripted


def _named(body: Mapping[str, Any]) -> bool:
    """Whether the request names the one tool to call, so that having called it is no reason to have stopped."""
    choice = body.get("tool_choice") or body.get("function_call")
    return is_object(choice) and choice.get("type") != "allowed_tools"


def _default(body: Mapping[str, Any]) -> Turn:
    if len(body) == 2:  # only a model and messages: nothing demands a shape
        return _PLAIN
    tools = [_tool(tool) for tool in body.get("tools") or ()]
    tools += [Tool(function["name"], function.get("parameters")) for function in body.get("functions") or ()]
    choice: Any = body.get("tool_choice") or body.get("function_call")
    if is_object(choice):
        choice, tools = _chosen(choice, tools)
    form: Any = body.get("response_format") or {}
    schema = form["json_schema"].get("schema") if form.get("type") == "json_schema" else None
    return default_turn(tools, choice, schema, json_object=form.get("type") == "json_object")


def _chosen(choice: Mapping[str, Any], tools: list[Tool]) -> tuple[str, list[Tool]]:
    """What a structured ``tool_choice`` comes to: a mode or the name of a tool, and the tools that are left."""
    if choice.get("type") == "allowed_tools":
        allowed = choice["allowed_tools"]
        names = [_tool(tool).name for tool in allowed["tools"]]
        return allowed["mode"], [tool for tool in tools if tool.name in names]
    inner: Mapping[str, Any] = choice.get("function") or choice.get("custom") or choice
    return inner["name"], tools


def _tool(tool: Mapping[str, Any]) -> Tool:
    kind = tool.get("type", "function")
    return Tool(tool[kind]["name"], tool[kind].get("parameters"), kind)


# ------------------------------------------------------------------------------------------------ around a partial


def _around(given: Any, body: Mapping[str, Any], account: Backend, facts: Facts) -> tuple[list[JsonObject], Spent]:
    """What goes with the choices that a test gives in part, and what they cost."""
    total = Spent()
    choices: list[JsonObject] = []
    told = plain(given)
    for index, each in enumerate(told if is_list(told) else ()):
        choice = as_object(each)
        said = as_object(choice.get("message"))
        message: JsonObject = {"role": "assistant", "content": None, "refusal": None, "annotations": []}
        if audio := said.get("audio"):
            message["audio"] = _voiced(as_object(audio).get("transcript") or "", body, account)["audio"]
        made: JsonObject = {"index": index, "message": message, "finish_reason": _reason(said, body)}
        logprobs = choice.get("logprobs") or _logprobs(said, body, facts)
        if logprobs is not None or facts.logprobs:
            made["logprobs"] = None if "logprobs" in choice else logprobs
        choices.append(made)
        total.add(spent_on(said, as_object(logprobs), body, account.count_tokens))
    return choices, total


def _reason(said: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    called = next((key for key in ("tool_calls", "function_call") if said.get(key)), None)
    return "stop" if called is None or _named(body) else called
