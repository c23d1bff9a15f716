"""A complete answer from its layers, each over the one before.

What the type demands, what the API sends unasked, what follows from the request, what the user's registry says, what
the test scripted. Everything here is JSON in wire form; the caller makes a model of it, or writes it to the wire. How
one layer goes over another is `model_shapes`' business, what the API sends unasked stands in `builtin`, the registry is
`defaults`; what follows from a request is computed by the operations. Backend, state and operations import this module.
"""

from __future__ import annotations

import functools
import marshal
from collections.abc import Callable, Sequence
from typing import Any, cast

import pydantic

from .builtin import ABSENT
from .defaults import Defaults
from .errors import UsageError
from .model_shapes import (
    UNSET,
    WAY_OUT,
    LiteralShape,
    Mismatch,
    ModelShape,
    Run,
    Shape,
    UnionShape,
    dotted,
    mapping,
    meant,
    shape_of,
    short,
)
from .request import Request

__all__ = ["ABSENT", "Shape", "assemble", "complete", "minimal", "shape_of", "template"]


def minimal(type_: Any) -> Any:
    """A fresh smallest valid value of a response type: required fields only, and nothing that the API adds unasked.

    Constants take their first value, unions the first member that ends; lists are empty, texts too.

    Example:
        >>> from openai.types import FileDeleted
        >>> minimal(FileDeleted)
        {'id': '', 'deleted': False, 'object': 'file'}
    """
    return shape_of(type_).minimal()


def template(type_: Any) -> bytes:
    """`minimal()` with the built-in defaults, as bytes for ``marshal.loads``: the fastest way to a fresh copy."""
    shape = shape_of(type_)
    return shape.blob if isinstance(shape, ModelShape) else marshal.dumps(shape.default())


def assemble(
    type_: Any,
    computed: Any,
    scripted: Any = None,
    *,
    defaults: Defaults | None = None,
    request: Request | None = None,
    operation: str | None = None,
) -> Any:
    """The complete answer, as JSON that shares nothing with what it was made from.

    Args:
        type_: response type.
        computed: what follows from the request: a partial answer of our own, in JSON. It may hold keys that the SDK
            does not declare, and `ABSENT` for those that the API does not send here. A ``model`` that it does not give
            is the request's.
        scripted: the partial answer that the user gave for this call (a dict, a response model; for pages also a list
            of elements); None if there is none.
        defaults: the user's registry; it goes over the computed layer and under the scripted one.
        request: what functions in the registry are asked with.
        operation: name of the operation, for the registry and for messages; by default the request's.

    Raises:
        UnknownField: a layer of the user's names a field that its type does not have.
        UsageError: a layer of the user's gives a value of the wrong type.
    """
    shape = shape_of(type_)
    if operation is None and request is not None:
        operation = request.operation.name
    run = Run(operation, request)
    made = shape.default()
    if computed is not None:
        made = shape.merge(made, computed, run)
    if request is not None and (answer := mapping(made)) is not None and answer.get("model") == "":
        answer["model"] = request.get("model", "")
    if defaults is not None and defaults.active:
        run.levels = defaults.levels()
        for level in run.levels:
            made = shape.overlay(made, level, run)
            if operation is not None and (entry := level.get(operation)) is not None:
                made = run.lay(shape, made, entry, operation)
    if scripted is not None:
        run.checked = True
        run.given = scripted
        made = shape.merge(made, scripted, run)
    if run.given is not UNSET or run.laid:
        _validate(shape, made, run)
    return made


def complete(
    type_: Any,
    partial: Any,
    *,
    defaults: Defaults | None = None,
    request: Request | None = None,
    operation: str | None = None,
    path: str = "",
) -> Any:
    """One partial value of the user's, completed: `assemble()` with nothing computed.

    Args:
        type_: response type.
        partial: a dict, a list or a response model; None stands for nothing said.
        defaults: the user's registry, for the types in it; its entry for the operation is not asked.
        request: what functions in the registry are asked with.
        operation: for messages.
        path: where the value stands in the whole answer, for messages.

    Raises:
        UnknownField: the partial names a field that its type does not have.
        UsageError: the partial gives a value of the wrong type.

    Example:
        >>> from openai.types.chat import ChatCompletionMessage
        >>> complete(ChatCompletionMessage, {"content": "Hello!"})
        {'role': 'assistant', 'content': 'Hello!', 'refusal': None, 'annotations': []}
    """
    shape = shape_of(type_)
    run = Run(operation, request, path)
    if defaults is not None and defaults.active:
        run.levels = defaults.levels()
    run.checked = True
    run.given = partial
    made = shape.build(run) if partial is None else shape.merge(UNSET, partial, run)
    _validate(shape, made, run)
    return made


# ---------------------------------------------------------------------------------------------- wrong types


@functools.cache
def _validator(type_: Any) -> Callable[..., Any]:
    model = getattr(type_, "model_validate", None)
    return model if model is not None else pydantic.TypeAdapter(type_).validate_python


def _validate(shape: Shape, made: Any, run: Run) -> None:
    """Raise for a value of the wrong type, if the user gave it; what the operations computed is theirs to answer for.

    Pydantic says whether anything is wrong; what is, and in whose layer, the shapes say.
    """
    if shape.free:
        return
    try:
        _validator(shape.type)(made, strict=True)
    except pydantic.ValidationError:
        pass
    else:
        return
    for mismatch in shape.mismatches(made):
        source = _source_of(mismatch.path, run)
        if source and not _may_be_newer(mismatch):
            path, expected, value = mismatch
            right = meant(value, expected.values) if isinstance(expected, LiteralShape) else None
            raise UsageError(
                f"{dotted([*run.path, *path]) or 'The answer'} must be {expected}, not {short(value)} "
                f"({type(value).__name__}){f'; did you mean {right!r}?' if right else '.'} "
                f"It was given in {source}.{WAY_OUT}",
                operation=run.operation,
            )


def _may_be_newer(mismatch: Mismatch) -> bool:
    """Whether what the installed SDK's types refuse may be something that the API has learnt since."""
    expected, value = mismatch.expected, mismatch.value
    if value is UNSET:  # completion gives what a type demands, except where the API itself does not
        return True
    constants: list[Any] = []
    if isinstance(expected, UnionShape):
        tag, table = expected.tag
        if (partial := mapping(value)) is not None:
            return isinstance(given := partial.get(tag), str) and given not in table and not meant(given, table)
        constants = [one for member in expected.members if isinstance(member, LiteralShape) for one in member.values]
    elif isinstance(expected, LiteralShape):
        constants = list(expected.values)
    return isinstance(value, str) and any(isinstance(one, str) for one in constants) and not meant(value, constants)


def _source_of(path: Sequence[str | int], run: Run) -> str:
    """In whose words of the user's a value stands, ``""`` if in none."""
    if run.given is not UNSET and _says(run.given, path):
        return run.source
    for source, partial in run.laid:
        if any(_says(partial, path[start:]) for start in range(len(path) or 1)):
            return source
    return ""


def _says(partial: Any, path: Sequence[str | int]) -> bool:
    for part in path:
        if (keys := mapping(partial)) is not None:
            if part not in keys:
                return False
            partial = keys[part]
        elif isinstance(partial, (list, tuple)) and isinstance(part, int):
            elements = cast("Sequence[Any]", partial)
            if part >= len(elements):
                return False
            partial = elements[part]
        elif not isinstance(partial, (list, tuple)) or part != "data":  # a list stands for the elements of a page
            return True
    return True
