"""Builders of what the API does for a model: its searches, code, pictures, MCP servers, shells and programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from .completion import JSON
from .fields import built
from .own import Arguments

__all__ = [
    "additional_tools",
    "code_interpreter_call",
    "compaction",
    "file_search_call",
    "image_generation_call",
    "mcp_call",
    "mcp_list_tools",
    "program",
    "program_output",
    "shell_call_output",
    "tool_search_call",
    "tool_search_output",
    "web_search_call",
]


def web_search_call(
    query: str | None = None,
    *,
    queries: Iterable[str] | None = None,
    sources: Iterable[str | Mapping[str, Any]] | None = None,
    url: str | None = None,
    pattern: str | None = None,
    **fields: Any,
) -> JSON:
    """A search of the web; with ``url`` the opening of a page, and with ``pattern`` too, a search in it.

    Args:
        query: what was searched for.
        queries: all that was searched for, if it was more.
        sources: the pages found, as URLs; sent to those who ask for ``include=["web_search_call.action.sources"]``.
        url: the page opened.
        pattern: what was looked for in the page.
        **fields: further fields, such as ``id`` or ``action``, the action as a whole.

    Example:
        >>> web_search_call("weather in Paris")
        {'type': 'web_search_call', 'status': 'completed', 'action': {'type': 'search', 'queries': \
['weather in Paris'], 'query': 'weather in Paris'}}

    API reference: https://platform.openai.com/docs/guides/tools-web-search
    """
    action: JSON
    if pattern is not None:
        action = {"type": "find_in_page", "pattern": pattern, "url": url or ""}
    elif url is not None:
        action = {"type": "open_page", "url": url}
    else:
        action = {"type": "search"}
        if query is not None:
            action["query"] = query
        if queries is not None:
            action["queries"] = list(queries)
        if sources is not None:
            action["sources"] = list(sources)
    return built("web_search_call", {"action": action}, fields)


def file_search_call(*queries: str, results: Iterable[Mapping[str, Any]] | None = None, **fields: Any) -> JSON:
    """A search in vector stores.

    Args:
        *queries: what was searched for.
        results: what was found; sent to those who ask for ``include=["file_search_call.results"]``, in a run of an
            assistant to all, but for the text.
        **fields: further fields, such as ``id``.

    Example:
        >>> file_search_call("capital of France")
        {'type': 'file_search_call', 'status': 'completed', 'queries': ['capital of France'], 'results': None}

    API reference: https://platform.openai.com/docs/guides/tools-file-search
    """
    found = None if results is None else list(results)
    return built("file_search_call", {"queries": list(queries), "results": found}, fields)


def code_interpreter_call(
    code: str, *outputs: str | Mapping[str, Any], container_id: str | None = None, **fields: Any
) -> JSON:
    """A run of Python code.

    Args:
        code: the code.
        *outputs: what it put out, logs as texts, pictures as ``{"type": "image", "url": ...}``; sent to those who ask
            for ``include=["code_interpreter_call.outputs"]``. In a run of an assistant a picture is a file:
            ``{"type": "image", "file_id": ...}``.
        container_id: where it ran.
        **fields: further fields, such as ``id`` or ``status="failed"``.

    Example:
        >>> code_interpreter_call("print(1)", "1", container_id="cntr_1")
        {'type': 'code_interpreter_call', 'status': 'completed', 'code': 'print(1)', 'container_id': 'cntr_1', \
'outputs': [{'type': 'logs', 'logs': '1'}]}

    API reference: https://platform.openai.com/docs/guides/tools-code-interpreter
    """
    given: JSON = {"code": code, "outputs": list(outputs) or None}
    if container_id is not None:
        given["container_id"] = container_id
    return built("code_interpreter_call", given, fields)


def image_generation_call(
    result: str | bytes | None = None, *, revised_prompt: str | None = None, **fields: Any
) -> JSON:
    """A picture.

    Args:
        result: the picture, as bytes or in base64; by default a tiny PNG.
        revised_prompt: the prompt that the model made of the conversation.
        **fields: further fields, such as ``id``, ``size``, ``quality``, ``background`` or ``output_format``.

    Example:
        >>> image_generation_call(b"...", revised_prompt="a cat")
        {'type': 'image_generation_call', 'status': 'completed', 'action': 'generate', 'background': 'opaque', \
'output_format': 'png', 'quality': 'high', 'result': 'Li4u', 'revised_prompt': 'a cat', 'size': '1024x1024'}

    API reference: https://platform.openai.com/docs/guides/tools-image-generation
    """
    given: JSON = {} if revised_prompt is None else {"revised_prompt": revised_prompt}
    if result is not None:
        given["result"] = result
    return built("image_generation_call", given, fields)


def mcp_list_tools(*tools: str | Mapping[str, Any], server_label: str, **fields: Any) -> JSON:
    """The tools of an MCP server.

    Args:
        *tools: the tools, as JSON objects, or no more than their names.
        server_label: which server.
        **fields: further fields, such as ``id``, or ``error`` if the server could not say.

    Example:
        >>> mcp_list_tools("roll", server_label="dice")
        {'type': 'mcp_list_tools', 'server_label': 'dice', 'tools': [{'annotations': {'read_only': False}, \
'description': None, 'input_schema': {'type': 'object', 'properties': {}}, 'name': 'roll'}]}

    API reference: https://platform.openai.com/docs/guides/tools-connectors-mcp
    """
    return built("mcp_list_tools", {"server_label": server_label, "tools": list(tools)}, fields)


def mcp_call(
    name: str,
    arguments: Arguments = "{}",
    *,
    server_label: str,
    output: str | None = None,
    error: str | Mapping[str, Any] | None = None,
    **fields: Any,
) -> JSON:
    """A call of a tool of an MCP server.

    Args:
        name: the tool's name.
        arguments: its arguments, as JSON text or as what the text is made of.
        server_label: which server.
        output: what the tool answered.
        error: what went wrong: the tool's own text, or the error as JSON.
        **fields: further fields, such as ``id`` or ``approval_request_id``.

    Example:
        >>> mcp_call("roll", {"dice": "2d4"}, server_label="dice", output="6")
        {'type': 'mcp_call', 'status': 'completed', 'approval_request_id': None, 'arguments': '{"dice":"2d4"}', \
'error': None, 'name': 'roll', 'output': '6', 'server_label': 'dice'}

    API reference: https://platform.openai.com/docs/guides/tools-connectors-mcp
    """
    given = {"arguments": arguments, "error": error, "name": name, "output": output, "server_label": server_label}
    return built("mcp_call", given, fields)


def shell_call_output(stdout: str = "", stderr: str = "", *, exit_code: int | None = 0, **fields: Any) -> JSON:
    """What a command put out that ran in a container of the API. ``exit_code=None``: it took too long.

    Example:
        >>> shell_call_output("hello", call_id="call_1")
        {'type': 'shell_call_output', 'status': 'completed', 'call_id': 'call_1', 'max_output_length': None, 'output': \
[{'outcome': {'type': 'exit', 'exit_code': 0}, 'stderr': '', 'stdout': 'hello'}]}

    API reference: https://platform.openai.com/docs/guides/tools-shell
    """
    outcome: JSON = {"type": "timeout"} if exit_code is None else {"type": "exit", "exit_code": exit_code}
    given = {"output": [{"outcome": outcome, "stderr": stderr, "stdout": stdout}]}
    return built("shell_call_output", given, fields)


def tool_search_call(
    arguments: Mapping[str, Any] | None = None, *, execution: Literal["server", "client"] = "server", **fields: Any
) -> JSON:
    """A search for tools, by the API itself or to be done by the client.

    Example:
        >>> tool_search_call({"paths": ["get_weather"]})
        {'type': 'tool_search_call', 'status': 'completed', 'arguments': {'paths': ['get_weather']}, 'call_id': None, \
'execution': 'server'}

    API reference: https://platform.openai.com/docs/guides/tools-tool-search
    """
    return built("tool_search_call", {"arguments": dict(arguments or {}), "execution": execution}, fields)


def tool_search_output(*tools: Mapping[str, Any], **fields: Any) -> JSON:
    """The tools that a search has found.

    Example:
        >>> tool_search_output()
        {'type': 'tool_search_output', 'status': 'completed', 'call_id': None, 'execution': 'server', 'tools': []}

    API reference: https://platform.openai.com/docs/guides/tools-tool-search
    """
    return built("tool_search_output", {"tools": list(tools)}, fields)


def program(code: str, **fields: Any) -> JSON:
    """JavaScript that the model wrote to call tools.

    Example:
        >>> program("await tools.roll()", call_id="call_1", fingerprint="gAAAAA")
        {'type': 'program', 'call_id': 'call_1', 'code': 'await tools.roll()', 'fingerprint': 'gAAAAA'}

    API reference: https://platform.openai.com/docs/guides/tools-programmatic-tool-calling
    """
    return built("program", {"code": code}, fields)


def program_output(result: str, **fields: Any) -> JSON:
    """What a program has brought about.

    Example:
        >>> program_output("6", call_id="call_1")
        {'type': 'program_output', 'status': 'completed', 'call_id': 'call_1', 'result': '6'}

    API reference: https://platform.openai.com/docs/guides/tools-programmatic-tool-calling
    """
    return built("program_output", {"result": result}, fields)


def compaction(encrypted_content: str | None = None, **fields: Any) -> JSON:
    """A conversation in short, as an opaque text.

    Example:
        >>> compaction("gAAAAA")
        {'type': 'compaction', 'encrypted_content': 'gAAAAA'}

    API reference: https://platform.openai.com/docs/guides/conversation-state
    """
    return built("compaction", {} if encrypted_content is None else {"encrypted_content": encrypted_content}, fields)


def additional_tools(*tools: Mapping[str, Any], role: str = "developer", **fields: Any) -> JSON:
    """Tools that became available in the course of a conversation.

    Example:
        >>> additional_tools()
        {'type': 'additional_tools', 'role': 'developer', 'tools': []}

    API reference: https://platform.openai.com/docs/api-reference/responses/object
    """
    return built("additional_tools", {"role": role, "tools": list(tools)}, fields)
