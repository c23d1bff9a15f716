"""Output items of the Responses API, as JSON in wire form: what a model says, calls or has done, one builder per kind.

A builder returns an item as the API sends it, except for ids that only an account can make: they are left out unless
given, and `complete_item` makes them when the item becomes part of a response. It completes items that were written by
hand, too (``{"type": "message", "content": "Hi"}``), since what the API always sends is filled in here, in one place.
Runs of assistants take messages, calls of functions, code and searches of files from here: see `operations/run_items`.

Here too: the prefix of the ids of each kind (`PREFIXES`). Not here: which items a response has, and how they are
streamed (`streaming/responses.py`). Imports leaves only; openai's types are looked at only where the names of further
fields are to be checked.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, get_args

from .errors import UnknownField, UsageError, nearest
from .operation import resolve

__all__ = [
    "NEWER_FIELDS",
    "PREFIXES",
    "additional_tools",
    "apply_patch_call",
    "code_interpreter_call",
    "compaction",
    "complete_item",
    "complete_output",
    "computer_call",
    "container_file_citation",
    "custom_tool_call",
    "file_citation",
    "file_path",
    "file_search_call",
    "function_call",
    "image_generation_call",
    "item",
    "local_shell_call",
    "mcp_approval_request",
    "mcp_call",
    "mcp_list_tools",
    "message",
    "program",
    "program_output",
    "reasoning_item",
    "shell_call",
    "shell_call_output",
    "tool_search_call",
    "tool_search_output",
    "url_citation",
    "web_search_call",
]

JSON = dict[str, Any]
Arguments = str | Mapping[str, Any]
"""Arguments of a call: JSON text, or what it is to be made of."""

PREFIXES: Final[Mapping[str, str]] = {
    "additional_tools": "at_",
    "apply_patch_call": "apc_",
    "apply_patch_call_output": "apco_",
    "code_interpreter_call": "ci_",
    "compaction": "cmp_",
    "computer_call": "cu_",
    "computer_call_output": "cuo_",
    "custom_tool_call": "ctc_",
    "custom_tool_call_output": "ctco_",
    "file_search_call": "fs_",
    "function_call": "fc_",
    "function_call_output": "fc_",
    "image_generation_call": "ig_",
    "local_shell_call": "lsh_",
    "local_shell_call_output": "lsho_",
    "mcp_approval_request": "mcpr_",
    "mcp_approval_response": "mcpa_",
    "mcp_call": "mcp_",
    "mcp_list_tools": "mcpl_",
    "message": "msg_",
    "program": "cm_",
    "program_output": "cmo_",
    "reasoning": "rs_",
    "shell_call": "sh_",
    "shell_call_output": "sho_",
    "tool_search_call": "tsc_",
    "tool_search_output": "tso_",
    "web_search_call": "ws_",
}
"""How the ids of each kind of item begin, as recorded. No recording shows ``additional_tools``,
``mcp_approval_response`` and the outputs of apply_patch, computer, custom and local_shell calls: theirs are made up
after the pattern of the others.
"""

_OTHER_PREFIX: Final = "item_"


# ------------------------------------------------------------------------------------------------------------- messages


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
    return _built("message", {"content": content}, fields)


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
    return _built("reasoning", given, fields)


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
    return _built("function_call", {"arguments": arguments, "name": name}, fields)


def custom_tool_call(name: str, input: str = "", **fields: Any) -> JSON:
    """A call of one of the client's custom tools, which take free text.

    Example:
        >>> custom_tool_call("sql", "SELECT 1", call_id="call_1")
        {'type': 'custom_tool_call', 'status': 'completed', 'call_id': 'call_1', 'input': 'SELECT 1', 'name': 'sql'}

    API reference: https://platform.openai.com/docs/guides/function-calling#custom-tools
    """
    return _built("custom_tool_call", {"input": input, "name": name}, fields)


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
    return _built("computer_call", given, fields)


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
    return _built("local_shell_call", {"action": action}, fields)


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
    return _built("shell_call", given, fields)


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
    return _built("apply_patch_call", {"operation": given}, fields)


def mcp_approval_request(name: str, arguments: Arguments = "{}", *, server_label: str, **fields: Any) -> JSON:
    """The API asks whether it may call a tool of an MCP server.

    Example:
        >>> mcp_approval_request("search", {"query": "x"}, server_label="docs")
        {'type': 'mcp_approval_request', 'arguments': '{"query":"x"}', 'name': 'search', 'server_label': 'docs'}

    API reference: https://platform.openai.com/docs/guides/tools-connectors-mcp
    """
    given = {"arguments": arguments, "name": name, "server_label": server_label}
    return _built("mcp_approval_request", given, fields)


# ---------------------------------------------------------------------------------------------- tools that the API runs


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
    return _built("web_search_call", {"action": action}, fields)


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
    return _built("file_search_call", {"queries": list(queries), "results": found}, fields)


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
    return _built("code_interpreter_call", given, fields)


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
    return _built("image_generation_call", given, fields)


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
    return _built("mcp_list_tools", {"server_label": server_label, "tools": list(tools)}, fields)


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
    return _built("mcp_call", given, fields)


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
    return _built("shell_call_output", given, fields)


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
    return _built("tool_search_call", {"arguments": dict(arguments or {}), "execution": execution}, fields)


def tool_search_output(*tools: Mapping[str, Any], **fields: Any) -> JSON:
    """The tools that a search has found.

    Example:
        >>> tool_search_output()
        {'type': 'tool_search_output', 'status': 'completed', 'call_id': None, 'execution': 'server', 'tools': []}

    API reference: https://platform.openai.com/docs/guides/tools-tool-search
    """
    return _built("tool_search_output", {"tools": list(tools)}, fields)


def program(code: str, **fields: Any) -> JSON:
    """JavaScript that the model wrote to call tools.

    Example:
        >>> program("await tools.roll()", call_id="call_1", fingerprint="gAAAAA")
        {'type': 'program', 'call_id': 'call_1', 'code': 'await tools.roll()', 'fingerprint': 'gAAAAA'}

    API reference: https://platform.openai.com/docs/guides/tools-programmatic-tool-calling
    """
    return _built("program", {"code": code}, fields)


def program_output(result: str, **fields: Any) -> JSON:
    """What a program has brought about.

    Example:
        >>> program_output("6", call_id="call_1")
        {'type': 'program_output', 'status': 'completed', 'call_id': 'call_1', 'result': '6'}

    API reference: https://platform.openai.com/docs/guides/tools-programmatic-tool-calling
    """
    return _built("program_output", {"result": result}, fields)


def compaction(encrypted_content: str | None = None, **fields: Any) -> JSON:
    """A conversation in short, as an opaque text.

    Example:
        >>> compaction("gAAAAA")
        {'type': 'compaction', 'encrypted_content': 'gAAAAA'}

    API reference: https://platform.openai.com/docs/guides/conversation-state
    """
    return _built("compaction", {} if encrypted_content is None else {"encrypted_content": encrypted_content}, fields)


def additional_tools(*tools: Mapping[str, Any], role: str = "developer", **fields: Any) -> JSON:
    """Tools that became available in the course of a conversation.

    Example:
        >>> additional_tools()
        {'type': 'additional_tools', 'role': 'developer', 'tools': []}

    API reference: https://platform.openai.com/docs/api-reference/responses/object
    """
    return _built("additional_tools", {"role": role, "tools": list(tools)}, fields)


# -------------------------------------------------------------------------------------------------- any kind, any field


def item(type: str, /, **fields: Any) -> JSON:
    """An item of any kind that the installed SDK knows, whether or not it has a builder here.

    Raises:
        UnknownField: there is no such kind of item, or items of that kind have no such field.

    Example:
        >>> item("mcp_approval_response", approval_request_id="mcpr_1", approve=True)
        {'type': 'mcp_approval_response', 'approval_request_id': 'mcpr_1', 'approve': True}

    API reference: https://platform.openai.com/docs/api-reference/responses/object
    """
    if type not in PREFIXES and type not in _models():
        known = sorted({*PREFIXES, *_models()})
        suggestion = nearest(type, known)
        raise UnknownField(
            f"There is no kind of output item called {type!r}; "
            + (f"did you mean {suggestion!r}?" if suggestion else f"there are {', '.join(known)}."),
            type_name="ResponseOutputItem",
            field=type,
            suggestion=suggestion,
        )
    return _built(type, {}, fields)


@functools.lru_cache(maxsize=1)
def _models() -> dict[str, Any]:
    """The installed SDK's models of output items by kind."""
    union = get_args(resolve("openai.types.responses.ResponseOutputItem"))[0]
    return {kind: model for model in get_args(union) for kind in get_args(model.model_fields["type"].annotation)}


