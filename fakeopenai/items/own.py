"""Builders of what a model puts out itself: messages with citations, reasoning, and calls for the client to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from .completion import JSON
from .fields import built

__all__ = [
    "apply_patch_call",
    "computer_call",
    "container_file_citation",
    "custom_tool_call",
    "file_citation",
    "file_path",
    "function_call",
    "local_shell_call",
    "mcp_approval_request",
    "message",
    "reasoning_item",
    "shell_call",
    "url_citation",
]

Arguments = str | Mapping[str, Any]
"""Arguments of a call: JSON text, or what it is to be made of."""


def message(
    text: str | Sequence[str | Mapping[str, Any]] = "",
    *,
    annotations: Iterable[Mapping[str, Any]] = (),
    logprobs: Iterable[Mapping[str, Any]] = (),
    refusal: str | None = None,
    **fields: Any,
) -> JSON:
    """A message of the model.

    Args:
        text: what it says; several parts of content as texts or JSON objects.
        annotations: the citations in it; those without a place cite the whole text.
        logprobs: the log probabilities of its tokens.
        refusal: what it says to refuse, instead of or after the text.
        **fields: further fields, such as ``id``, ``status="incomplete"`` or ``phase="commentary"``.

    Example:
        >>> message("It is sunny.", annotations=[url_citation("https://example.com", "Weather")], phase="final_answer")
        {'type': 'message', 'status': 'completed', 'content': [{'type': 'output_text', 'annotations': [{'type': \
'url_citation', 'end_index': 12, 'start_index': 0, 'title': 'Weather', 'url': 'https://example.com'}], 'logprobs': [], \
'text': 'It is sunny.'}], 'phase': 'final_answer', 'role': 'assistant'}

    API reference: https://platform.openai.com/docs/api-reference/responses/object
    """
    content: list[Any] = []
    if isinstance(text, str):
        if text or refusal is None:
            content.append({"text": text, "annotations": list(annotations), "logprobs": list(logprobs)})
    else:
        content.extend(text)
    if refusal is not None:
        content.append({"refusal": refusal})
    return built("message", {"content": content}, fields)


def url_citation(url: str, title: str = "", *, start_index: int | None = None, end_index: int | None = None) -> JSON:
    """An annotation: a page of the web that a message cites. Without a place, it is put over the whole text.

    Example:
        >>> url_citation("https://example.com", "Example", start_index=3, end_index=9)
        {'type': 'url_citation', 'end_index': 9, 'start_index': 3, 'title': 'Example', 'url': 'https://example.com'}

    API reference: https://platform.openai.com/docs/guides/tools-web-search
    """
    return _annotation("url_citation", end_index=end_index, start_index=start_index, title=title, url=url)


def file_citation(file_id: str, filename: str, *, index: int | None = None) -> JSON:
    """An annotation: a file that a message cites, found by file search. Without ``index``, it is put behind the text.

    Example:
        >>> file_citation("file-abc", "manual.pdf", index=42)
        {'type': 'file_citation', 'file_id': 'file-abc', 'filename': 'manual.pdf', 'index': 42}

    API reference: https://platform.openai.com/docs/guides/tools-file-search
    """
    return _annotation("file_citation", file_id=file_id, filename=filename, index=index)


def container_file_citation(
    file_id: str, filename: str, container_id: str, *, start_index: int = 0, end_index: int = 0
) -> JSON:
    """An annotation: a file that code interpreter has written. The API sends places of 0 for one that no link leads to.

    Example:
        >>> container_file_citation("cfile_1", "plot.png", "cntr_1")
        {'type': 'container_file_citation', 'container_id': 'cntr_1', 'end_index': 0, 'file_id': 'cfile_1', \
'filename': 'plot.png', 'start_index': 0}

    API reference: https://platform.openai.com/docs/guides/tools-code-interpreter
    """
    return _annotation(
        "container_file_citation",
        container_id=container_id,
        end_index=end_index,
        file_id=file_id,
        filename=filename,
        start_index=start_index,
    )


def file_path(file_id: str, *, index: int = 0) -> JSON:
    """An annotation: the path of a file; ``index`` is its place among the files.

    Example:
        >>> file_path("file-abc")
        {'type': 'file_path', 'file_id': 'file-abc', 'index': 0}

    API reference: https://platform.openai.com/docs/api-reference/responses/object
    """
    return _annotation("file_path", file_id=file_id, index=index)


def _annotation(kind: str, **fields: Any) -> JSON:
    return {"type": kind, **{key: value for key, value in fields.items() if value is not None}}


def reasoning_item(
    *summary: str | Mapping[str, Any],
    content: str | Iterable[str | Mapping[str, Any]] = (),
    encrypted_content: str | None = None,
    **fields: Any,
) -> JSON:
    """What the model thought.

    Args:
        *summary: the parts of the summary, which a request with ``reasoning={"summary": "auto"}`` gets.
        content: the reasoning itself, which only open-weight models show.
        encrypted_content: the reasoning as an opaque text, to be sent back by clients that store nothing.
        **fields: further fields, such as ``id``.

    Example:
        >>> reasoning_item("They ask about the weather.")
        {'type': 'reasoning', 'content': [], 'summary': [{'type': 'summary_text', \
'text': 'They ask about the weather.'}]}

    API reference: https://platform.openai.com/docs/guides/reasoning
    """
    given: JSON = {"content": [content] if isinstance(content, str) else list(content), "summary": list(summary)}
    if encrypted_content is not None:
        given["encrypted_content"] = encrypted_content
    return built("reasoning", given, fields)


# ---------------------------------------------------------------------------------- calls that the client has to answer


def function_call(name: str, arguments: Arguments = "{}", **fields: Any) -> JSON:
    """A call of one of the client's functions.

    Args:
        name: the function's name.
        arguments: its arguments, as JSON text or as what the text is made of.
        **fields: further fields, such as ``call_id``, ``id``, ``namespace`` or ``status="incomplete"``.

    Example:
        >>> function_call("get_weather", {"city": "Paris"}, call_id="call_1")
        {'type': 'function_call', 'status': 'completed', 'arguments': '{"city":"Paris"}', 'call_id': 'call_1', \
'name': 'get_weather'}

    API reference: https://platform.openai.com/docs/guides/function-calling
    """
    return built("function_call", {"arguments": arguments, "name": name}, fields)


def custom_tool_call(name: str, input: str = "", **fields: Any) -> JSON:
    """A call of one of the client's custom tools, which take free text.

    Example:
        >>> custom_tool_call("sql", "SELECT 1", call_id="call_1")
        {'type': 'custom_tool_call', 'status': 'completed', 'call_id': 'call_1', 'input': 'SELECT 1', 'name': 'sql'}

    API reference: https://platform.openai.com/docs/guides/function-calling#custom-tools
    """
    return built("custom_tool_call", {"input": input, "name": name}, fields)


def computer_call(
    action: str | Mapping[str, Any] | None = None,
    *,
    actions: Iterable[str | Mapping[str, Any]] | None = None,
    pending_safety_checks: Iterable[Mapping[str, Any]] = (),
    **fields: Any,
) -> JSON:
    """Something to be done on a computer.

    Args:
        action: what to do, for the preview tool; ``"screenshot"`` and ``"wait"`` need no more than their name.
        actions: what to do, for the tool of today, which does several things at a time.
        pending_safety_checks: what the client has to acknowledge first.
        **fields: further fields, such as ``call_id`` or ``id``.

    Example:
        >>> computer_call({"type": "click", "button": "left", "x": 1, "y": 2}, call_id="call_1")
        {'type': 'computer_call', 'status': 'completed', 'action': {'type': 'click', 'button': 'left', 'x': 1, \
'y': 2}, 'call_id': 'call_1', 'pending_safety_checks': []}

    API reference: https://platform.openai.com/docs/guides/tools-computer-use
    """
    given: JSON = {"pending_safety_checks": list(pending_safety_checks)}
    if action is not None:
        given["action"] = action
    if actions is not None:
        given["actions"] = list(actions)
    return built("computer_call", given, fields)


def local_shell_call(
    command: str | Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    timeout_ms: int | None = None,
    user: str | None = None,
    working_directory: str | None = None,
    **fields: Any,
) -> JSON:
    """A command to be run by the client, one of the ``local_shell`` tool.

    Example:
        >>> local_shell_call("ls -a")["action"]
        {'type': 'exec', 'command': ['ls', '-a'], 'env': {}}

    API reference: https://platform.openai.com/docs/guides/tools-local-shell
    """
    words = command.split() if isinstance(command, str) else list(command)
    action: JSON = {"type": "exec", "command": words, "env": dict(env or {})}
    given = {"timeout_ms": timeout_ms, "user": user, "working_directory": working_directory}
    action.update((key, value) for key, value in given.items() if value is not None)
    return built("local_shell_call", {"action": action}, fields)


def shell_call(
    *commands: str,
    timeout_ms: int | None = None,
    max_output_length: int | None = None,
    environment: Mapping[str, Any] | None = None,
    **fields: Any,
) -> JSON:
    """Commands of the ``shell`` tool, to be run by the client or, given an ``environment``, in a container of the API.

    Example:
        >>> shell_call("ls", "pwd", timeout_ms=1000)["action"]
        {'commands': ['ls', 'pwd'], 'max_output_length': None, 'timeout_ms': 1000}

    API reference: https://platform.openai.com/docs/guides/tools-shell
    """
    action = {"commands": list(commands), "max_output_length": max_output_length, "timeout_ms": timeout_ms}
    given: JSON = {"action": action}
    if environment is not None:
        given["environment"] = dict(environment)
    return built("shell_call", given, fields)


def apply_patch_call(
    operation: Literal["create_file", "update_file", "delete_file"], path: str, diff: str | None = None, **fields: Any
) -> JSON:
    """A change to one of the client's files.

    Args:
        operation: what to do with the file.
        path: which file.
        diff: the change; deleting a file takes none.
        **fields: further fields, such as ``call_id`` or ``id``.

    Example:
        >>> apply_patch_call("create_file", "NOTES.md", "+hello")["operation"]
        {'type': 'create_file', 'diff': '+hello', 'path': 'NOTES.md'}

    API reference: https://platform.openai.com/docs/guides/tools-apply-patch
    """
    given: JSON = {"type": operation, "path": path}
    if diff is not None:
        given["diff"] = diff
    return built("apply_patch_call", {"operation": given}, fields)


def mcp_approval_request(name: str, arguments: Arguments = "{}", *, server_label: str, **fields: Any) -> JSON:
    """The API asks whether it may call a tool of an MCP server.

    Example:
        >>> mcp_approval_request("search", {"query": "x"}, server_label="docs")
        {'type': 'mcp_approval_request', 'arguments': '{"query":"x"}', 'name': 'search', 'server_label': 'docs'}

    API reference: https://platform.openai.com/docs/guides/tools-connectors-mcp
    """
    given = {"arguments": arguments, "name": name, "server_label": server_label}
    return built("mcp_approval_request", given, fields)
