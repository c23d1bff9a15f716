"""The calls of an account as a short transcript for people: who was asked what, what came back, what it changed.

Imported by the pytest plugin when it has something to report.
"""

from __future__ import annotations

from typing import Any

from .backend import Backend
from .calls import Call
from .operation import find
from .stringify import cut

__all__ = ["transcript"]

_WIDTH = 72


def transcript(account: Backend) -> str:
    """The account's calls, oldest first; and what was scripted and not used.

    Example:
        >>> from fakeopenai import FakeOpenAI
        >>> fake = FakeOpenAI(replies=["Hello!"])
        >>> _ = fake.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}])
        >>> print(transcript(fake.backend))
        1. chat.completions.create (gpt-5)
             user: Hi
             -> Hello!
    """
    lines: list[str] = []
    for number, call in enumerate(account.calls, 1):
        lines += [
            f"{number}. {head}" if not index else f"     {head}" for index, head in enumerate(_lines(call, account))
        ]
    if not lines:
        lines.append("no calls")
    unused = account.unused()
    if unused:
        lines += ["scripted and not used:", *(f"  - {line}" for line in unused)]
    return "\n".join(lines)


def _lines(call: Call, account: Backend) -> list[str]:
    params = call.params
    about = [str(params["model"])] if "model" in params else []
    about += [str(value) for value in call.path_params.values()]
    if call.stream:
        about.append("stream")
    if call.attempts > 1:
        about.append(f"{call.attempts} attempts")
    lines = [f"{call.operation} ({', '.join(about)})" if about else call.operation]
    said = _last_message(params)
    if said:
        lines.append(said)
    if call.error is not None:
        lines.append(f"-> {type(call.error).__name__}: {_short(call.error)}")
    else:
        lines.append(f"-> {_answer(call)}")
    change = _change(call, account)
    if change:
        lines.append(change)
    return lines


def _last_message(params: dict[str, Any]) -> str:
    """The last thing that was said to the model, whatever the endpoint calls it."""
    found: Any = params.get("messages") or params.get("input") or params.get("prompt") or params.get("content")
    if isinstance(found, list) and found:
        found = found[-1]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(found, dict):
        role = str(found.get("role") or found.get("type") or "input")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        content: Any = found.get("content", found.get("output", ""))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return f"{role}: {_short(_text(content))}"
    return f"input: {_short(found)}" if found else ""


def _text(content: Any) -> Any:
    if isinstance(content, list):
        parts: list[Any] = content
        return " ".join(str(part.get("text") or f"[{part.get('type')}]") for part in parts if isinstance(part, dict))
    return content


def _answer(call: Call) -> str:
    """What came back: what the model said or called, or the kind and id of the object."""
    response = call.response
    if response is None:
        return "nothing yet"
    if isinstance(response, bytes):
        return f"{len(response):,} bytes"
    for choice in getattr(response, "choices", None) or []:
        message: Any = getattr(choice, "message", None)
        if message is None:
            return _short(getattr(choice, "text", ""))
        calls = [_called(each) for each in getattr(message, "tool_calls", None) or []]
        return ", ".join(calls) or _short(message.content or f"refusal: {message.refusal}")
    output = getattr(response, "output", None)
    if isinstance(output, list):
        items: list[Any] = output
        calls = [f"{item.name}({item.arguments})" for item in items if getattr(item, "type", "") == "function_call"]
        text: str = getattr(response, "output_text", "")
        return ", ".join([_short(each) for each in calls]) or _short(text)
    data = getattr(response, "data", None)
    if isinstance(data, list):
        return f"{len(data)} of {type(data[0]).__name__}" if data else "an empty list"  # pyright: ignore[reportUnknownArgumentType]
    parts = [type(response).__name__, getattr(response, "id", None), getattr(response, "status", None)]
    return " ".join(str(part) for part in parts if part)


def _called(call: Any) -> str:
    function = getattr(call, "function", None)
    return _short(f"{function.name}({function.arguments})" if function else f"{call.custom.name}({call.custom.input})")


def _change(call: Call, account: Backend) -> str:
    """What the call has changed in the account's state, as far as it names one object."""
    operation = find(call.operation)
    key: Any = getattr(call.response, "id", None) if call.error is None else None
    if operation is None or key is None or operation.kind not in {"create", "update", "delete"}:
        return ""
    if operation.kind == "delete":
        return f"state: - {key}"
    kept = any(key in collection for _, _, collection in account.state.resources())
    return f"state: {'+' if operation.kind == 'create' else '~'} {key}" if kept else ""


def _short(value: Any) -> str:
    return cut(" ".join(str(value).split()), _WIDTH)
