"""What kind of JSON value something is, in a form that type checkers follow. Used by operations; imports nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

__all__ = ["as_object", "is_list", "is_object", "objects_in"]


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value has keys."""
    return isinstance(value, Mapping)


def as_object(value: Any) -> Mapping[str, Any]:
    """``value`` if it has keys, else an empty object."""
    return value if is_object(value) else {}


def objects_in(value: Any) -> list[Mapping[str, Any]]:
    """Those elements of a list that have keys; none if it isn't a list.

    Example:
        >>> objects_in([{"type": "text"}, "text"])
        [{'type': 'text'}]
    """
    return [element for element in value if is_object(element)] if is_list(value) else []
