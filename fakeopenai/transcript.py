"""The calls of an account as a short transcript for people: who was asked what, what came back, what it changed.

Imported by the pytest plugin when it has something to report.
"""

from __future__ import annotations

from typing import Any, cast

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
    lines += [f"{name}: {file.filename} ({len(file.content):,} bytes)" for name, file in call.files.items()]
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
    found = _listed(found)[-1] if _listed(found) else found
    if isinstance(found, dict):
        message = cast("dict[str, Any]", found)
        content = message.get("content", message.get("output", ""))
        return f"{message.get('role') or message.get('type') or 'input'}: {_short(_text(content))}"
    return f"input: {_short(found)}" if found else ""


def _text(content: Any) -> str:
    parts = _listed(content)
    if not parts:
        return str(content)
    objects = [cast("dict[str, Any]", part) for part in parts if isinstance(part, dict)]
    return " ".join(str(part.get("text") or f"[{part.get('type')}]") for part in objects)


def _answer(call: Call) -> str:
    """What came back: what the model said or called, or the kind and id of the object."""
    response = call.response
    if response is None:
        return "nothing yet"
    if isinstance(response, bytes):
        return f"{len(response):,} bytes"
    choices = _listed(getattr(response, "choices", None))
    if choices:
        return _choice(choices[0])
    output = _listed(getattr(response, "output", None))
    if output:
        calls = [_short(f"{item.name}({item.arguments})") for item in output if item.type == "function_call"]
        return ", ".join(calls) or _short(getattr(response, "output_text", "") or output[-1].type)
    data: Any = getattr(response, "data", None)
    if isinstance(data, list):
        items = _listed(cast("Any", data))
        return f"{len(items)} of {type(items[0]).__name__}" if items else "an empty list"
    parts = [type(response).__name__, getattr(response, "id", None), getattr(response, "status", None)]
    return " ".join(str(part) for part in parts if part)


def _choice(choice: Any) -> str:
    message = getattr(choice, "message", None)
    if message is None:
        return _short(getattr(choice, "text", ""))
    calls = [_called(each) for each in _listed(getattr(message, "tool_calls", None))]
    return ", ".join(calls) or _short(message.content or f"refusal: {message.refusal}")


def _called(call: Any) -> str:
    function = getattr(call, "function", None)
    return _short(f"{function.name}({function.arguments})" if function else f"{call.custom.name}({call.custom.input})")


def _listed(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list) else []


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
