"""What the API refuses in a schema, in the API's own words.

Strict mode (``"strict": true`` on a function tool or a json_schema response format) takes a subset of JSON Schema only,
and answers anything else with a 400 before a model runs; a few things are refused in any function's parameters. The
texts below are the API's. Where they were seen:

- recorded answers of the API: "'additionalProperties' is required ...", "'required' is required ... Missing 'x'.";
- the structured-outputs guide: which keywords and formats there are, and the limits (10 levels, 5000 properties, 1000
  enum values, 15,000 characters in an enum of more than 250 values; also 120,000 characters of names and values, which
  passes here because the refusal's text is not known);
- public issues and reports that quote the answer: all the rest, as is noted where a text stands.

What is refused has changed over time: ``minLength``, ``maxLength``, ``pattern``, ``default``, ``minItems`` and numeric
bounds were once refused and are accepted now (recorded, or reported as measured in 2026). Where reports contradict each
other, or nobody reports a refusal, the schema passes here: a test should not fail for a rule that may not exist.

Imports leaves only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from ..errors import ApiError
from ..snapshot import plain
from .basics import ARRAY, MISSING, OBJECT, resolve
from .branches import listed
from .check import Scope, check
from .patterns import compiled

__all__ = ["schema_error", "strict_problem"]

Context = Literal["function", "response_format"]
_Where = tuple[str, ...]
_Refusals = Iterator[tuple[_Where, str]]

_MAX_LEVELS = 10  # 5 until 2025
_MAX_PROPERTIES = 5000  # 100 until 2025
_MAX_ENUM_VALUES = 1000  # 500 until 2025
_MAX_ENUM_TEXT = 15_000
_LONG_ENUM = 250

_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})

# "In context=(...), 'oneOf' is not permitted.": reported for each of these, or listed by the guide as not supported.
_NOT_PERMITTED = (
    "oneOf",
    "allOf",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
)
_ROOT_NOT_PERMITTED = ("oneOf", "anyOf", "allOf", "enum", "not")


def strict_problem(schema: Mapping[str, Any], *, name: str, context: Context) -> tuple[str, str] | None:
    """What strict mode refuses first in a schema, or None if it accepts it.

    Args:
        schema: the parameters of a function tool, or the schema of a response format.
        name: the name of the function or of the response format.
        context: which of the two it is.

    Returns:
        The API's message, and where in the schema: ``"('properties', 'city')"``; ``"()"`` for the schema as a whole.

    Example:
        >>> strict_problem({"type": "object", "required": None}, name="f", context="function")
        ("Invalid schema for function 'f': None is not of type 'array'.", '()')
    """
    root: Any = schema if type(schema) is OBJECT else plain(schema)
    return _first((_malformed(root, ()), _at_root(root, context), _in(root, (), root), _limits(root)), name, context)


def _first(refusals: Iterable[_Refusals], name: str, context: Context) -> tuple[str, str] | None:
    for where, text in itertools.chain.from_iterable(refusals):
        return f"Invalid schema for {context} '{name}': {text}", repr(where)
    return None


def schema_error(
    schema: Mapping[str, Any], *, name: str, context: Context, param: str, strict: bool
) -> ApiError | None:
    """The API's refusal of a schema, or None if it accepts it.

    Args:
        schema: as for `strict_problem`.
        name: as for `strict_problem`.
        context: as for `strict_problem`.
        param: where the request has the schema: ``"tools[0].function.parameters"`` or ``"response_format"`` in chat
            completions, ``"tools[0].parameters"`` or ``"text.format.schema"`` in responses.
        strict: whether strict mode was asked for. Without it, a little is refused in the parameters of functions.
    """
    if strict:
        found = strict_problem(schema, name=name, context=context)
    else:
        root: Any = schema if type(schema) is OBJECT else plain(schema)
        found = _first((_malformed(root, ()), _at_root(root, context), _loose(root, ())), name, context)
        found = found if context == "function" else None
    if found is None:
        return None
    code = "invalid_function_parameters" if context == "function" else "invalid_json_schema"
    return ApiError(400, found[0], param=param, code=None if param == "response_format" else code)  # chat gives none


def _malformed(schema: Any, where: _Where) -> _Refusals:
    """What is no JSON Schema at all; the API words it as Python's jsonschema does. Seen in public issues."""
    if type(schema) is bool:
        return
    if type(schema) is not OBJECT:
        yield where, f"{schema!r} is not of type 'object', 'boolean'."
        return
    rules: dict[str, Any] = schema
    if "required" in rules and type(rules["required"]) is not ARRAY:
        yield where, f"{rules['required']!r} is not of type 'array'."
    pattern = rules.get("pattern")
    if isinstance(pattern, str) and compiled(pattern) is None:
        yield where, f"{pattern!r} is not a 'regex'."
    for kind in rules["type"] if type(rules.get("type")) is ARRAY else [rules.get("type", "object")]:
        if not isinstance(kind, str) or kind not in _TYPES:
            yield where, f"{kind!r} is not valid under any of the given schemas."
    for keyword in ("properties", "$defs", "definitions"):
        if keyword in rules and type(rules[keyword]) is not OBJECT:
            yield where, f"{rules[keyword]!r} is not of type 'object'."
    for step, sub in _children(rules):
        yield from _malformed(sub, (*where, *step))


