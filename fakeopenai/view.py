"""What a model gets to see of a request, in one form for every endpoint that a model speaks through.

Scripts read it in functions of the request, and in conditions: ``request.messages``, ``request.last_user_text``,
``request.tools``, ``request.tool_results`` say the same whether the code under test asks through chat completions,
responses, legacy completions or an assistant's run, and whether it sends the history along or leaves it to the API.

Several agents can be scripted at once by what sets them apart, so that the order in which they run doesn't matter::

    fake = FakeOpenAI()
    for name, answer in {"planner": "1. search", "critic": "Looks good."}.items():
        fake.when(where=lambda request, name=name: name in request.system_text).returns(answer)

Here are the small types and how they are read off each kind of request; `Request` offers them as properties. Imports
leaves, and the state of responses where a request goes on from an earlier one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from .turn import ToolCall

if TYPE_CHECKING:
    from .request import Request

__all__ = [
    "Message",
    "OfferedTool",
    "ToolResult",
    "last_user_text",
    "messages",
    "system_text",
    "tool_results",
    "tools",
]

JSON = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Message:
    """One message of the history.

    Attributes:
        role: ``"system"`` (a developer's too), ``"user"``, ``"assistant"`` or ``"tool"``.
        text: all texts in it; empty if there is none.
        tool_calls: the tools that the model called in it.
        call_id: for the result of a tool, the call that it answers.
    """

    role: str
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str | None = None


@dataclasses.dataclass(frozen=True)
class OfferedTool:
    """A tool that the model may call.

    Attributes:
        name: its name; that of its kind, for a tool that the API runs itself.
        kind: ``"function"``, ``"custom"``, ``"web_search"``...
        description: what the model is told of it.
        parameters: JSON schema of a function's arguments.
        strict: whether the arguments have to fit the schema.
    """

    name: str
    kind: str = "function"
    description: str = ""
    parameters: JSON | None = None
    strict: bool = False


@dataclasses.dataclass(frozen=True)
class ToolResult:
    """What a tool has answered.

    Attributes:
        text: the answer.
        call_id: the call that it answers; None for a legacy function.
        name: the tool's name, where the history tells it.
    """

    text: str
    call_id: str | None = None
    name: str | None = None


# ------------------------------------------------------------------------------------------------ what is asked for


def messages(request: Request) -> tuple[Message, ...]:
    """The whole history that the model sees, oldest first; of an earlier turn, what the account knows of it."""
    read = _READERS.get(_family(request))
    return () if read is None else tuple(read(request, _body(request)))


def last_user_text(request: Request) -> str:
    """The text of the last message of the user; empty if there is none."""
    return next((message.text for message in reversed(messages(request)) if message.role == "user"), "")


def system_text(request: Request) -> str:
    """All that the model is told by the system or the developer, instructions included."""
    return "\n".join(message.text for message in messages(request) if message.role == "system")


def tool_results(request: Request) -> tuple[ToolResult, ...]:
    """What tools have answered since the user last spoke, in order."""
    names: dict[str, str] = {}
    found: list[ToolResult] = []
    for message in messages(request):
        if message.role == "user":
            found.clear()
        elif message.role == "tool":
            name = names.get(message.call_id or "") or (message.tool_calls[0].name if message.tool_calls else None)
            found.append(ToolResult(message.text, message.call_id, name))
        names.update((call.id, call.name) for call in message.tool_calls if call.id is not None)
    return tuple(found)


def tools(request: Request) -> tuple[OfferedTool, ...]:
    """The tools that the model may call."""
    body = _body(request)
    offered: list[Any] = [*(body.get("tools") or ())]
    if not offered:
        offered = list(_run_of(request).get("tools") or _assistant_of(request, body).get("tools") or ())
    found = [tool for given in offered for tool in _offered(given)]
    found += [_tool(function, "function") for function in body.get("functions") or ()]
    return tuple(found)


def _body(request: Request) -> JSON:
    return cast("JSON", request.body) if isinstance(request.body, dict) else {}


def _family(request: Request) -> str:
    name = request.operation.name.removeprefix("beta.")
    return "runs" if name.startswith("threads.") else name.partition(".")[0]


def _offered(given: JSON) -> Iterator[OfferedTool]:
    kind: str = given.get("type", "function")
    if kind == "namespace":
        for inner in given.get("tools") or ():
            yield from _offered(inner)
        return
    yield _tool(given.get(kind) or given if kind in _NAMED else given, kind)


_NAMED: Final = frozenset({"custom", "function"})


def _tool(given: JSON, kind: str) -> OfferedTool:
    return OfferedTool(
        name=given.get("name") or kind,
        kind=kind,
        description=given.get("description") or "",
        parameters=given.get("parameters"),
        strict=bool(given.get("strict")),
    )


# ------------------------------------------------------------------------------------------------ how each is read


_SYSTEM: Final = frozenset({"developer", "system"})


def _role(role: Any) -> str:
    return "system" if role in _SYSTEM else "tool" if role == "function" else str(role)


def _text(content: Any) -> str:
    """All texts in a content, which may be a text or a list of parts."""
    if isinstance(content, str):
        return content
    parts = cast("Iterable[Any]", content) if isinstance(content, list | tuple) else ()
    return "".join(_text_of_part(cast("JSON", part)) for part in parts if isinstance(part, Mapping))


def _text_of_part(part: JSON) -> str:
    text: Any = part.get("text") or part.get("refusal") or ""
    if isinstance(text, Mapping):  # a text in a message of a thread
        text = cast("JSON", text).get("value") or ""
    return str(text)


def _of_chat(request: Request, body: JSON) -> Iterator[Message]:
    for given in body.get("messages") or ():
        calls = [_chat_call(call) for call in given.get("tool_calls") or ()]
        if given.get("function_call"):
            calls.append(_chat_call({"function": given["function_call"]}))
        if given.get("role") == "function":  # which names the function, and no call
            calls.append(ToolCall(given.get("name") or "", ""))
        text = _text(given.get("content")) or given.get("refusal") or ""
        yield Message(_role(given.get("role")), text, tuple(calls), given.get("tool_call_id"))


def _chat_call(call: JSON) -> ToolCall:
    if call.get("custom"):
        return ToolCall(call["custom"].get("name") or "", call["custom"].get("input") or "", call.get("id"), "custom")
    inner: JSON = call.get("function") or {}
    return ToolCall(inner.get("name") or "", inner.get("arguments") or "", call.get("id"))


def _of_completion(request: Request, body: JSON) -> Iterator[Message]:
    prompt = body.get("prompt")
    texts = cast("list[Any]", prompt) if isinstance(prompt, list) else [prompt]
    for text in texts:
        if isinstance(text, str):
            yield Message("user", text)


def _of_response(request: Request, body: JSON) -> Iterator[Message]:
    if body.get("instructions"):
        yield Message("system", body["instructions"])
    items: list[Any] = []
    if request.account is not None and (body.get("previous_response_id") or body.get("conversation")):
        from .operations.response_state import history

        items.extend(history(request.account, body))
    given = body.get("input")
    if isinstance(given, str):
        items.append({"role": "user", "content": given})
    else:
        items.extend(given or ())
    yield from _joined(found for item in items if (found := _of_item(item)) is not None)


def _of_item(item: JSON) -> Message | None:
    """An item as a message; None for what the model only thought, and for what the API ran itself."""
    kind: str = item.get("type") or "message"
    if kind == "message":
        return Message(_role(item.get("role")), _text(item.get("content")))
    if kind == "function_call":
        call = ToolCall(item.get("name") or "", item.get("arguments") or "", item.get("call_id"))
        return Message("assistant", tool_calls=(call,))
    if kind == "custom_tool_call":
        call = ToolCall(item.get("name") or "", item.get("input") or "", item.get("call_id"), "custom")
        return Message("assistant", tool_calls=(call,))
    if kind.endswith("_call_output"):
        return Message("tool", _text(item.get("output")), call_id=item.get("call_id"))
    return None


def _joined(found: Iterable[Message]) -> Iterator[Message]:
    """The model's items of one turn as one message, as chat has them."""
    held: Message | None = None
    for message in found:
        if held is not None and message.role == "assistant" and message.tool_calls and held.role == "assistant":
            held = dataclasses.replace(held, tool_calls=held.tool_calls + message.tool_calls)
            continue
        if held is not None:
            yield held
        held = message
    if held is not None:
        yield held


def _of_run(request: Request, body: JSON) -> Iterator[Message]:
    run = _run_of(request)
    told = body.get("instructions") or run.get("instructions") or _assistant_of(request, body).get("instructions")
    for text in (told, body.get("additional_instructions")):
        if text:
            yield Message("system", text)
    thread: JSON = body.get("thread") or {}
    kept: list[Any] = [*(thread.get("messages") or ()), *_kept(request, "beta.threads.messages", "thread_id")]
    for given in [*kept, *(body.get("additional_messages") or ())]:
        yield Message(_role(given.get("role")), _text(given.get("content")))
    for step in _kept(request, "beta.threads.runs.steps", "thread_id", "run_id"):
        yield from _of_step(step)
    for output in body.get("tool_outputs") or ():
        yield Message("tool", output.get("output") or "", call_id=output.get("tool_call_id"))


def _of_step(step: JSON) -> Iterator[Message]:
    """The tools that a run has called in a step, and what those have answered that have."""
    calls: list[Any] = [call for call in step["step_details"].get("tool_calls") or () if call.get("function")]
    if calls:
        yield Message("assistant", tool_calls=tuple(_chat_call(call) for call in calls))
    for call in calls:
        if call["function"].get("output") is not None:
            yield Message("tool", call["function"]["output"], call_id=call["id"])


def _kept(request: Request, resource: str, *parents: str) -> list[dict[str, Any]]:
    """What the account keeps of a resource below the objects in the path, oldest first."""
    above = [request.path_params[name] for name in parents if name in request.path_params]
    if request.account is None or len(above) < len(parents):
        return []
    return request.account.state.collection(resource, *above).page(limit=None, order="asc").items


def _run_of(request: Request) -> JSON:
    """The run that the path names, as far as the account knows it."""
    path = request.path_params
    if request.account is None or "run_id" not in path or "thread_id" not in path:
        return {}
    return request.account.state.collection("beta.threads.runs", path["thread_id"]).get(path["run_id"]) or {}


def _assistant_of(request: Request, body: JSON) -> JSON:
    """The assistant that a run is asked of, as far as the account knows it."""
    if request.account is None or not body.get("assistant_id"):
        return {}
    return request.account.state.collection("beta.assistants").get(body["assistant_id"]) or {}


_READERS: Final[Mapping[str, Callable[[Any, JSON], Iterator[Message]]]] = {
    "chat": _of_chat,
    "completions": _of_completion,
    "responses": _of_response,
    "runs": _of_run,
}
