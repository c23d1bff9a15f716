"""Two JSON Schemas that hold at once, as one flat schema (``allOf``, and whatever stands beside a ``$ref`` or a union).

Not every pair has an exact meeting (two patterns, say): the result keeps what can be written down, and whoever makes a
value from it verifies against the original. Imports leaves only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any

from .basics import ARRAY, MISSING, equal

__all__ = ["Contradiction", "both", "merged", "rules_for"]


class Contradiction(Exception):
    """Nothing fits a schema, or two at once; the message says what excludes what."""


def both(one: Any, two: Any) -> Any:
    """A schema for what fits both."""
    if one is True or equal(one, two):
        return two
    if two is True:
        return one
    if one is False or two is False:
        return False
    return {"allOf": [one, two]}


def rules_for(name: str, schema: Mapping[str, Any]) -> Any:
    """The schema that one property of an object falls under: declared, by pattern, or additional."""
    found: Any = MISSING
    declared: Any = schema.get("properties") or {}
    if name in declared:
        found = declared[name]
    patterns: dict[str, Any] = schema.get("patternProperties") or {}
    for pattern, rule in patterns.items():
        if _matches(pattern, name):
            found = rule if found is MISSING else both(found, rule)
    return schema.get("additionalProperties", True) if found is MISSING else found


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except (re.error, OverflowError):
        return False


def merged(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """One flat schema for two; where only one can hold (a format, a default), the first.

    Raises:
        Contradiction: if no value can fit both.
    """
    result = dict(one)
    for keyword, argument in two.items():
        if keyword not in one:
            result[keyword] = argument
        elif keyword in _MEETINGS:
            result[keyword] = _MEETINGS[keyword](one[keyword], argument)
    if "properties" in result or "additionalProperties" in result:
        names = dict.fromkeys((*(one.get("properties") or ()), *(two.get("properties") or ())))
        result["properties"] = {name: both(rules_for(name, one), rules_for(name, two)) for name in names}
    return result


def _types(one: Any, two: Any) -> Any:
    left: list[str] = one if type(one) is ARRAY else [one]
    right: list[str] = two if type(two) is ARRAY else [two]
    met = [kind for kind in left if kind in right or (kind == "integer" and "number" in right)]
    if "number" in left and "integer" in right and "integer" not in met:
        met.append("integer")
    if not met:
        raise Contradiction(f"type {' or '.join(left)} excludes type {' or '.join(right)}")
    return met


def _enums(one: Any, two: Any) -> Any:
    met = [value for value in one if any(equal(value, other) for other in two)]
    if not met:
        raise Contradiction("two lists of allowed values have nothing in common")
    return met


def _consts(one: Any, two: Any) -> Any:
    if not equal(one, two):
        raise Contradiction(f"{one!r} is not {two!r}")
    return one


def _steps(one: Any, two: Any) -> Any:
    left, right = Fraction(str(one)), Fraction(str(two))
    step = Fraction(lcm(left.numerator * right.denominator, right.numerator * left.denominator)) / (
        left.denominator * right.denominator
    )
    return step.numerator if step.denominator == 1 else float(step)


def _unions(one: Any, two: Any) -> Any:
    return list(dict.fromkeys((*one, *two)))


def _prefixes(one: Any, two: Any) -> Any:
    longer, shorter = (one, two) if len(one) >= len(two) else (two, one)
    return [both(rule, shorter[index]) if index < len(shorter) else rule for index, rule in enumerate(longer)]


def _maps(one: Any, two: Any) -> Any:
    return {**one, **two, **{key: both(rule, two[key]) for key, rule in one.items() if key in two}}


def _needs(one: Any, two: Any) -> Any:
    return {key: _unions(one.get(key, ()), two.get(key, ())) for key in {**one, **two}}


def _either(one: Any, two: Any) -> Any:
    return {"anyOf": [one, two]}


def _items(one: Any, two: Any) -> Any:
    if type(one) is ARRAY or type(two) is ARRAY:  # a tuple, as it was written up to draft 7
        return one if type(one) is ARRAY else two
    return both(one, two)


_MEETINGS: dict[str, Callable[[Any, Any], Any]] = {
    "additionalProperties": both,
    "const": _consts,
    "dependentRequired": _needs,
    "enum": _enums,
    "exclusiveMaximum": min,
    "exclusiveMinimum": max,
    "items": _items,
    "maxItems": min,
    "maxLength": min,
    "maxProperties": min,
    "maximum": min,
    "minContains": max,
    "minItems": max,
    "minLength": max,
    "minProperties": max,
    "minimum": max,
    "multipleOf": _steps,
    "not": _either,
    "patternProperties": _maps,
    "prefixItems": _prefixes,
    "propertyNames": both,
    "required": _unions,
    "type": _types,
    "uniqueItems": max,
}
