"""Writes what stands in fields that nobody says anything of, from the examples in the API's own description.

Usage::

    python -m fakeopenai._example_reader openapi.json            # write ``_examples.py``
    python -m fakeopenai._example_reader openapi.json --check    # exit with 1 if it isn't what would be written now

A field gets an example's value if its type demands one, `builtin` gives none, and the least value would be none that
the API sends: an empty text, 1970, the first of several constants, an object without anything in it. Numbers and
switches do if a caller can set them; what is counted begins at zero. Ids, models and times mean the same wherever they
stand, so that a field without an example of its own has that of its namesakes. What a model says is never made up:
types that generating operations answer with are left alone.

Run by hand, when there is a new description; imported by its tests only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import typing_extensions

from .builtin import builtin_for, row_for
from .model_shapes import UNSET, ListShape, ModelShape, Shape, UnionShape, example_name, shape_of
from .operation import Operation, installed, match, operations
from .operations import own_behaviour
from .operations.narrowing import as_object, is_list, is_object, objects_in
from .operations.resources import ROWS, singular

__all__ = ["main", "rendered"]

_OUTPUT = pathlib.Path(__file__).with_name("_examples.py")
_COMMAND = "python -m fakeopenai._example_reader"
_TRAILING = re.compile(r",(?=\s*[}\]])")  # which JSON doesn't allow, and examples have
_FIRST = ("create", "retrieve", "list", "update")
"""Whose examples count before others': what is new looks like what ``create`` answers."""

_LONGEST = 80
"""Characters of a text that a field is filled with; what is longer is somebody's content."""

_LONG_AGO = 1_000_000_000
"""Times before this are placeholders."""


class _Reader:
    """Goes through response types along with the examples of them.

    Attributes:
        examples: what was found, by type and field.
        gaps: the fields that need a value, by type, each with the field that holds the type.
    """

    def __init__(self, spoken: set[type]) -> None:
        self.examples: dict[str, dict[str, Any]] = {}
        self.gaps: dict[tuple[str, str], str] = {}
        self._settled: set[tuple[str, str]] = set()
        self._made: set[str] = set()
        self._spoken = spoken
        self._within: list[type] = []
        self._takes_model = False

    def answers(self, operation: Operation, documented: Sequence[Any]) -> None:
        """The answers of one operation; of a page, what is on it."""
        settable = _settable(operation.resource)
        self._takes_model = "model" in operation.arguments
        for example in documented or [None]:
            listed: list[Any] = [*objects_in(as_object(example).get("data"))]
            for answer in (listed or [None]) if operation.page else [example]:
                self.read(shape_of(operation.response_type), answer, settable)

    def read(self, shape: Shape, example: Any, settable: set[str], holder: str = "", *, needed: bool = False) -> None:
        """One type, and what it holds.

        Args:
            shape: the type.
            example: a documented value of it; None if there is none.
            settable: names of what callers can set.
            holder: the field that holds it; ``""`` for an answer, or an element of one.
            needed: whether that field must have a value.
        """
        if isinstance(shape, UnionShape):
            member = shape.pick(example, UNSET, None) if is_object(example) else None
            first = shape.members[0]
            self.read(first, example if member is first else None, settable, holder, needed=needed)
            if member is not None and member is not first:
                self.read(member, example, settable, holder, needed=False)
        elif isinstance(shape, ListShape):
            for element in (example if is_list(example) else None) or [None]:
                self.read(shape.item, element, settable, "" if holder == "data" else holder)
        elif isinstance(shape, ModelShape) and shape.type not in self._spoken and shape.type not in self._within:
            self._within.append(shape.type)
            self._model(shape, as_object(example), settable, holder, needed=needed)
            self._within.pop()

    def _model(
        self, shape: ModelShape, example: Mapping[str, Any], settable: set[str], holder: str, *, needed: bool
    ) -> None:
        name, row = example_name(shape.type), builtin_for(shape.type)
        if not holder:
            self._made.add(name)
        listing = isinstance(getattr(shape.fields.get("data"), "shape", None), ListShape)
        hollow = needed and row_for(shape.type) is None and not any(field.required for field in shape.fields.values())
        for key, field in shape.fields.items():
            value = example.get(key)
            gap = hollow or (field.required and not field.nullable and row.get(key, ...) is ...)
            self.read(field.shape, value, settable, key, needed=gap)
            echoed = key == "model" and not holder and self._takes_model
            if not gap or listing or echoed or key == "expires_at":  # which depends on the time of the call
                continue
            if key in example and (name, key) not in self._settled:
                self._settled.add((name, key))  # the first example decides, even if it says no more than the type
                if hollow and is_object(value) and isinstance(field.shape, ModelShape):
                    self.examples.setdefault(name, {})[key] = {}
                elif _counts(key, field.shape, value, settable, hollow=hollow):
                    self.examples.setdefault(name, {})[key] = value
            if not hollow and _is_empty(field.shape.default()):
                self.gaps.setdefault((name, key), holder)

    def fill(self, namesakes: Mapping[str, Counter[Any]]) -> None:
        """Give ids, models and times without an example what their namesakes have; but answers get ids of their own.

        Args:
            namesakes: what fields of each name hold in all examples.
        """
        for (name, key), holder in self.gaps.items():
            value = _namesake(key, holder, namesakes)
            if value is not None:
                self.examples.setdefault(name, {}).setdefault(key, value)
        for name in self._made & self.examples.keys():
            self.examples[name].pop("id", None)