_UNDECLARED: Final[Mapping[str, frozenset[str]]] = {
    "computer_call": frozenset({"actions"}),
    "custom_tool_call": frozenset({"caller", "namespace", "status"}),
    "function_call": frozenset({"caller", "namespace"}),
    "image_generation_call": frozenset({"action", "background", "output_format", "quality", "revised_prompt", "size"}),
    "local_shell_call_output": frozenset({"call_id"}),
    "mcp_call": frozenset({"approval_request_id", "status"}),
    "message": frozenset({"phase"}),
}
"""Fields that the API sends, and that the types of some supported SDK lack."""

NEWER_FIELDS: Final = frozenset({"content", "execution", "queries", "sources"}.union(*_UNDECLARED.values()))
"""All names of fields, parts of items included, that the types of some supported SDK lack."""


def _checked(kind: str, fields: Mapping[str, Any]) -> JSON:
    """The fields under their wire names. Those of a kind that only a newer SDK knows can't be checked."""
    model = _models().get(kind)
    if model is None:
        return dict(fields)
    names = {name: field.alias or name for name, field in model.model_fields.items()}
    known = {*names.values(), *_UNDECLARED.get(kind, ())}
    checked: JSON = {}
    for name, value in fields.items():
        wire = name if name in known else names.get(name)
        if wire is None:
            suggestion = nearest(name, known)
            raise UnknownField(
                f"{model.__name__} ({kind!r}) has no field {name!r}; "
                + (f"did you mean {suggestion!r}?" if suggestion else f"it has {', '.join(sorted(known))}."),
                type_name=model.__name__,
                field=name,
                suggestion=suggestion,
            )
        checked[wire] = value
    return checked


