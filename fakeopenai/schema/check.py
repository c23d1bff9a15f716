"""Whether a JSON value fits a JSON Schema, and if not, where and why in one line.

A check for scripts, not a validator of schemas: what a validator would accept is never refused, and what this module
can't judge (a remote reference, a pattern that Python can't compile, a format, an ``if``) counts as fitting. Keywords
are a table, so that a keyword is one function; drafts 6 and 7 are the same table without the keywords they don't know.

`values` verifies with it what it made; whoever refuses scripted tool-call arguments asks `problem`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..errors import nearest
from ..snapshot import plain
from .basics import ARRAY, MISSING, OBJECT, equal, resolve
from .failure import Failure, described, enumeration, shown

__all__ = ["CHECKED", "Scope", "check", "problem"]

_KINDS: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    dict: "object",
    list: "array",
}


class Scope:
    """The document that local references point into, and the keywords that its draft knows.

    Args:
        root: the whole schema.
        exact: judge numbers as a validator in floating point does, not as they are written, and refuse in doubt.
    """

    __slots__ = ("checks", "exact", "old", "root")

    def __init__(self, root: Any, *, exact: bool = False) -> None:
        self.root = root
        self.exact = exact
        self.checks = _EXACT_CHECKS if exact else _CHECKS
        self.old = False
        draft: Any = root.get("$schema") if type(root) is OBJECT else None
        if isinstance(draft, str) and "/draft-0" in draft:
            self.old = True
            self.checks = _CHECKS_07 if draft.rstrip("#").endswith(("draft-06/schema", "draft-07/schema")) else {}


def problem(value: Any, schema: Mapping[str, Any]) -> str | None:
    """Why ``value`` does not fit ``schema``, or None if it does.

    Args:
        value: a JSON value, such as the arguments of a tool call.
        schema: a JSON Schema, such as the parameters of a function tool.

    Example:
        >>> problem({"city": 5}, {"type": "object", "properties": {"city": {"type": "string"}}})
        '$.city: expected string, found 5'
    """
    root = schema if type(schema) is OBJECT else plain(schema)
    try:
        failure = check(value, root, Scope(root))
    except (AttributeError, RecursionError, TypeError, ValueError):
        return None  # a schema that is none, or that refers to itself without end, says nothing about any value
    return None if failure is None else str(failure)


def check(value: Any, schema: Any, scope: Scope) -> Failure | None:
    """Why ``value`` does not fit a schema of that scope, or None."""
    if schema is False:
        return Failure("no value at all", shown(value))
    if type(schema) is not OBJECT:
        return None
    rules: dict[str, Any] = schema
    if value is None and rules.get("nullable") is True:  # OpenAPI's way to allow it
        return None
    if scope.old and "$ref" in rules:  # up to draft 7, whatever stands beside it is ignored
        return _ref(value, rules["$ref"], rules, scope)
    checks = scope.checks
    for keyword, argument in rules.items():
        checker = checks.get(keyword)
        if checker is not None:
            failure = checker(value, argument, rules, scope)
            if failure is not None:
                return failure
    return None


def _lenient(rules: Any, scope: Scope) -> bool:
    """Whether a value may seem to fit these rules that doesn't: under a ``not``, leniency would refuse too much."""
    if scope.exact:
        return False
    text = repr(rules)
    if "'$ref'" in text:
        text = repr(scope.root)
    return any(keyword in text for keyword in _UNJUDGED)


# Keywords. Each gets the value, the keyword's argument, the schema around it, and the scope.


