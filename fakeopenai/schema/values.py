"""A value for a JSON Schema: what a model would answer, as plain and readable as the schema allows.

Without a seed the value is always the same one: defaults, first enumerated values, texts named after their property.
Optional properties are filled too, down to a depth; recursion ends where it can first end. With a seed it varies.

A schema without combinators is answered directly, keyword by keyword. Where there are references, unions or
intersections, the flat schemas that they stand for are tried one after another (`branches`), and what came out of one
that does not say it all is verified (`check`) before it is believed. Imports leaves only.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import UnsatisfiableSchema
from ..snapshot import plain
from .basics import ARRAY, MISSING, OBJECT, equal
from .branches import COMBINATORS, Branch, Branches, Choice, Document, NoValue, Path, listed, pointer
from .check import Scope, check
from .merge import Contradiction, both, rules_for
from .patterns import text, varied
from .scalars import NUMERIC, SCALARS, word

__all__ = ["value_for"]

_GIVEN = frozenset({"const", "enum", "default", "examples"})
_UNUSUAL = frozenset({"patternProperties", "propertyNames", "minProperties", "maxProperties", "dependentRequired"})
_IMPLIED = (
    ("object", frozenset({"properties", "required", "additionalProperties"}) | _UNUSUAL),
    ("array", frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"})),
    ("number", NUMERIC),
)
_TYPES = (*SCALARS, "array", "object")

_NODES = 500
"""How many values one answer may have before only what is required is added: recursive unions grow by powers."""

_TRIES = 40
"""How many varied values are tried where a plain one does not satisfy a ``not``, a ``oneOf`` or a ``uniqueItems``."""


def value_for(
    schema: Mapping[str, Any], *, seed: random.Random | None = None, minimal: bool = False, depth: int = 6
) -> Any:
    """A JSON value that is valid under ``schema``; conditions (``if``, ``dependentSchemas``) are not looked at.

    Preferred are a default that says something, an example, and the first of the values listed; else a plain value.

    Args:
        schema: a JSON Schema, such as the parameters of a function tool or the schema of a response format.
        seed: where variety comes from; None for the one plain value.
        minimal: leave out whatever is not required.
        depth: down to how many levels of objects optional properties are filled.

    Raises:
        UnsatisfiableSchema: if the schema allows no value, or none was found.

    Example:
        >>> value_for({"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}})
        {'city': 'city', 'days': 1}
    """
    root = schema if type(schema) is OBJECT else plain(schema)
    try:
        try:
            return _Maker(root, seed, minimal, _NODES).value(root, "", None, depth)
        except NoValue as failure:
            if not failure.endless:
                raise
            # Filling everything led into a recursion that ends only on the shortest way; take that one.
            return _Maker(root, seed, minimal, 0).value(root, "", None, depth)
    except NoValue as failure:
        raise _unsatisfiable(pointer(failure.path), failure.reason) from None
    except (AttributeError, TypeError, ValueError) as error:
        raise _unsatisfiable("#", f"it is no JSON Schema ({error})") from error


def _unsatisfiable(path: str, reason: str) -> UnsatisfiableSchema:
    return UnsatisfiableSchema(f"No value fits the schema at {path}: {reason}.", path=path, reason=reason)


class _Maker:
    """Makes one value. What it makes gets the schema, a name, the path in the schema, and the depth that is left."""

    __slots__ = ("_document", "_minimal", "_nodes", "_scope", "_seed")

    def __init__(self, root: Any, seed: random.Random | None, minimal: bool, nodes: int) -> None:
        self._document = Document(root)
        self._scope = Scope(root, exact=True)
        self._seed = seed
        self._minimal = minimal
        self._nodes = nodes  # how many more may be made before it has to be brief

    @property
    def _brief(self) -> bool:
        """Whether there is enough already, so that only what is required should be added."""
        return self._nodes <= 0

    def value(self, schema: Any, name: str, path: Path, depth: int) -> Any:
        """A value for a schema of any kind."""
        if type(schema) is not OBJECT:
            if schema is False:
                raise NoValue("nothing is allowed here", path)
            return word(name, self._seed)
        self._nodes -= 1
        try:
            if COMBINATORS.isdisjoint(schema):
                return self._flat(schema, name, path, depth)
            return self._combined(schema, name, path, depth)
        except NoValue:
            if schema.get("nullable") is True:  # OpenAPI's way to allow null, where no other way was found
                return None
            raise

    def _flat(self, schema: dict[str, Any], name: str, path: Path, depth: int) -> Any:
        """A value for a schema without combinators."""
        if not _GIVEN.isdisjoint(schema):
            given = self._given(schema, path)
            if given is not MISSING:
                return given
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, path, depth)
        if kind == "array":
            return self._array(schema, name, path, depth)
        if type(kind) is not str:
            return self._of_types(schema, name, path, depth)
        maker = SCALARS.get(kind)
        if maker is None:
            raise NoValue(f"there is no type {kind!r}", path)
        try:
            return maker(schema, name, self._seed)
        except Contradiction as contradiction:
            raise NoValue(str(contradiction), path) from None

    def _of_types(self, schema: dict[str, Any], name: str, path: Path, depth: int) -> Any:
        """A value of one of several types, or of the one that a schema without types most probably means."""
        kinds = listed(schema.get("type"))
        if not kinds:
            meant = [kind for kind, keywords in _IMPLIED if not keywords.isdisjoint(schema)]
            kinds = list(dict.fromkeys((*meant, "string", *_TYPES)))
        kinds = sorted(kinds, key=lambda kind: (kind == "null", self._brief and kind not in SCALARS))
        if self._seed is not None:
            self._seed.shuffle(kinds)
        failures: list[NoValue] = []
        for kind in kinds:
            try:
                return self._flat({**schema, "type": kind}, name, path, depth)
            except NoValue as failure:  # noqa: PERF203 - that is what the loop is for
                failures.append(failure)
        raise failures[0]

    def _given(self, schema: dict[str, Any], path: Path) -> Any:
        """A value that the schema itself names, or `MISSING`."""
        closed = "const" in schema or type(schema.get("enum")) is ARRAY
        named: list[Any] = [schema["const"]] if "const" in schema else listed(schema.get("enum"))
        named = sorted(named, key=lambda value: value is None)
        hints = [hint for hint in (schema.get("default"), *listed(schema.get("examples"))) if _telling(hint)]
        if self._seed is not None:
            self._seed.shuffle(named)
            hints = hints if self._seed.random() < 0.25 else []
        for candidate in (*hints, *named):
            if check(candidate, schema, self._scope) is None:
                return plain(candidate)
        if closed:
            raise NoValue("none of the listed values fits the rest of the schema", path)
        return MISSING

    # Combinators

    def _combined(self, schema: dict[str, Any], name: str, path: Path, depth: int) -> Any:
        """A value for a schema with references, unions or intersections: by the first way that leads to one."""
        if not _GIVEN.isdisjoint(schema):
            given = self._given(schema, path)
            if given is not MISSING:
                return given
        shortest = self._brief or depth <= 0
        branches = Branches(self._document, self._by_height if shortest else self._by_place, 4 if self._brief else 1)
        active = self._document.active
        for branch in branches.of(schema, path):
            for target in branch.entered:
                active[target] = active.get(target, 0) + 1
            try:
                return self._verified(schema, branch, name, depth)
            except NoValue as failure:
                branches.failures.append(failure)
            finally:
                for target in branch.entered:
                    active[target] -= 1
        first = branches.failures[0] if branches.failures else NoValue("there is nothing to choose from", path)
        raise NoValue(first.reason, first.path, endless=any(failure.endless for failure in branches.failures))

    def _by_place(self, alternatives: list[Choice]) -> list[Choice]:
        """As they stand, null last."""
        if self._seed is not None:
            return self._seed.sample(alternatives, len(alternatives))
        return sorted(alternatives, key=lambda choice: _is_null(choice[0]))

    def _by_height(self, alternatives: list[Choice]) -> list[Choice]:
        """The least nested first."""
        return sorted(alternatives, key=lambda choice: self._document.height(choice[0]))

    def _verified(self, schema: dict[str, Any], branch: Branch, name: str, depth: int) -> Any:
        """A value for a flat schema that also fits the schema it stands for."""
        value = self._flat(branch.schema, name, branch.path, depth)
        failure = None if branch.exact else check(value, schema, self._scope)
        if failure is None:
            return value
        for other in self._varied(lambda: self._flat(branch.schema, name, branch.path, depth)):
            if check(other, schema, self._scope) is None:
                return other
        raise NoValue(f"no value was found that meets all of it (at {failure})", branch.path)

    def _varied(self, make: Callable[[], Any], turns: int = _TRIES) -> Iterator[Any]:
        """What ``make`` makes if it varies, seed or no seed; less the times when it fails."""
        usual = self._seed
        for turn in range(turns):
            self._seed = usual or random.Random(turn)
            try:
                value = make()
            except NoValue:
                continue
            finally:
                self._seed = usual
            yield value

    # Objects

    def _object(self, schema: dict[str, Any], path: Path, depth: int) -> Any:
        """An object: what is declared, in that order, then what is required or demanded beyond it."""
        declared: dict[str, Any] = schema.get("properties") or {}
        required: Any = schema.get("required") or ()
        full = depth > 0 and not self._minimal and not self._brief
        usual = _UNUSUAL.isdisjoint(schema)
        value: dict[str, Any] = {}
        inside = path, "properties"
        for key, rule in declared.items():
            needed = key in required
            if needed or (full and (self._seed is None or self._seed.random() < 0.75)):
                try:
                    if usual:
                        value[key] = self.value(rule, key, (inside, key), depth - 1)
                    else:
                        self._add(value, key, schema, path, depth)
                except NoValue:
                    if needed:
                        raise
        for key in required:
            if key not in value:
                self._add(value, key, schema, path, depth)
        if not usual:
            self._complete(value, schema, path, depth)
        is_map = not declared and ("additionalProperties" in schema or "patternProperties" in schema)
        if full and is_map and not value and schema.get("maxProperties") != 0:
            try:
                self._add_any(value, schema, path, depth)
            except NoValue:
                return value
        if not usual:
            self._confirm(value, schema, path)
        return value

    def _add(self, value: dict[str, Any], key: str, schema: dict[str, Any], path: Path, depth: int) -> None:
        """One property, under whatever rules it falls."""
        if check(key, schema.get("propertyNames", True), self._scope) is not None:
            raise NoValue(f"'propertyNames' excludes {key!r}", (path, "propertyNames"))
        rule = rules_for(key, schema)
        if rule is False:
            raise NoValue(f"property {key!r} is required, but not allowed", path)
        where: Path = path, "additionalProperties"
        declared: dict[str, Any] = schema.get("properties") or {}
        if key in declared:
            where = (path, "properties"), key
        value[key] = self.value(rule, key, where, depth - 1)

    def _add_any(self, value: dict[str, Any], schema: dict[str, Any], path: Path, depth: int) -> None:
        """One more property, with a name that the schema allows."""
        for key in self._keys(schema, path, depth):
            if key not in value and rules_for(key, schema) is not False:
                self._add(value, key, schema, path, depth)
                return
        raise NoValue("no further property is allowed", path)

    def _keys(self, schema: dict[str, Any], path: Path, depth: int) -> Iterator[str]:
        """Names for properties: those that are declared, then those that are described, then made-up ones."""
        yield from schema.get("properties") or ()
        if "propertyNames" in schema:
            rule = both({"type": "string"}, schema["propertyNames"])
            where = path, "propertyNames"
            yield self.value(rule, "key", where, depth)
            yield from self._varied(lambda: self.value(rule, "key", where, depth))
        for pattern in schema.get("patternProperties") or ():
            yield text(pattern, 0, None) or ""
            source = random.Random(0)
            yield from (varied(pattern, 0, None, source) or "" for _ in range(_TRIES))
        if schema.get("additionalProperties", True) is not False:
            yield "key"
            yield from (f"key{number}" for number in range(2, 100))

    def _complete(self, value: dict[str, Any], schema: dict[str, Any], path: Path, depth: int) -> None:
        """Whatever demands properties by their number, or by the presence of others."""
        needs: dict[str, Any] = schema.get("dependentRequired") or {}
        low, high = schema.get("minProperties", 0), schema.get("maxProperties")
        if high is not None:
            if low > high:
                raise NoValue(f"minProperties ({low}) is above maxProperties ({high})", path)
            needed: set[str] = set(listed(schema.get("required")))
            for key in list(needed):
                needed.update(listed(needs.get(key)))
            for key in reversed(list(value)):
                if len(value) > high and key not in needed:
                    del value[key]
        while len(value) < low:
            self._add_any(value, schema, path, depth)
        pending = list(value)
        while pending:
            for key in listed(needs.get(pending.pop())):
                if key not in value:
                    self._add(value, key, schema, path, depth)
                    pending.append(key)

    def _confirm(self, value: Any, schema: dict[str, Any], path: Path) -> None:
        """For keywords that look at each other: whether what was made for each meets all."""
        failure = check(value, schema, self._scope)
        if failure is not None:
            raise NoValue(f"no value was found that meets all of it (at {failure})", path)

    # Arrays

    def _array(self, schema: dict[str, Any], name: str, path: Path, depth: int) -> Any:
        """A list of as few items as is useful: one, or what is demanded."""
        low = int(schema.get("minItems", 0))
        high = int(schema.get("maxItems", low + 1000))
        if low > high:
            raise NoValue(f"minItems ({low}) is above maxItems ({high})", path)
        items: Any = schema.get("items", True)
        prefix = listed(schema.get("prefixItems"))
        if type(items) is ARRAY:  # a tuple, as it was written up to draft 7
            prefix, items = items, schema.get("additionalItems", True)
        count = low
        if depth > 0 and not self._minimal and not self._brief:
            count = max(low, len(prefix) or 1)
            if self._seed is not None and items is not False:
                count += self._seed.randint(0, 2)
        wanted = int(schema.get("minContains", 1)) if "contains" in schema else 0
        count = min(max(count, wanted), high)
        begin = min(len(prefix), count - wanted)  # of the items for `contains`
        unique = schema.get("uniqueItems") is True
        value: list[Any] = []
        for index in range(count):
            rule: Any = items
            where: Path = path, "items"
            if index < len(prefix):
                rule, where = prefix[index], ((path, "prefixItems"), index)
            if begin <= index < begin + wanted:
                rule = both(rule, schema["contains"])
            try:
                item = self.value(rule, name, where, depth)
                value.append(self._other(item, rule, name, value) if unique and not _new(item, value) else item)
            except NoValue as failure:
                if index < max(low, begin + wanted if wanted else 0):
                    raise NoValue(failure.reason, failure.path or where, endless=failure.endless) from None
                break
        if "contains" in schema:
            while len(value) > low and check(value, schema, self._scope) is not None:
                value.pop()
            self._confirm(value, schema, path)
        return value

    def _other(self, item: Any, rule: Any, name: str, taken: list[Any]) -> Any:
        """An item that is not among those taken, where the usual one is."""
        if type(rule) is OBJECT and type(rule.get("enum")) is ARRAY and COMBINATORS.isdisjoint(rule):
            return self.value({**rule, "enum": [each for each in rule["enum"] if _new(each, taken)]}, name, None, 0)
        successor = _successor(item, rule, len(taken))
        if _new(successor, taken) and check(successor, rule, self._scope) is None:
            return successor
        for other in self._varied(lambda: self.value(rule, name, None, 1), _TRIES * 5):
            if _new(other, taken):
                return other
        raise NoValue(f"no {len(taken) + 1} different items were found", None)


def _new(item: Any, taken: list[Any]) -> bool:
    return not any(equal(item, other) for other in taken)


def _successor(item: Any, rule: Any, number: int) -> Any:
    """What comes next after ``number`` items in a list that begins with ``item``: 2 after 1, "tag 2" after "tag"."""
    if type(item) is int:
        return item + number * (rule.get("multipleOf", 1) if type(rule) is OBJECT else 1)
    return f"{item} {number + 1}" if type(item) is str else item


def _telling(hint: Any) -> bool:
    """Whether a default or an example is worth answering: null, "" and empty containers are not."""
    return hint is not None and hint not in ("", [], {})


def _is_null(schema: Any) -> bool:
    return type(schema) is OBJECT and (schema.get("type") == "null" or schema.get("const", 0) is None)
