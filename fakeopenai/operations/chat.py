"""Chat completions: `create` with everything that it can be asked, and the stored ones.

Sources: API reference, section Chat Completions; the SDK's ``types/chat``; recorded exchanges for which keys come when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply, Turn
from ..request import Request
from ..tokens import count_messages, split
from . import JsonObject, operation
from .generation import DEFAULT_TEXT, Tool, cut, default_turn, is_reasoning_model, turn_of

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["create"]


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    from ..streaming.chat import chunks

    turn = turn_of(reply)
    pieces = None
    if turn is not None and turn.pieces is not None:
        scripted = list(turn.pieces)
        whole = "".join(scripted)

        def pieces(text: str) -> list[str]:
            return scripted if text == whole else split(text)

    for chunk in chunks(body, request.body or {}, pieces=pieces):
        yield None, chunk
    yield None, "[DONE]"


@operation("chat.completions.create", events=_events, generates=True, whole=True)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """One completion, or ``n`` choices of it."""
    body: dict[str, Any] = request.body or {}
    model = body.get("model") or "gpt-5"
    turn = turn_of(reply)
    if turn is None:
        turn = _default(body)
    if reply is not None and reply.kind == "partial":
        return _around(request, account, reply.value)
    message, finish_reason, completion_tokens = _message(turn, body, account)
    reasoning = is_reasoning_model(model)
    choice: JsonObject = {"index": 0, "message": message}
    if not reasoning:
        choice["logprobs"] = None
    choice["finish_reason"] = turn.finish_reason or finish_reason
    choices = [choice]
    count = body.get("n") or 1
    for index in range(1, count):
        choices.append({**choice, "index": index, "message": dict(message)})
    completion = _envelope(body, account, model, choices, completion_tokens * count)
    if turn.usage or (reply is not None and reply.usage):
        _override_usage(completion["usage"], turn.usage or (reply.usage if reply else None) or {})
    return completion


def _envelope(
    body: Mapping[str, Any], account: Backend, model: str, choices: list[JsonObject], completion_tokens: int
) -> JsonObject:
    tier = body.get("service_tier")
    prompt_tokens = count_messages(body.get("messages") or (), body.get("tools"), account.count_tokens)
    return {
        "id": account.ids.make("chatcmpl-"),
        "object": "chat.completion",
        "created": int(account.clock.now()),
        "model": model,
        "choices": choices,
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default" if tier is None or tier == "auto" else tier,
        "system_fingerprint": None,
    }


def _message(turn: Turn, body: Mapping[str, Any], account: Backend) -> tuple[JsonObject, str, int]:
    """The message of a turn, its finish reason and its number of tokens."""
    text, reason = turn.text, None
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    tokens = 0
    if text is not None:
        if limit is not None or "stop" in body:
            text, reason = cut(text, body.get("stop"), limit, account.count_tokens, split)
        tokens = account.count_tokens(text)
    message: JsonObject = {"role": "assistant", "content": text, "refusal": turn.refusal, "annotations": []}
    if turn.refusal is not None:
        message["content"] = None
        tokens += account.count_tokens(turn.refusal)
    if turn.tool_calls:
        calls = [
            {
                "id": call.id or account.ids.make("call_"),
                "type": call.kind,
                call.kind: {"name": call.name, "input" if call.kind == "custom" else "arguments": call.arguments},
            }
            for call in turn.tool_calls
        ]
        tokens += sum(3 + account.count_tokens(call.name) + account.count_tokens(call.arguments) for call in turn.tool_calls)
        if body.get("functions") and not body.get("tools"):
            message["function_call"] = calls[0]["function"]
            return message, reason or "function_call", tokens
        message["tool_calls"] = calls
        named = isinstance(body.get("tool_choice"), Mapping)
        return message, reason or ("stop" if named else "tool_calls"), tokens
    return message, reason or "stop", tokens


def _override_usage(usage: JsonObject, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, Mapping) and isinstance(usage.get(name), dict):
            usage[name].update(value)
        else:
            usage[name] = value
    if "total_tokens" not in given:
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


def _default(body: Mapping[str, Any]) -> Turn:
    if len(body) == 2:  # only a model and messages: nothing demands a shape
        return _PLAIN
    tools = [_tool(tool) for tool in body.get("tools") or ()]
    tools += [Tool(function["name"], function.get("parameters")) for function in body.get("functions") or ()]
    choice = body.get("tool_choice", body.get("function_call"))
    if isinstance(choice, Mapping):
        choice = choice.get("name") or (choice.get("function") or choice.get("custom") or {}).get("name", "required")
    form: Any = body.get("response_format") or {}
    schema = form["json_schema"].get("schema") if form.get("type") == "json_schema" else None
    return default_turn(tools, choice, schema, json_object=form.get("type") == "json_object")


_PLAIN = Turn(text=DEFAULT_TEXT)


def _tool(tool: Mapping[str, Any]) -> Tool:
    kind = tool.get("type", "function")
    return Tool(tool[kind]["name"], tool[kind].get("parameters"), kind)


def _around(request: Request, account: Backend, partial: Mapping[str, Any]) -> JsonObject:
    """The envelope around choices that the test gives as a partial response."""
    body: dict[str, Any] = request.body or {}
    model = body.get("model") or "gpt-5"
    given: Any = partial.get("choices")
    choices: list[JsonObject] = []
    tokens = 0
    for index, each in enumerate(given if isinstance(given, list) else [{}]):
        said = (each.get("message") or {}) if isinstance(each, Mapping) else {}
        content = said.get("content") if isinstance(said, Mapping) else None
        tokens += account.count_tokens(content) if isinstance(content, str) else 0
        choice: JsonObject = {
            "index": index,
            "message": {"role": "assistant", "content": None, "refusal": None, "annotations": []},
            "finish_reason": "stop",
        }
        if not is_reasoning_model(model):
            choice["logprobs"] = None
        if isinstance(said, Mapping) and said.get("tool_calls"):
            choice["finish_reason"] = "tool_calls"
        choices.append(choice)
    if given is None:
        choices[0]["message"]["content"] = DEFAULT_TEXT
    return _envelope(body, account, model, choices, tokens)
