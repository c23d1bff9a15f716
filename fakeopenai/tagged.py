"""Validators of the SDK's models that find the member of a union by its ``type``, instead of trying all in turn.

The SDK marks its unions of items, events and tools in a way of its own, which pydantic doesn't know: it tries all of
some fifty members. With the unions rewritten in the compiled schema, an event takes 1 µs instead of 30, a response 15
instead of 50. What such a validator refuses, the caller makes in the SDK's lenient way; so an unknown tag is no loss.

Imports nothing of ours; only `_sdk` imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, cast

import pydantic
from pydantic_core import SchemaError, SchemaValidator

__all__ = ["validator"]

_OPAQUE = frozenset({"cls", "config", "metadata", "ref", "serialization"})
"""What holds no schemas."""


def validator(kind: Any) -> Callable[[Any], Any]:
    """A function from JSON to a value of this type: a model class, or a union of some."""
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        kind.model_rebuild()  # the SDK defers building; until then the validator is a stand-in
        schema, whole = kind.__pydantic_core_schema__, kind.__pydantic_validator__
    else:
        adapter = pydantic.TypeAdapter(cast("Any", kind))
        schema, whole = adapter.core_schema, adapter.validator
    rewriter = _Rewriter(schema)
    rewritten = rewriter.rewrite(schema)
    own = cast("Callable[[Any], Any]", whole.validate_python)
    if not rewriter.changed:
        return own
    try:
        return _compiled(rewritten).validate_python
    except SchemaError:  # of a pydantic whose schemas look different: slower, and as right
        return own


def _compiled(schema: Any) -> SchemaValidator:
    try:
        # Otherwise the models' own validators, with the unions as they were, would be used for the parts.
        return SchemaValidator(schema, None, _use_prebuilt=False)
    except TypeError:  # pydantic before 2.12, which doesn't reuse them
        return SchemaValidator(schema)


def _is_dict(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


class _Rewriter:
    """Rewrites one schema.

    Attributes:
        changed: whether there was a union to rewrite.
    """

    def __init__(self, schema: Any) -> None:
        definitions: list[Mapping[str, Any]] = schema.get("definitions") or []
        self._definitions = {definition["ref"]: definition for definition in definitions}
        self.changed = False

    def rewrite(self, schema: Any) -> Any:
        """A copy of the schema, with its unions tagged where a tag tells their members apart."""
        if _is_dict(schema):
            if schema.get("type") == "union":
                groups = self._groups(schema["choices"])
                if groups:
                    self.changed = True
                    return self._tagged(schema, groups)
            return {key: value if key in _OPAQUE else self.rewrite(value) for key, value in schema.items()}
        if _is_list(schema):
            return [self.rewrite(element) for element in schema]
        return tuple(map(self.rewrite, schema)) if _is_tuple(schema) else schema

    def _tagged(self, union: Mapping[str, Any], groups: Mapping[str, list[Any]]) -> dict[str, Any]:
        choices = {
            tag: self.rewrite(members[0])
            if len(members) == 1
            else {"type": "union", "choices": [self.rewrite(member) for member in members]}
            for tag, members in groups.items()
        }
        kept = {key: union[key] for key in _OPAQUE & union.keys()}
        return {"type": "tagged-union", "choices": choices, "discriminator": "type", **kept}

    def _groups(self, choices: list[Any]) -> dict[str, list[Any]]:
        """The members of a union by their tags; empty if some have none, or all the same."""
        found: dict[str, list[Any]] = {}
        for choice in choices:
            member = choice[0] if _is_tuple(choice) else choice
            tags = self._tags(member)
            if not tags:
                return {}
            for tag in tags:
                found.setdefault(tag, []).append(member)
        return found if len(found) > 1 else {}

    def _tags(self, schema: Any) -> list[str]:
        """The values that the field ``type`` of a model can have."""
        while schema["type"] == "definition-ref":
            schema = self._definitions[schema["schema_ref"]]
        if schema["type"] != "model":
            return []
        while schema["type"] != "model-fields":
            if "schema" not in schema:
                return []
            schema = schema["schema"]
        field = schema["fields"].get("type")
        while field is not None and field["type"] in {"default", "model-field", "nullable"}:
            if field["type"] == "nullable":  # one that may lack its tag
                return []
            field = field["schema"]
        return field["expected"] if field is not None and field["type"] == "literal" else []