def _built(kind: str, given: JSON, fields: Mapping[str, Any]) -> JSON:
    """What all builders end in: further fields are checked, and what the API always sends is filled in."""
    return _filled({**given, **(_checked(kind, fields) if fields else {}), "type": kind})


# ----------------------------------------------------------------------------------------------------------- completion


def complete_item(item: Mapping[str, Any], new_id: Callable[[str], str]) -> JSON:
    """The item with all that the API sends; a new object, even where nothing was missing.

    Short forms that the builders accept are accepted here, too: a text as content, arguments as an object, and so on.

    Args:
        item: an item, complete or not; one without a ``type`` is a message. An id of None counts as missing.
        new_id: makes an id that begins with what it is given, such as ``"msg_"``.

    Example:
        >>> complete_item({"content": "Hi"}, lambda prefix: f"{prefix}1")
        {'id': 'msg_1', 'type': 'message', 'status': 'completed', 'content': [{'type': 'output_text', \
'annotations': [], 'logprobs': [], 'text': 'Hi'}], 'role': 'assistant'}
    """
    full = dict(item)
    kind = full.setdefault("type", "message")
    if full.get("id") is None:
        full["id"] = new_id(PREFIXES.get(kind, _OTHER_PREFIX))
    if full.get("call_id") is None and (kind in _CALLED or full.get("execution") == "client"):
        full["call_id"] = new_id("call_")
    if kind == "code_interpreter_call" and full.get("container_id") is None:
        full["container_id"] = new_id("cntr_")
    if kind in _OPAQUE:
        full.setdefault(_OPAQUE[kind], _opaque(full["id"]))
    return _filled(full)


def complete_output(items: Iterable[Mapping[str, Any]], new_id: Callable[[str], str]) -> list[JSON]:
    """The items of one response, each completed, with what they share: ids of answered calls, the container of code.

    Example:
        >>> numbers = iter("1234")
        >>> shell, output = complete_output([shell_call("ls"), shell_call_output("a.txt")], lambda _: next(numbers))
        >>> output["call_id"] == shell["call_id"]
        True
    """
    completed: list[JSON] = []
    unanswered: dict[str, list[str]] = {}
    container: str | None = None
    for given in items:
        full = dict(given)
        kind = full.get("type", "message")
        waiting = unanswered.get(kind)
        if waiting and full.get("call_id") is None:
            full["call_id"] = waiting.pop(0)
        if kind == "code_interpreter_call" and full.get("container_id") is None and container is not None:
            full["container_id"] = container
        full = complete_item(full, new_id)
        container = full.get("container_id", container)
        if kind in _ANSWERS and full.get("call_id") is not None:
            unanswered.setdefault(_ANSWERS[kind], []).append(full["call_id"])
        completed.append(full)
    return completed


_CALLED: Final = frozenset(
    {
        "apply_patch_call",
        "apply_patch_call_output",
        "computer_call",
        "computer_call_output",
        "custom_tool_call",
        "custom_tool_call_output",
        "function_call",
        "function_call_output",
        "local_shell_call",
        "local_shell_call_output",
        "program",
        "program_output",
        "shell_call",
        "shell_call_output",
    }
)
"""Kinds that always have a ``call_id``. The ids of tool searches are null, unless the client has to do the search."""