_TYPES = frozenset({"string", "number", "integer", "boolean", "null", "object", "array"})


def _children(schema: dict[str, Any]) -> Iterator[tuple[_Where, Any]]:
    """The schemas right inside a schema."""
    for keyword in ("properties", "$defs", "definitions"):
        inside: Any = schema.get(keyword)
        if type(inside) is OBJECT:
            for name, sub in inside.items():
                yield (keyword, str(name)), sub
    for keyword in ("items", "additionalProperties"):
        if keyword in schema:
            yield (keyword,), schema[keyword]
    variants: Any = schema.get("anyOf")
    if type(variants) is ARRAY:
        for index, sub in enumerate(variants):
            yield ("anyOf", str(index)), sub


def _at_root(schema: dict[str, Any], context: Context) -> _Refusals:
    """What holds for the whole schema only. Seen in public issues for functions and response formats."""
    kind = schema.get("type")
    if kind != "object":
        if context == "response_format" and ("oneOf" in schema or "allOf" in schema):
            return  # refused as a keyword
        yield (), f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
        return
    for keyword in _ROOT_NOT_PERMITTED:
        if keyword in schema and (context == "function" or keyword not in _NOT_PERMITTED):
            yield (
                (),
                "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
            )


def _loose(schema: Any, where: _Where) -> _Refusals:
    """What the parameters of a function can't be without strict mode either. Seen in public issues, from 2023 on."""
    if not where and "properties" not in schema:
        yield where, f"In context={where!r}, object schema missing properties."
    if type(schema) is OBJECT:
        if schema.get("type") == "array" and "items" not in schema:
            yield where, f"In context={where!r}, array schema missing items."
        for step, sub in _children(schema):
            yield from _loose(sub, (*where, *step))


def _in(schema: Any, where: _Where, root: dict[str, Any]) -> _Refusals:
    """What holds for every schema inside, in the order in which the API finds it."""
    at = f"In context={where!r}, "
    if type(schema) is not OBJECT:
        yield where, f"{at}schema must have a 'type' key."
        return
    rules: dict[str, Any] = schema
    if "$ref" in rules:
        yield from _reference(rules, where, root)
        return
    if "not" in rules:  # reported word for word, but not with what stands before it
        yield where, f"{at}Unsupported keywords ('not',)."
    for keyword in _NOT_PERMITTED:
        if keyword in rules:
            yield where, f"{at}'{keyword}' is not permitted."
    kinds = rules.get("type")
    if kinds is None and "anyOf" not in rules:
        yield where, f"{at}schema must have a 'type' key."
        return
    # Each type of a list is looked at on its own: "In context=('properties', 'place', 'type', '0'), ...".
    named: list[tuple[Any, _Where]] = [(kinds, where)]
    if type(kinds) is ARRAY:
        named = [(kind, (*where, "type", str(index))) for index, kind in enumerate(listed(kinds))]
    for kind, place in named:
        if kind == "object":
            yield from _object(rules, place, root)
        elif kind == "array":
            yield from _array(rules, place, root)
        elif kind == "string" and "format" in rules and rules["format"] not in _FORMATS:
            yield where, f"{at}'{rules['format']}' is not a valid format."
    if kinds is not None:
        only_type = {"type": kinds}
        for value in [*listed(rules.get("enum")), *([rules["const"]] if "const" in rules else [])]:
            if check(value, only_type, Scope(only_type)) is not None:  # the one text without "In"
                yield where, f"context={where!r}, enum value {value} does not validate against {only_type!r}."
    for index, variant in enumerate(listed(rules.get("anyOf"))):
        yield from _in(variant, (*where, "anyOf", str(index)), root)
    for keyword in ("$defs", "definitions"):
        definitions: Any = rules.get(keyword)
        if type(definitions) is OBJECT:
            for name, definition in definitions.items():
                yield from _in(definition, (*where, keyword, str(name)), root)