def _namesake(key: str, holder: str, namesakes: Mapping[str, Counter[Any]]) -> Any:
    """What a field without an example is given; None if its name says nothing."""
    name = f"{singular(holder)}_id" if key == "id" else key
    common = namesakes.get(name, Counter[Any]()).most_common(1)
    if common and (_is_time(key) or key == "model" or name.endswith("_id")):
        return common[0][0]
    return f"{_prefix(name.removesuffix('_id'))}abc123" if name.endswith("_id") else None


def _counts(key: str, shape: Shape, value: Any, settable: set[str], *, hollow: bool) -> bool:
    """Whether the value of an example says more than the least value of the field."""
    if value is None or isinstance(value, (dict, list)) or not shape.fits(value) or _is_placeholder(key, value):
        return False
    if isinstance(value, str):
        return (hollow or value != shape.default()) and len(value) <= _LONGEST and "\n" not in value
    return hollow or _is_time(key) or (key in settable and value != shape.default())


def _is_empty(value: Any) -> bool:
    return value == "" or (type(value) in {int, float} and not value)


def _is_time(key: str) -> bool:
    return key.endswith("_at") or key == "created"


def _is_placeholder(key: str, value: Any) -> bool:
    return (_is_time(key) and isinstance(value, int) and value < _LONG_AGO) or "VAR_" in str(value)


def _prefix(name: str) -> str:
    """What the ids of things begin with that are called so."""
    last = name.rpartition("_")[2]
    prefixes: dict[str, str] = {}
    for path, row in ROWS.items():
        prefixes.setdefault(singular(path.rpartition(".")[2]), row.prefix)
    return prefixes.get(name) or prefixes.get(last) or f"{last}_"


# ------------------------------------------------------------------------------------------------ what is read


def _documented(described: Mapping[str, Any]) -> list[Any]:
    """The answers in JSON that the description of one operation gives as examples."""
    examples: Any = as_object(described.get("x-oaiMeta")).get("examples")
    found: list[Any] = []
    for example in objects_in(examples) or [as_object(examples)]:
        with contextlib.suppress(ValueError):  # a stream, a sound, or abbreviated
            found.append(json.loads(_TRAILING.sub("", str(example.get("response")))))
    return found