def _type(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    kind = _KINDS.get(value.__class__)
    if kind == argument or kind is None:  # what is no JSON can't be judged
        return None
    wanted: list[Any] = argument if type(argument) is ARRAY else [argument]
    for name in wanted:
        if name == kind or (name == "number" and kind == "integer") or name not in _NAMES:
            return None
        if name == "integer" and kind == "number" and value.is_integer():
            return None
    return Failure(" or ".join(wanted), shown(value))


def _enum(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    for candidate in argument:
        if candidate == value and equal(candidate, value):
            return None
    return Failure(f"one of {enumeration(argument)}" if len(argument) > 1 else enumeration(argument), shown(value))


def _const(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    return None if equal(argument, value) else Failure(shown(argument), shown(value))


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _minimum(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not _is_number(value) or value >= argument:
        return None
    return Failure(f"a number of at least {argument}", shown(value))


def _maximum(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not _is_number(value) or value <= argument:
        return None
    return Failure(f"a number of at most {argument}", shown(value))


def _exclusive_minimum(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not _is_number(value) or type(argument) is bool or value > argument:
        return None
    return Failure(f"a number above {argument}", shown(value))


def _exclusive_maximum(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not _is_number(value) or type(argument) is bool or value < argument:
        return None
    return Failure(f"a number below {argument}", shown(value))


def _is_multiple(value: float, step: float) -> bool:
    """Whether a validator in floating point sees a multiple: 0.3 is none of 0.1, although it should be."""
    try:
        if isinstance(step, float):
            quotient = value / step
            return quotient == int(quotient)
        return not value % step
    except (OverflowError, ValueError, ZeroDivisionError):
        return False


def _multiple_of(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not _is_number(value) or _is_multiple(value, argument):
        return None
    try:
        if (Fraction(str(value)) / Fraction(str(argument))).denominator == 1:  # as written, 0.3 is three times 0.1
            return None
    except (ValueError, ZeroDivisionError):
        return None
    return Failure(f"a multiple of {argument}", shown(value))


def _multiple_of_exactly(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not _is_number(value) or _is_multiple(value, argument):
        return None
    return Failure(f"a multiple of {argument}", shown(value))


def _min_length(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not isinstance(value, str) or len(value) >= argument:
        return None
    return Failure(f"at least {argument} characters", f"{len(value)}: {shown(value)}")


def _max_length(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not isinstance(value, str) or len(value) <= argument:
        return None
    return Failure(f"at most {argument} characters", f"{len(value)}: {shown(value)}")


def _pattern(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if not isinstance(value, str):
        return None
    try:
        if re.search(argument, value):
            return None
    except (re.error, OverflowError):  # not Python's dialect
        return None
    return Failure(f"text that matches {argument!r}", shown(value))


def _items(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not ARRAY:
        return None
    if type(argument) is ARRAY:  # a tuple, as it was written up to draft 7
        return _prefix_items(value, argument, schema, scope)
    prefix: Any = None if scope.old else schema.get("prefixItems")
    for index in range(len(prefix) if prefix else 0, len(value)):
        failure = check(value[index], argument, scope)
        if failure is not None:
            return failure.under(index)
    return None


def _prefix_items(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not ARRAY:
        return None
    for index, (item, rule) in enumerate(zip(value, argument, strict=False)):
        failure = check(item, rule, scope)
        if failure is not None:
            return failure.under(index)
    return None


def _additional_items(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    tuple_: Any = schema.get("items")
    if type(value) is not ARRAY or type(tuple_) is not ARRAY:
        return None
    for index in range(len(tuple_), len(value)):
        failure = check(value[index], argument, scope)
        if failure is not None:
            return failure.under(index)
    return None


def _min_items(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not ARRAY or len(value) >= argument:
        return None
    return Failure(f"at least {argument} items", f"{len(value)}: {shown(value)}")


def _max_items(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not ARRAY or len(value) <= argument:
        return None
    return Failure(f"at most {argument} items", f"{len(value)}: {shown(value)}")


def _unique_items(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if argument is not True or type(value) is not ARRAY:
        return None
    items: list[Any] = value
    for index, item in enumerate(items):
        if any(equal(item, earlier) for earlier in items[:index]):
            return Failure("an item that is not in the list yet", shown(item)).under(index)
    return None


def _contains(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not ARRAY:
        return None
    fitting = sum(check(item, argument, scope) is None for item in value)
    low, high = (1, None) if scope.old else (schema.get("minContains", 1), schema.get("maxContains"))
    if fitting >= low and (high is None or fitting <= high):
        return None
    bounds = f"at least {low}" if fitting < low else f"at most {high}"
    return Failure(f"{bounds} items that fit the schema's 'contains'", str(fitting))


def _properties(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT:
        return None
    for name, rule in argument.items():
        if name in value:
            failure = check(value[name], rule, scope)
            if failure is not None:
                return failure.under(name)
    return None


def _required(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT or type(argument) is not ARRAY:  # a boolean, in draft 3
        return None
    for name in argument:
        if name not in value:
            found = f"only {enumeration(value, ' and ')}" if value else "{}"
            return Failure(f"property {shown(name)}, which is required", found)
    return None


def _matching(name: str, patterns: Any) -> list[Any]:
    """The rules of ``patternProperties`` that a property name falls under; all of them if that can't be told."""
    try:
        return [rule for pattern, rule in patterns.items() if re.search(pattern, name)]
    except (re.error, OverflowError):
        return [True]


def _additional_properties(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT or argument is True:
        return None
    known: dict[str, Any] = schema.get("properties") or {}
    patterns: Any = schema.get("patternProperties")
    given: dict[str, Any] = value
    for name, item in given.items():
        if name in known or (patterns and _matching(name, patterns)):
            continue
        if argument is False:
            allowed = f"no other properties than {enumeration(known, ' and ')}" if known else "no properties"
            meant = nearest(name, known)
            return Failure(allowed, shown(name) + (f" (did you mean {shown(meant)}?)" if meant else ""))
        failure = check(item, argument, scope)
        if failure is not None:
            return failure.under(name)
    return None


def _pattern_properties(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT:
        return None
    given: dict[str, Any] = value
    for name, item in given.items():
        for rule in _matching(name, argument):
            failure = check(item, rule, scope)
            if failure is not None:
                return failure.under(name)
    return None


def _property_names(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT:
        return None
    given: dict[str, Any] = value
    for name in given:
        failure = check(name, argument, scope)
        if failure is not None:
            return Failure(f"a property name that is {failure.expected}", failure.found)
    return None


def _min_properties(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT or len(value) >= argument:
        return None
    return Failure(f"at least {argument} properties", f"{len(value)}: {shown(value)}")


def _max_properties(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT or len(value) <= argument:
        return None
    return Failure(f"at most {argument} properties", f"{len(value)}: {shown(value)}")


def _dependent_required(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if type(value) is not OBJECT:
        return None
    for name, needed in argument.items():
        if name in value:
            failure = _required(value, needed, schema, scope)
            if failure is not None:
                return failure
    return None


def _ref(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    target = resolve(scope.root, argument)
    return None if target is MISSING else check(value, target, scope)


def _all_of(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    for rule in argument:
        failure = check(value, rule, scope)
        if failure is not None:
            return failure
    return None


def _any_of(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    failures: list[Failure] = []
    for rule in argument:
        failure = check(value, rule, scope)
        if failure is None:
            return None
        if not _for_others(value, rule, scope):
            failures.append(failure)
    # The alternative that fits furthest in is the one that was meant.
    furthest = max((len(failure.path) for failure in failures), default=0)
    meant = [failure for failure in failures if len(failure.path) == furthest]
    if len(meant) == 1:
        return meant[0]
    return Failure(" or ".join(dict.fromkeys(described(rule) for rule in argument)) or "nothing", shown(value))


def _for_others(value: Any, rule: Any, scope: Scope) -> bool:
    """Whether an alternative is for another type, or for objects with another tag, such as ``{"kind": "cat"}``."""
    if type(rule) is OBJECT and "$ref" in rule:
        rule = resolve(scope.root, rule["$ref"])
    if type(rule) is not OBJECT:
        return False
    if "type" in rule and _type(value, rule["type"], rule, scope) is not None:
        return True
    properties: dict[str, Any] = rule.get("properties") or {}
    return type(value) is OBJECT and any(
        name in value and type(tag) is OBJECT and "const" in tag and not equal(value[name], tag["const"])
        for name, tag in properties.items()
    )


def _one_of(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    fitting = sum(check(value, rule, scope) is None for rule in argument)
    if fitting == 1:
        return None
    if not fitting:
        return _any_of(value, argument, schema, scope)
    if _lenient(argument, scope):
        return None
    return Failure("a value that fits only one of the alternatives", f"{shown(value)}, which fits {fitting}")


def _not(value: Any, argument: Any, schema: dict[str, Any], scope: Scope) -> Failure | None:
    if check(value, argument, scope) is not None or _lenient(argument, scope):
        return None
    return Failure(f"anything but {described(argument)}", shown(value))


_UNJUDGED = (
    "'$dynamicRef'",
    "'$recursiveRef'",
    "'dependencies'",
    "'dependentSchemas'",
    "'if'",
    "'multipleOf'",
    "'nullable'",
    "'unevaluatedItems'",
    "'unevaluatedProperties'",
)

_NAMES = frozenset({"string", "number", "integer", "boolean", "null", "object", "array"})

_CHECKS: dict[str, Callable[[Any, Any, dict[str, Any], Scope], Failure | None]] = {
    "$ref": _ref,
    "additionalItems": _additional_items,
    "additionalProperties": _additional_properties,
    "allOf": _all_of,
    "anyOf": _any_of,
    "const": _const,
    "contains": _contains,
    "dependentRequired": _dependent_required,
    "enum": _enum,
    "exclusiveMaximum": _exclusive_maximum,
    "exclusiveMinimum": _exclusive_minimum,
    "items": _items,
    "maxItems": _max_items,
    "maxLength": _max_length,
    "maxProperties": _max_properties,
    "maximum": _maximum,
    "minItems": _min_items,
    "minLength": _min_length,
    "minProperties": _min_properties,
    "minimum": _minimum,
    "multipleOf": _multiple_of,
    "not": _not,
    "oneOf": _one_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "propertyNames": _property_names,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique_items,
}
_EXACT_CHECKS = {**_CHECKS, "multipleOf": _multiple_of_exactly}
_CHECKS_07 = {keyword: _CHECKS[keyword] for keyword in _CHECKS.keys() - {"dependentRequired", "prefixItems"}}

CHECKED = frozenset(_CHECKS)
"""The keywords that are checked; all others are annotations here."""