def _reference(rules: dict[str, Any], where: _Where, root: dict[str, Any]) -> _Refusals:
    """A reference stands alone and leads to a definition at the top, or to the root. Seen in public issues."""
    beside = sorted(rules.keys() - {"$ref"})
    if beside:  # a Python set, as the API prints it; the one text without "In"
        yield where, f"context={where!r}, $ref cannot have keywords {{{', '.join(map(repr, beside))}}}."
    ref = rules["$ref"]
    steps = str(ref).split("/")
    if ref != "#" and (len(steps) != 3 or steps[1] not in {"$defs", "definitions"} or resolve(root, ref) is MISSING):
        text = "reference can only point to definitions defined at the top level of the schema."
        yield where, f"In context={where!r}, {text}"


def _object(rules: dict[str, Any], where: _Where, root: dict[str, Any]) -> _Refusals:
    at = f"In context={where!r}, "
    if _overlooked(rules):
        if where[-2:-1] != ("properties",):
            yield where, f"{at}object schema missing properties."
        return
    additional = rules.get("additionalProperties")
    if type(additional) is OBJECT and not additional:
        yield where, f"In context={(*where, 'additionalProperties')!r}, schema must have a 'type' key."
    if additional is not False:
        yield where, f"{at}'additionalProperties' is required to be supplied and to be false."
    properties: dict[str, Any] = rules.get("properties") or {}
    required: list[Any] = listed(rules.get("required"))
    complaint = f"{at}'required' is required to be supplied and to be an array including every key in properties."
    for name, sub in properties.items():
        if name not in required and not _overlooked(sub):
            yield where, f"{complaint} Missing '{name}'."
    for name, sub in properties.items():
        yield from _in(sub, (*where, "properties", name), root)
    for name in required:
        if name not in properties or _overlooked(properties[name]):
            yield where, f"{complaint} Extra required key '{name}' supplied."


def _overlooked(schema: Any) -> bool:
    """Whether a schema is a map, or an empty object that does not say so.

    As a property, the API misses it in what its parent requires, and says nothing else. Seen in public issues.
    """
    return (
        type(schema) is OBJECT
        and "properties" not in schema
        and schema.get("type") == "object"
        and schema.get("additionalProperties", True) is not True
    )


def _array(rules: dict[str, Any], where: _Where, root: dict[str, Any]) -> _Refusals:
    """Arrays say what they hold, by ``items``; ``prefixItems`` is not heeded. Seen in public issues."""
    if "items" not in rules:
        yield where, f"In context={where!r}, array schema missing items."
    elif type(rules["items"]) is not OBJECT:
        yield where, f"In context={where!r}, array schema items is not an object."
    else:
        yield from _in(rules["items"], (*where, "items"), root)


def _limits(root: dict[str, Any]) -> _Refusals:
    """What is too large. Seen in public issues; how levels are counted, in reports of where the limit was met."""
    measure = _Measure()
    measure.add(root, 0)
    if measure.levels > _MAX_LEVELS:
        yield (), f"{measure.levels} levels of nesting exceeds limit of {_MAX_LEVELS}."
    if measure.properties > _MAX_PROPERTIES:
        yield (), f"{measure.properties} parameters exceeds limit of {_MAX_PROPERTIES}."
    if measure.enum_values > _MAX_ENUM_VALUES:
        expected = f"{_MAX_ENUM_VALUES} enum values in total within a single schema when using structured outputs"
        yield (), _too_much(expected, measure.enum_values)
    if measure.enum_text > _MAX_ENUM_TEXT:
        expected = (
            f"{_MAX_ENUM_TEXT} total characters across enum values when there are more than {_LONG_ENUM} enum values"
        )
        yield (), _too_much(expected, measure.enum_text)


def _too_much(expected: str, received: int) -> str:
    advice = "Consider reducing the number of enums, or opt out of structured outputs by setting 'strict: false'."
    return f"Expected at most {expected}, but received {received}. {advice}"


class _Measure:
    """The size of a schema, as the limits count it: objects and arrays are levels, references are not followed."""

    __slots__ = ("enum_text", "enum_values", "levels", "properties")

    def __init__(self) -> None:
        self.levels = 0
        self.properties = 0
        self.enum_values = 0
        self.enum_text = 0  # of the longest enum, among those that are limited

    def add(self, schema: Any, level: int) -> None:
        if type(schema) is not OBJECT:
            return
        rules: dict[str, Any] = schema
        kinds = rules.get("type")
        if kinds in ("object", "array") or {"object", "array"} & set(map(str, listed(kinds))):
            level += 1
            self.levels = max(self.levels, level)
        self.properties += len(rules.get("properties") or ())
        values = listed(rules.get("enum"))
        self.enum_values += len(values)
        if len(values) > _LONG_ENUM:
            self.enum_text = max(self.enum_text, sum(len(value) for value in values if isinstance(value, str)))
        for step, sub in _children(rules):
            self.add(sub, 0 if step[0] in {"$defs", "definitions"} else level)