_ANSWERS: Final[Mapping[str, str]] = {
    "program": "program_output",
    "shell_call": "shell_call_output",
    "tool_search_call": "tool_search_output",
}
"""What follows a call in the same response, under the same ``call_id``."""

_OPAQUE: Final[Mapping[str, str]] = {"compaction": "encrypted_content", "program": "fingerprint"}


def _opaque(seed: str) -> str:
    """Something that looks like the API's encrypted texts; another one for each seed."""
    return "gAAAAAB" + base64.urlsafe_b64encode(seed.encode() * 2).decode().rstrip("=") + "=="


def _filled(given: JSON) -> JSON:
    """What the API always sends for that kind of item, in its order; no ids. Lists and objects that it sees are new."""
    kind = given["type"]
    full = {**_ALWAYS.get(kind, {}), **given}
    if kind in _WITH_STATUS and full.get("status") is None:
        full["status"] = "failed" if kind == "mcp_call" and full["error"] is not None else "completed"
    shape = _SHAPES.get(kind)
    if shape is not None:
        shape(full)
    return _ordered(full)


def _ordered(value: Mapping[str, Any]) -> JSON:
    """The API's order of keys: id, type and status, then the alphabet."""
    return {key: value[key] for key in (*(key for key in _FIRST if key in value), *sorted(value.keys() - _FIRST))}


_FIRST: Final = dict.fromkeys(("id", "type", "status")).keys()

_WITH_STATUS: Final = frozenset(PREFIXES) - {
    "additional_tools",
    "compaction",
    "local_shell_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_list_tools",
    "program",
    "reasoning",
}

_ALWAYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "additional_tools": {"role": "developer"},
    "code_interpreter_call": {"code": "", "outputs": None},
    "custom_tool_call": {"input": ""},
    "file_search_call": {"results": None},
    "image_generation_call": {
        "action": "generate",
        "background": "opaque",
        "output_format": "png",
        "quality": "high",
        "revised_prompt": None,
        "size": "1024x1024",
    },
    "mcp_call": {"approval_request_id": None, "error": None, "output": None},
    "message": {"role": "assistant"},
    "program": {"code": ""},
    "program_output": {"result": ""},
    "shell_call": {"environment": None},
    "shell_call_output": {"max_output_length": None},
    "tool_search_call": {"call_id": None, "execution": "server"},
    "tool_search_output": {"call_id": None, "execution": "server"},
}
"""What the API sends for a kind of item if nothing else is known; lists and objects are filled in by `_SHAPES`."""

_PICTURE: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""


def _list(value: Any, element: Callable[[Any], Any] = lambda element: element) -> list[Any]:
    """A list of whatever was given: nothing, a text, an object, or several of these."""
    elements: list[Any] = [value] if isinstance(value, str | Mapping) else list(value or ())
    for one in elements:
        if not isinstance(one, str | Mapping):
            raise UsageError(f"Expected texts and JSON objects in an output item, found {one!r}.")
    return [element(one) for one in elements]


def _text_as(kind: str, field: str) -> Callable[[Any], Any]:
    """A maker of parts, each from a text or from an object that may lack its type."""
    return lambda part: _ordered({"type": kind, **({field: part} if isinstance(part, str) else part)})