def _settable(resource: str) -> set[str]:
    """The names of everything that can be sent to the operations of a resource, however deep inside."""
    found: set[str] = set()
    waiting = [kind for it in operations().values() if it.resource == resource for kind in it.params_types]
    seen: set[Any] = set()
    while waiting:
        kind = waiting.pop()
        if typing_extensions.is_typeddict(kind):
            if kind not in seen:
                seen.add(kind)
                hints = typing_extensions.get_type_hints(kind)
                found |= hints.keys()
                waiting += hints.values()
        else:
            waiting += get_args(kind)
    return found


def _spoken() -> set[type]:
    """The types of what models say, and of all around it."""
    found: set[type] = set()
    waiting: list[Shape] = []
    for operation in operations().values():
        own = own_behaviour(operation) if installed(operation) else None
        if own is not None and own.speaks:
            waiting += [shape_of(kind) for kind in (operation.response_type, operation.chunk_type) if kind is not None]
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, UnionShape):
            waiting += shape.members
        elif isinstance(shape, ListShape):
            waiting.append(shape.item)
        elif isinstance(shape, ModelShape) and shape.type not in found:
            found.add(shape.type)
            waiting += [field.shape for field in shape.fields.values()]
    return found


def _order(operation: Operation) -> tuple[int, str]:
    return (_FIRST.index(operation.kind) if operation.kind in _FIRST else len(_FIRST), operation.name)


def _read(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    documented: dict[str, list[Any]] = {}
    for path, item in document["paths"].items():
        for verb, described in item.items():
            found = match(verb.upper(), path)
            if found is not None:
                documented.setdefault(found[0].name, []).extend(_documented(described))
    reader = _Reader(_spoken())
    for operation in sorted(operations().values(), key=_order):
        if installed(operation):
            reader.answers(operation, documented.get(operation.name, []))
    reader.fill(_namesakes(documented.values()))
    return {name: found for name, found in sorted(reader.examples.items()) if found}


def _namesakes(documented: Iterable[Any]) -> dict[str, Counter[Any]]:
    """What the fields of each name hold in all examples, and how often."""
    found: dict[str, Counter[Any]] = {}
    waiting = list(documented)
    while waiting:
        value = waiting.pop()
        if is_object(value):
            waiting += value.values()
            for key, each in value.items():
                if each and isinstance(each, (str, int)) and not _is_placeholder(key, each):
                    found.setdefault(key, Counter())[each] += 1
        elif is_list(value):
            waiting += value
    return found


def rendered(document: Mapping[str, Any]) -> str:
    """The contents of ``_examples.py``, from the API's description."""
    head = f'''"""What stands in fields that nobody says anything of, by response type; {{}} for a default object.

GENERATED by `{_COMMAND}` from the examples of the API's description: do not edit.
"""

from __future__ import annotations

from typing import Any

__all__ = ["EXAMPLES"]
'''
    lines = ["EXAMPLES: dict[str, dict[str, Any]] = {"]
    for name, example in _read(document).items():
        values = [f"        {_literal(key)}: {_literal(value)}," for key, value in example.items()]
        lines += [f"    {_literal(name)}: {{", *values, "    },"]
    return "\n".join([head, *lines, "}", ""])


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: writes the examples, or checks them; the exit code."""
    parser = argparse.ArgumentParser(prog=_COMMAND, description="Read the examples of the API's description.")
    parser.add_argument("description", type=pathlib.Path, help="the API's description: openapi.json")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether it would be written otherwise")
    options = parser.parse_args(arguments)
    text = rendered(json.loads(options.description.read_text(encoding="utf-8")))
    if not options.check:
        _OUTPUT.write_text(text, encoding="utf-8")
        return 0
    if _OUTPUT.exists() and _OUTPUT.read_text(encoding="utf-8") == text:
        return 0
    sys.stdout.write(f"{_OUTPUT.name} would be written differently now. Run: {_COMMAND}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
