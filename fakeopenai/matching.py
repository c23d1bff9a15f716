"""Subset matching: whether the parameters of a request are what a matcher or an assertion expects, and if not, why not.

Matchers (``when(model="gpt-5")``) and assertions (``assert_called_with(model="gpt-5")``) share this one comparison, and
the check that the parameters they name exist. How differences are laid out for reading is the business of `diff`.
Imports leaves only.
"""

from __future__ import annotations

import datetime
import enum
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import openai
import pydantic

from .errors import UsageError, nearest
from .operation import Operation, operations
from .snapshot import plain
from .stringify import is_array, is_object, short

__all__ = ["check_names", "difference", "is_omitted", "matches", "mismatch", "same", "unknown_params"]

_OMITTED = (openai.NotGiven, openai.Omit)
_CONVERTED = (pydantic.BaseModel, enum.Enum, datetime.date, datetime.time, bytes, bytearray, os.PathLike)
_MISSING = object()


def matches(expected: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """Whether ``params`` has every expected parameter, with an equal value; further ones don't matter.

    Values are compared by `same`. ``openai.NOT_GIVEN`` and ``openai.omit`` expect that a parameter was not sent.
    """
    return next(_mismatches(expected, params), None) is None


def mismatch(expected: Mapping[str, Any], params: Mapping[str, Any]) -> str | None:
    """Why ``params`` doesn't match: the first difference of each parameter, in words; None if it does match.

    Example:
        >>> mismatch({"model": "gpt-5", "n": 2}, {"model": "gpt-4o", "n": 2})
        "model is 'gpt-4o', not 'gpt-5'"
    """
    reasons = [reason for _, _, reason in _mismatches(expected, params)]
    return "; ".join(reasons) or None


def _mismatches(expected: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, path and reason for each parameter that is not as expected."""
    for name, value in expected.items():
        found = difference(value, params.get(name, _MISSING), name)
        if found is not None:
            yield name, *found


def is_omitted(value: Any) -> bool:
    """Whether a value means "not sent": ``openai.NOT_GIVEN`` or ``openai.omit``."""
    return isinstance(value, _OMITTED)


def same(expected: Any, actual: Any) -> bool:
    """Whether ``actual``, a JSON value, is what is expected.

    ``expected == actual`` has the first word, so that ``mock.ANY`` and other objects with an ``__eq__`` of their own
    work at any depth. What the SDK would have converted (tuples, models, enums, dates, bytes...) is converted before it
    counts as different.
    """
    return difference(expected, actual, "") is None


def difference(expected: Any, actual: Any, path: str) -> tuple[str, str] | None:
    """The first place where two values differ, as its path and the reason in words; None if they don't.

    Example:
        >>> difference([{"role": "user"}], [{"role": "system"}], "messages")
        ('messages[0].role', "messages[0].role is 'system', not 'user'")
    """
    if is_omitted(expected):
        return None if actual is _MISSING else (path, f"{path} was sent, as {short(actual)}")
    if actual is _MISSING:
        return path, f"{path} was not sent, expected {short(expected)}"
    if expected == actual:
        return None
    if isinstance(expected, _CONVERTED):
        expected = plain(expected)
        if expected == actual:
            return None
    if is_object(expected) and is_object(actual):
        return _difference_of_objects(expected, actual, path)
    if is_array(expected) and is_array(actual):
        if len(expected) != len(actual):
            return path, f"{path} has {_items(len(actual))}, not {len(expected)}"
        for index, (left, right) in enumerate(zip(expected, actual, strict=True)):
            found = difference(left, right, f"{path}[{index}]")
            if found is not None:
                return found
        return None
    return path, f"{path} is {short(actual)}, not {short(expected)}"


def _difference_of_objects(expected: Mapping[Any, Any], actual: Mapping[str, Any], path: str) -> tuple[str, str] | None:
    for key, value in expected.items():
        found = difference(value, actual.get(key, _MISSING), f"{path}.{key}")
        if found is not None:
            return found
    for key in actual:
        if key not in expected:
            return f"{path}.{key}", f"{path}.{key} was not expected, it is {short(actual[key])}"
    return None


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def known_params(operation: Operation) -> frozenset[str] | None:
    """The names of an operation's parameters; None if the installed SDK doesn't describe them."""
    if operation.params and not operation.params_types:
        return None
    if not operation.params and operations().get(operation.name) is not operation:
        return None
    names = {*operation.path_params, *operation.query}
    for params_type in operation.params_types:
        names |= params_type.__required_keys__ | params_type.__optional_keys__
    return frozenset(names)


def unknown_params(operation: Operation, names: Iterable[str]) -> list[tuple[str, str | None]]:
    """Those of ``names`` that are no parameters of the operation, each with the nearest one that is, or None."""
    known = known_params(operation)
    return [] if known is None else [(name, nearest(name, known)) for name in names if name not in known]


def check_names(operation: Operation, names: Iterable[str], where: str) -> None:
    """Refuse a matcher that names a parameter which the operation doesn't have: it could never match.

    Args:
        operation: the operation whose requests are to be matched.
        names: the parameters that the matcher names.
        where: what the test author wrote, such as ``"chat.completions.create.when()"``.

    Raises:
        UsageError: names the nearest real parameter.
    """
    unknown = unknown_params(operation, names)
    if not unknown:
        return
    name, suggestion = unknown[0]
    hint = f"; did you mean {suggestion!r}?" if suggestion else "."
    raise UsageError(
        f"{where}: {operation.name} has no parameter {name!r}{hint}\n"
        f"What travels in extra_body is matched by where=lambda request: request.params.get({name!r}) == ...",
        operation=operation.name,
    )
