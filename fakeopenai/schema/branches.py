"""The flat schemas that a schema with references, unions and intersections stands for, one after another.

`values` tries them in turn. Recursion shows here: a reference that we are already inside of is no way to go, and where
it has to be brief, the ways are sorted by how deeply the least nested value is nested. Imports leaves only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .basics import ARRAY, MISSING, OBJECT, resolve
from .check import CHECKED
from .merge import Contradiction, merged, rules_for

__all__ = ["COMBINATORS", "Branch", "Branches", "Choice", "Document", "NoValue", "Path", "listed", "pointer"]

Path = tuple[Any, str | int] | None
"""Where we are in the schema, innermost step last: ``((None, "properties"), "city")``."""

Choice = tuple[Any, Path]
"""A schema to choose, and where it stands."""

COMBINATORS = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not"})


class NoValue(Exception):
    """Nothing fits (a part of) a schema; caught wherever there is another way."""

    def __init__(self, reason: str, path: Path, *, endless: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.endless = endless  # because it contains itself


class Branch(NamedTuple):
    """One flat schema.

    Attributes:
        schema: without combinators, but for a ``not`` whose effect is left to verification.
        entered: the referenced schemas on the way to it, by identity.
        exact: whether it says all that the original says.
        path: where most of it stands.
    """

    schema: dict[str, Any]
    entered: frozenset[int]
    exact: bool
    path: Path


def listed(argument: Any) -> list[Any]:
    """The argument of a keyword if it is a list as it should be, else an empty one."""
    return argument if type(argument) is ARRAY else []


def pointer(path: Path) -> str:
    """A path as a JSON pointer: ``"#/properties/city"``."""
    parts: list[str] = []
    while path is not None:
        path, part = path
        parts.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "/".join(("#", *reversed(parts)))


def _steps(ref: str) -> Path:
    """The path that a local reference stands for."""
    path: Path = None
    for part in ref.split("/")[1:]:
        path = path, part.replace("~1", "/").replace("~0", "~")
    return path


class Document:
    """A whole schema: what references lead to, which of them we are inside of, and how nested each has to be."""

    __slots__ = ("_heights", "_unmeasured", "active", "root")

    def __init__(self, root: Any) -> None:
        self.root = root
        self.active: dict[int, int] = {id(root): 1}
        self._heights: dict[
            int, tuple[Any, float]
        ] = {}  # by identity: the schema, and its height as far as it is known
        self._unmeasured = False

    def height(self, schema: Any) -> float:
        """How deeply the least nested value for a schema is nested; infinite if it contains itself without end."""
        height = self._measured(schema)
        while self._unmeasured:  # a fixed point: what references lead to is measured until nothing gets lower
            self._unmeasured = False
            for key, (target, known) in list(self._heights.items()):
                found = self._measured(target)
                if found < known:
                    self._heights[key] = target, found
                    self._unmeasured = True
            height = self._measured(schema)
        return height

    def _measured(self, schema: Any) -> float:
        """The height as if what is not measured yet were infinitely high."""
        if type(schema) is not OBJECT or "const" in schema or "enum" in schema:
            return 0
        heights = [0.0]
        if "$ref" in schema:
            target = resolve(self.root, schema["$ref"])
            if id(target) not in self._heights:
                self._heights[id(target)] = target, math.inf
                self._unmeasured = True
            heights.append(self._heights[id(target)][1])
        heights.extend(self._measured(rule) for rule in listed(schema.get("allOf")))
        heights.extend(
            min((self._measured(rule) for rule in listed(schema[union])), default=math.inf)
            for union in ("anyOf", "oneOf")
            if union in schema
        )
        kinds = schema.get("type")
        if kinds in ("object", ["object"], None):
            heights.extend(1 + self._measured(rules_for(key, schema)) for key in listed(schema.get("required")))
        if kinds in ("array", ["array"], None) and schema.get("minItems"):
            heights.append(1 + self._measured(schema.get("items", True)))
        return max(heights)


class Branches:
    """The ways through one schema.

    Args:
        document: the whole schema.
        order: puts the alternatives of a union into the order in which they are tried.
        again: how often a referenced schema may be inside itself.

    Attributes:
        failures: why ways were no ways, in the order in which that was found.
    """

    __slots__ = ("_again", "_document", "_order", "failures")

    def __init__(self, document: Document, order: Callable[[list[Choice]], list[Choice]], again: int) -> None:
        self._document = document
        self._order = order
        self._again = again
        self.failures: list[NoValue] = []

    def of(self, schema: Any, path: Path, entered: frozenset[int] = frozenset()) -> Iterator[Branch]:
        """The flat schemas, preferred ones first."""
        if type(schema) is not OBJECT:
            if schema is False:
                self.failures.append(NoValue("nothing is allowed here", path))
            else:
                yield Branch({}, entered, exact=True, path=path)
            return
        if COMBINATORS.isdisjoint(schema):
            yield Branch(schema, entered, exact=True, path=path)
            return
        choices: list[list[Choice]] = []
        if "$ref" in schema:
            ref = schema["$ref"]
            target = resolve(self._document.root, ref)
            if target is MISSING:
                self.failures.append(NoValue(f"there is nothing at {ref!r}", (path, "$ref")))
                return
            if type(target) is OBJECT:
                if id(target) in entered or self._document.active.get(id(target), 0) >= self._again:
                    self.failures.append(NoValue(f"{ref!r} contains itself without end", path, endless=True))
                    return
                entered |= {id(target)}
            choices.append([(target, _steps(ref))])
        choices.extend([(rule, ((path, "allOf"), index))] for index, rule in enumerate(listed(schema.get("allOf"))))
        for union in ("anyOf", "oneOf"):
            if union in schema:
                alternatives: list[Choice] = []
                alternatives.extend((rule, ((path, union), at)) for at, rule in enumerate(listed(schema[union])))
                choices.append(self._order(alternatives))
        base = {keyword: argument for keyword, argument in schema.items() if keyword not in COMBINATORS}
        exact = "not" not in schema and "oneOf" not in schema
        yield from self._products(Branch(base, entered, exact, path), choices)

    def _products(self, base: Branch, choices: list[list[Choice]]) -> Iterator[Branch]:
        """One flat schema for each way to choose."""
        if not choices:
            yield base
            return
        bare = CHECKED.isdisjoint(base.schema)
        for rule, where in choices[0]:
            for branch in self.of(rule, where, base.entered):
                try:
                    schema = merged(base.schema, branch.schema)
                except Contradiction as contradiction:
                    self.failures.append(NoValue(str(contradiction), base.path))
                    continue
                exact = base.exact and branch.exact and (bare or CHECKED.isdisjoint(branch.schema))
                together = Branch(schema, branch.entered, exact, branch.path if bare else base.path)
                yield from self._products(together, choices[1:])
