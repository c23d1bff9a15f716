"""Which fields an item has: items of any kind, and the names of further fields, checked by the installed SDK's types.

What all builders end in is here, since all of them take further fields (`built`).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final, get_args

from ..errors import UnknownField, nearest
from ..operation import resolve
from .completion import JSON, PREFIXES, filled

__all__ = ["NEWER_FIELDS", "built", "item"]


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
    return built(type, {}, fields)


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


def built(kind: str, given: JSON, fields: Mapping[str, Any]) -> JSON:
    """What all builders end in: further fields are checked, and what the API always sends is filled in."""
    return filled({**given, **(_checked(kind, fields) if fields else {}), "type": kind})
