"""Output items of the Responses API, as JSON in wire form: what a model says, calls or has done, one builder per kind.

A builder returns an item as the API sends it, except for ids that only an account can make: they are left out unless
given, and `complete_item` makes them when the item becomes part of a response. It completes items that were written by
hand, too (``{"type": "message", "content": "Hi"}``), since what the API always sends is filled in here, in one place.
Runs of assistants take messages, calls of functions, code and searches of files from here: see `operations/run_items`.

- `own`: builders of what a model puts out itself; `hosted`: of what the API does for it.
- `fields`: which further fields an item may have; `completion`: what the API always sends in it.

Not here: which items a response has, and how they are streamed (`streaming/responses.py`). Imports leaves only;
openai's types are looked at only where the names of further fields are to be checked.
"""

from __future__ import annotations

from .completion import PREFIXES, complete_item, complete_output
from .fields import NEWER_FIELDS, item
from .hosted import (
    additional_tools,
    code_interpreter_call,
    compaction,
    file_search_call,
    image_generation_call,
    mcp_call,
    mcp_list_tools,
    program,
    program_output,
    shell_call_output,
    tool_search_call,
    tool_search_output,
    web_search_call,
)
from .own import (
    apply_patch_call,
    computer_call,
    container_file_citation,
    custom_tool_call,
    file_citation,
    file_path,
    function_call,
    local_shell_call,
    mcp_approval_request,
    message,
    reasoning_item,
    shell_call,
    url_citation,
)

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
