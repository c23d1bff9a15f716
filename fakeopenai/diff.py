"""How parameters differ from what was expected, laid out for reading; and which call comes nearest.

Only what differs is shown: long texts are cut around their first difference, long lists to the elements about it. What
a matcher such as ``mock.ANY`` accepts is shown as it was sent, so that it makes no noise. Whether values differ is
decided by `matching`. Imports leaves only.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic

from .matching import difference, is_omitted, same
from .snapshot import plain
from .stringify import cut, is_array, is_object, is_secret, short

__all__ = ["diff_lines", "nearest_params"]

_TEXT = 64  # a longer text is cut
_WIDTH = 100  # a longer object goes over several lines
_CANDIDATES = 100  # calls that are compared in depth, to find the nearest

Pair = tuple[Any, Any]


def diff_lines(expected: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """The parameters that differ, as lines that begin with ``-`` (expected), ``+`` (sent) or a blank (both).

    Example:
        >>> diff_lines({"model": "gpt-5", "n": 1}, {"model": "gpt-4o", "n": 1})
        ["- model='gpt-5'", "+ model='gpt-4o'"]
    """
    lines: list[str] = []
    for name, value in expected.items():
        if is_omitted(value):
            if name in params:
                lines += [f"- {name}: not sent", f"+ {name}={_shown(name, params[name])}"]
        elif name not in params:
            lines += [f"- {name}={_shown(name, value)}", f"+ {name}: not sent"]
        else:
            found = difference(value, params[name], name)
            if found is not None:
                lines += _changed(name, value, params[name], *found)
    return lines


def _shown(name: str, value: Any) -> str:
    return "'***'" if is_secret(name) else short(value)


def _changed(name: str, expected: Any, actual: Any, path: str, reason: str) -> list[str]:
    pair = _aligned(expected, actual, name)
    before, after = (_layout(_cleaned(value, _TEXT), f"{name}=") for value in pair)
    if before == after:  # only what was cut away differs
        before, after = (_layout(_cleaned(value, None), f"{name}=") for value in pair)
    if before == after:
        return [f"  {path}: what was sent prints like what was expected, but isn't equal to it"]
    if len(before) == len(after) == 1:
        return [f"- {before[0]}", f"+ {after[0]}"]
    lines: list[str] = []
    for line in list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]:
        if line.startswith("@@"):
            if not line.startswith("@@ -1"):
                lines.append("  …" if lines else f"  {reason if path == name else f'{name}, at {path}'}:")
        else:
            lines.append(f"{line[0]} {line[1:]}")
    return lines


def _aligned(expected: Any, actual: Any, name: str = "") -> Pair:
    """Both values, with whatever agrees in them made literally the same."""
    if same(expected, actual):
        return actual, actual
    if isinstance(expected, pydantic.BaseModel):
        expected = plain(expected)
    if isinstance(expected, str) and isinstance(actual, str):
        return ("***", "*** (another one)") if is_secret(name) else _windows(expected, actual)
    if is_object(expected) and is_object(actual):
        return _aligned_objects(expected, actual)
    if is_array(expected) and is_array(actual):
        return _aligned_lists(expected, actual)
    return expected, actual


def _aligned_objects(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Pair:
    left: dict[str, Any] = {}
    right: dict[str, Any] = {}
    for key, value in actual.items():
        right[key] = value
        if key in expected and not is_omitted(expected[key]):
            left[key], right[key] = _aligned(expected[key], value, key)
    left.update((key, value) for key, value in expected.items() if key not in actual and not is_omitted(value))
    return left, right


def _aligned_lists(expected: Sequence[Any], actual: Sequence[Any]) -> Pair:
    """The ends that agree are set aside; what lies between is compared one by one."""
    shorter = min(len(expected), len(actual))
    head = 0
    while head < shorter and same(expected[head], actual[head]):
        head += 1
    tail = 0
    while tail < shorter - head and same(expected[-1 - tail], actual[-1 - tail]):
        tail += 1
    before, after = list(expected[head : len(expected) - tail]), list(actual[head : len(actual) - tail])
    for index, pair in enumerate(zip(before, after, strict=False)):
        before[index], after[index] = _aligned(*pair)
    start, end = actual[:head], actual[len(actual) - tail :]
    return [*start, *before, *end], [*start, *after, *end]


def _windows(expected: str, actual: str) -> Pair:
    """Two texts, cut to the part about their first difference if one of them is long."""
    if max(len(expected), len(actual)) <= _TEXT:
        return expected, actual
    pairs = enumerate(zip(expected, actual, strict=False))
    first = next((index for index, (left, right) in pairs if left != right), min(len(expected), len(actual)))
    start = max(0, first - 24)

    def window(text: str) -> str:
        return ("…" if start else "") + cut(text[start:], _TEXT - 8)

    return window(expected), window(actual)


def _cleaned(value: Any, limit: int | None, name: str = "") -> Any:
    """The value with its credentials masked, and its long texts cut unless ``limit`` is None."""
    if isinstance(value, str):
        if is_secret(name) and not value.startswith("***"):
            return "***"
        return value if limit is None else cut(value, limit)
    if is_object(value):
        return {key: _cleaned(item, limit, str(key)) for key, item in value.items()}
    if is_array(value):
        return [_cleaned(item, limit) for item in value]
    return value


def _layout(value: Any, prefix: str = "", suffix: str = "", indent: str = "") -> list[str]:
    """A JSON value over as many lines as help to compare it: each object of a list on its own, if it fits."""
    flat = short(value) if isinstance(value, bytes | bytearray) else repr(value)
    long = len(indent) + len(prefix) + len(flat) > _WIDTH
    if is_object(value) and long:
        inner = [line for key, item in value.items() for line in _layout(item, f"{key!r}: ", ",", f"{indent}  ")]
        return [f"{indent}{prefix}{{", *inner, f"{indent}}}{suffix}"]
    if is_array(value) and (long or any(is_object(item) or is_array(item) for item in value)):
        inner = [line for item in value for line in _layout(item, "", ",", f"{indent}  ")]
        return [f"{indent}{prefix}[", *inner, f"{indent}]{suffix}"]
    return [f"{indent}{prefix}{flat}{suffix}"]


def nearest_params(expected: Mapping[str, Any], sent: Sequence[Mapping[str, Any]]) -> int:
    """The index of the parameters that come nearest to what was expected; of equally near ones, the last."""
    agreeing = [sum(_agrees(value, params, name) for name, value in expected.items()) for params in sent]
    most = max(agreeing)
    candidates = [index for index, count in enumerate(agreeing) if count == most][-_CANDIDATES:]
    return max(candidates, key=lambda index: (_params_likeness(expected, sent[index]), index))


def _agrees(value: Any, params: Mapping[str, Any], name: str) -> bool:
    return name not in params if is_omitted(value) else name in params and same(value, params[name])


def _params_likeness(expected: Mapping[str, Any], params: Mapping[str, Any]) -> float:
    return sum(0.1 + _likeness(value, params[name]) for name, value in expected.items() if name in params)


def _likeness(expected: Any, actual: Any) -> float:
    """How much two JSON values have in common, from 0 to 1."""
    if same(expected, actual):
        return 1.0
    if isinstance(expected, str) and isinstance(actual, str):
        return 0.9 * difflib.SequenceMatcher(None, expected[:200], actual[:200], autojunk=False).quick_ratio()
    if is_object(expected) and is_object(actual):
        shared = expected.keys() & actual.keys()
        likeness = sum(_likeness(expected[key], actual[key]) for key in shared)
        return 0.9 * likeness / max(1, len(expected.keys() | actual.keys()))
    if is_array(expected) and is_array(actual):
        likeness = sum(_likeness(left, right) for left, right in zip(expected, actual, strict=False))
        return 0.9 * likeness / max(1, len(expected), len(actual))
    return 0.0