def _json_text(arguments: Any) -> str:
    """Arguments as a model writes them."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments or {}, ensure_ascii=False, separators=(",", ":"), default=str)


def _shape_arguments(full: JSON) -> None:
    full["arguments"] = _json_text(full.get("arguments"))


def _shape_message(full: JSON) -> None:
    full["content"] = _list(full.get("content"), _content_part)


def _content_part(part: Any) -> JSON:
    if isinstance(part, str):
        part = {"text": part}
    kind = part.get("type") or ("refusal" if "refusal" in part else "output_text")
    if kind != "output_text":
        return {"type": kind, **part}
    text = part.get("text") or ""
    annotations = _list(part.get("annotations"), lambda annotation: _placed(annotation, len(text)))
    return _ordered(
        {**part, "type": kind, "annotations": annotations, "logprobs": _list(part.get("logprobs")), "text": text}
    )


def _placed(annotation: Mapping[str, Any], length: int) -> JSON:
    """An annotation with its place: the whole text, or its end."""
    place: JSON = {}
    if annotation.get("type") == "url_citation":
        place = {"end_index": length, "start_index": 0}
    elif annotation.get("type") == "file_citation":
        place = {"index": length}
    return _ordered({**place, **annotation})


def _shape_reasoning(full: JSON) -> None:
    if "content" in full:  # which the API has sent only since June 2026
        full["content"] = _list(full["content"], _text_as("reasoning_text", "text"))
    full["summary"] = _list(full.get("summary"), _text_as("summary_text", "text"))


def _shape_web_search_call(full: JSON) -> None:
    action: JSON = dict(full.get("action") or {})
    action.setdefault("type", "find_in_page" if "pattern" in action else "open_page" if "url" in action else "search")
    if action["type"] == "search":
        if action.get("queries"):
            action.setdefault("query", action["queries"][0])
        elif action.get("query") is not None:
            action["queries"] = [action["query"]]
        if action.get("sources") is not None:
            action["sources"] = _list(action["sources"], _text_as("url", "url"))
    full["action"] = _ordered(action)


def _shape_file_search_call(full: JSON) -> None:
    full["queries"] = _list(full.get("queries"))
    if full["results"] is not None:
        full["results"] = [{"attributes": {}, **result} for result in full["results"]]


def _shape_code_interpreter_call(full: JSON) -> None:
    if full["outputs"] is not None:
        full["outputs"] = _list(full["outputs"], _text_as("logs", "logs"))


def _shape_image_generation_call(full: JSON) -> None:
    result = full.setdefault("result", _PICTURE if full["status"] == "completed" else None)
    if isinstance(result, bytes):
        full["result"] = base64.b64encode(result).decode()


def _shape_mcp_call(full: JSON) -> None:
    _shape_arguments(full)
    if isinstance(full["error"], str):
        content = [{"type": "text", "text": full["error"]}]
        full["error"] = {"type": "mcp_tool_execution_error", "content": content}


def _shape_mcp_list_tools(full: JSON) -> None:
    full["tools"] = _list(full.get("tools"), _mcp_tool)


def _mcp_tool(tool: Any) -> JSON:
    return {
        "annotations": {"read_only": False},
        "description": None,
        "input_schema": {"type": "object", "properties": {}},
        **({"name": tool} if isinstance(tool, str) else tool),
    }


def _shape_computer_call(full: JSON) -> None:
    def action(given: Any) -> JSON:
        return {"type": given} if isinstance(given, str) else dict(given)

    if full.get("actions") is not None:
        full["actions"] = _list(full["actions"], action)
    else:
        full["action"] = action(full.get("action") or "screenshot")
    full["pending_safety_checks"] = _list(full.get("pending_safety_checks"))


def _shape_local_shell_call(full: JSON) -> None:
    full["action"] = {"type": "exec", "command": [], "env": {}, **(full.get("action") or {})}


def _shape_shell_call(full: JSON) -> None:
    action: JSON = {"max_output_length": None, "timeout_ms": None, **(full.get("action") or {})}
    full["action"] = _ordered({**action, "commands": _list(action.get("commands"))})


def _shape_shell_call_output(full: JSON) -> None:
    def chunk(given: Any) -> JSON:
        given = {"stdout": given} if isinstance(given, str) else given
        return {"outcome": {"type": "exit", "exit_code": 0}, "stderr": "", "stdout": "", **given}

    full["output"] = _list(full.get("output"), chunk)


def _shape_apply_patch_call(full: JSON) -> None:
    full["operation"] = _ordered(full.get("operation") or {})


def _shape_tool_search_call(full: JSON) -> None:
    full["arguments"] = dict(full.get("arguments") or {})


def _shape_tools(full: JSON) -> None:
    full["tools"] = _list(full.get("tools"))


_SHAPES: Final[Mapping[str, Callable[[JSON], None]]] = {
    "additional_tools": _shape_tools,
    "apply_patch_call": _shape_apply_patch_call,
    "code_interpreter_call": _shape_code_interpreter_call,
    "computer_call": _shape_computer_call,
    "file_search_call": _shape_file_search_call,
    "function_call": _shape_arguments,
    "image_generation_call": _shape_image_generation_call,
    "local_shell_call": _shape_local_shell_call,
    "mcp_approval_request": _shape_arguments,
    "mcp_call": _shape_mcp_call,
    "mcp_list_tools": _shape_mcp_list_tools,
    "message": _shape_message,
    "reasoning": _shape_reasoning,
    "shell_call": _shape_shell_call,
    "shell_call_output": _shape_shell_call_output,
    "tool_search_call": _shape_tool_search_call,
    "tool_search_output": _shape_tools,
    "web_search_call": _shape_web_search_call,
}
"""What makes the parts of an item as the API has them, from whatever short form they were given in."""
