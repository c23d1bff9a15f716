"""What everything about schemas stands on: JSON's containers, when values are equal, what a reference points at."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

__all__ = ["ARRAY", "MISSING", "OBJECT", "equal", "resolve"]

OBJECT: Any = dict
ARRAY: Any = list
"""JSON's containers, to compare a type with; as Any, so that a type checker doesn't narrow what is Any to less."""

MISSING: Any = object()
"""What `resolve` gives for a reference that leads nowhere."""


def resolve(root: Any, ref: Any) -> Any:
    """What a local reference (``"#"``, ``"#/$defs/Item"``) points at, or `MISSING`."""
    if not isinstance(ref, str) or not ref.startswith("#"):
        return MISSING
    pointer = unquote(ref[1:])
    if not pointer:
        return root
    if not pointer.startswith("/"):  # an anchor
        return MISSING
    node: Any = root
    for part in pointer[1:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if type(node) is OBJECT and key in node:
            node = node[key]
        elif type(node) is ARRAY and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            return MISSING
    return node


def equal(one: Any, two: Any) -> bool:
    """JSON equality: 1 is 1.0, but neither is true."""
    kind, other = one.__class__, two.__class__
    if kind is OBJECT and other is OBJECT:
        return one.keys() == two.keys() and all(equal(item, two[key]) for key, item in one.items())
    if kind is ARRAY and other is ARRAY:
        return len(one) == len(two) and all(equal(left, right) for left, right in zip(one, two, strict=True))
    return (kind is bool) is (other is bool) and bool(one == two)
