"""Checks a request's parameters as the API does: yes or no in microseconds, and the API's own error for a no.

What the API takes is read from the SDK's own parameter types (by `annotations`, into `shapes`). Where the API is known
to differ from them, to either side, it stands in the tables of this module, each row with its reason. The wording of a
refusal, and the order in which the API looks, are those of `voices`.

Rules that need more than the parameters (does this file exist, is that schema a strict one) are the operations' own.
Imports leaves only; the backend checks with it, the transport coerces, the endpoints ask whether they may go direct.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typing_extensions
from pydantic_core import CoreConfig, CoreSchema, SchemaValidator, core_schema
from typing_extensions import override

from . import messages, shortcuts
from .limits import LIMITS, Limits
from .operation import Operation
from .shapes import (
    JSON,
    NULL,
    OPAQUE,
    Assembly,
    Choice,
    Field,
    Items,
    Keyed,
    Number,
    Place,
    Record,
    Rule,
    Tagged,
    Text,
)
from .snapshot import plain

if TYPE_CHECKING:
    from .annotations import Reader
    from .voices import Voice

__all__ = ["ParamsValidator", "validator_for"]

# ---------------------------------------------------------------------------------------------- where the API differs
# What holds for ``responses.create`` holds for ``beta.responses.create``: the tables leave out ``beta.`` and ``Beta``.

_NOT_NEEDED: dict[str, str] = {
    # TypedDict.field that the types require: why the API does without.
    "FunctionToolParam.parameters": "a function without arguments needs none",
    "FunctionToolParam.strict": "there is a default, and most examples and libraries leave it out",
    "ResponseInputImageParam.detail": "auto by default",
    "ResponseOutputTextParam.annotations": "a message of the assistant's that was written by hand has none",
    **dict.fromkeys(
        (
            *("ResponseOutputMessageParam.id", "ResponseOutputMessageParam.status", "ResponseReasoningItemParam.id"),
            *("ResponseFileSearchToolCallParam.id", "ResponseFileSearchToolCallParam.status"),
            *("ResponseFunctionWebSearchParam.id", "ResponseFunctionWebSearchParam.status"),
            *("ResponseComputerToolCallParam.id", "ResponseComputerToolCallParam.status"),
            *("ResponseCodeInterpreterToolCallParam.id", "ResponseCodeInterpreterToolCallParam.status"),
            *("ImageGenerationCall.id", "ImageGenerationCall.status", "LocalShellCall.id", "LocalShellCall.status"),
            *("LocalShellCallOutput.id", "McpCall.id", "McpListTools.id", "Program.id", "ProgramOutput.id"),
        ),
        "history that the caller keeps comes back without the ids and the states that the API had given it",
    ),
    **dict.fromkeys(
        ("ResponseCodeInterpreterToolCallParam.outputs", "ImageGenerationCall.result"),
        "likewise without what the hosted tool had put out (recorded)",
    ),
}

_ALSO_TAKEN: dict[str, tuple[str, ...]] = {
    # Parameters that the types lack.
    "images.edit": ("images",),  # in a JSON body, where a form has ``image`` (recorded)
}

_JUDGED_LATER: frozenset[str] = frozenset(
    f"ChatCompletion{role}MessageParam.content" for role in ("System", "User", "Tool", "Function")
)
"""Required, but looked at when everything else is in order (measured); not so for developers."""

_CLOSED: dict[str, tuple[str, ...]] = {
    # Objects inside a request whose unknown keys are refused (measured), besides those that `_closed` names. All others
    # may carry more than the SDK knows.
    "chat.completions.create": ("prompt_cache_options", "stream_options"),
    "responses.create": ("prompt_cache_options", "reasoning", "stream_options", "text"),
}

_CLOSED_TYPES = ("openai.types.responses.", "openai.types.beta.beta_")
"""Whose objects refuse unknown keys: items, their parts, and tools (reported for each, as ``input[1].status``)."""

_COMES_BACK = ("async_", "created_by", "id")
"""Keys that items have when they come from the API, and that may go back, though not all types know them; the first is
what the SDK's models call ``async`` when they are dumped."""

_NEWER: dict[str, tuple[str, ...]] = {
    # Keys that the API takes and older SDKs don't know, by the TypedDicts that have them in newer ones.
    "ActionSearch": ("queries",),
    "CodeInterpreter": ("allowed_callers",),
    "CodeInterpreterContainerCodeInterpreterToolAuto": ("memory_limit", "network_policy"),
    "CustomToolParam": ("allowed_callers", "async", "defer_loading"),
    "EasyInputMessageParam": ("phase",),
    "FunctionCallOutput": ("caller", "name", "namespace"),
    "FunctionToolParam": ("allowed_callers", "async", "defer_loading", "output_schema"),
    "ImageGeneration": ("action", "complexity", "frame_count", "frame_duration_ms", "svg"),
    "ImageGenerationCall": (
        *("action", "background", "error", "output_format", "quality", "revised_prompt", "size", "svg_usage"),
    ),
    "Mcp": ("allowed_callers", "defer_loading", "tunnel_id"),
    "McpCall": ("approval_request_id", "status"),
    "RankingOptions": ("hybrid_search",),
    "ResponseComputerToolCallParam": ("actions",),
    "ResponseCustomToolCallOutputParam": ("caller", "status"),
    "ResponseCustomToolCallParam": ("async", "caller", "namespace"),
    "ResponseFunctionToolCallParam": ("async", "caller", "namespace"),
    "ResponseOutputMessageParam": ("phase",),
    "WebSearchPreviewToolParam": ("search_content_types",),
    "WebSearchToolParam": ("external_web_access", "return_token_budget", "search_content_types"),
    **dict.fromkeys(("ActionClick", "ActionDoubleClick", "ActionDrag", "ActionMove", "ActionScroll"), ("keys",)),
    **dict.fromkeys(
        (
            *("ResponseInputFileContentParam", "ResponseInputFileParam", "ResponseInputImageContentParam"),
            *("ResponseInputImageParam", "ResponseInputTextContentParam", "ResponseInputTextParam"),
        ),
        ("detail", "prompt_cache_breakpoint"),
    ),
}

_UNLESS: dict[str, dict[str, tuple[str, ...]]] = {
    # Parameters that the types call optional, because others can stand in for them; refused without those (measured).
    "responses.create": {"model": ("prompt",), "input": ("previous_response_id", "conversation", "prompt")},
}


class _Pdf(Rule):
    """A PDF as a data URL: the only file that a chat message may hold (recorded)."""

    __slots__ = ()

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.str_schema(pattern="^data:application/pdf;base64,")

    @override
    def check(self, value: Any, path: messages.Path, voice: Voice) -> None:
        if not value.startswith("data:application/pdf;base64,"):
            raise messages.invalid_file_data(messages.spell(path), value)


_FILE_DATA = Place({str: _Pdf()})

_IN_BASE64 = r"data:image/[A-Za-z0-9.+-]+;base64,[A-Za-z0-9+/=_-]+"
_ON_THE_WEB = r"[hH][tT][tT][pP][sS]?://\S+"


class _Picture(Rule):
    """The address of a picture: on the web, or as a data URL with a picture in it (reported)."""

    __slots__ = ()

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.str_schema(pattern=f"^(?:{_ON_THE_WEB}|{_IN_BASE64})$")

    @override
    def check(self, value: Any, path: messages.Path, voice: Voice) -> None:
        if re.fullmatch(f"{_ON_THE_WEB}|{_IN_BASE64}", value) is None:
            raise voice.wrong_picture(path, value)


_PICTURE = Place({str: _Picture()})

_WITH_PICTURE = ("ResponseInputImageContentParam", "ResponseInputImageParam")
"""The TypedDicts whose ``image_url`` is such an address; in chat it is an object that holds one."""

_METADATA = Keyed(Place({str: Text(None, 512)}), most=16, longest_key=64)
"""The same wherever there is ``metadata`` (described, measured)."""


def _limited(place: Place, limits: Limits) -> Place:
    """``place`` within limits."""
    kinds = dict(place.kinds)
    for kind, (least, most) in limits.items():
        if kind is float:
            name = "decimal" if float in kinds else "integer"
            kinds.update({number: Number(name, least, most) for number in (float, int) if number in kinds})
            continue
        minimum, maximum = (None if bound is None else int(bound) for bound in (least, most))
        rule = kinds.get(kind)
        if isinstance(rule, Items):
            kinds[kind] = Items(rule.item, minimum, maximum)
        elif rule is not None and kind is str:
            kinds[kind] = Text(minimum, maximum)
    return Place(kinds)


def _optional(owner: str, field: str) -> bool:
    return f"{owner.removeprefix('Beta')}.{field}" in _NOT_NEEDED


def _closed(module: str, owner: str) -> tuple[str, ...] | None:
    if not module.startswith(_CLOSED_TYPES) or module.endswith("_params"):  # those are parameters themselves
        return None
    return (*_COMES_BACK, *_NEWER.get(owner.removeprefix("Beta"), ()))


def _lenient(owner: str, field: str) -> bool:
    return f"{owner}.{field}" in _JUDGED_LATER


def _ruled(owner: str, field: str, place: Place) -> Place:
    limits = LIMITS.get(owner.removeprefix("Beta"), {}).get(field)
    if limits is not None:
        return _limited(place, limits)
    if (owner, field) == ("FileFile", "file_data"):
        return _FILE_DATA
    rule = place.kinds.get(dict)
    if field == "image_url":
        if owner.removeprefix("Beta") in _WITH_PICTURE:
            return Place({**place.kinds, **_PICTURE.kinds})
        if owner == "ChatCompletionContentPartImageParam" and isinstance(rule, Record):
            address = {**rule.fields, "url": Field(_PICTURE, required=True)}
            return Place({**place.kinds, dict: Record(rule.name, address, renamed=rule.renamed)})
    if field == "metadata" and isinstance(rule, Keyed) and set(rule.value.kinds) == {str}:
        return Place({**place.kinds, dict: _METADATA})
    return place


@functools.cache
def _reader() -> Reader:
    """The one reader of all validators."""
    from .annotations import Reader  # the first call needs it, and no import

    return Reader(optional=_optional, lenient=_lenient, ruled=_ruled, closed=_closed)


def _contents_of_messages(params: dict[str, Any]) -> None:
    """The last thing that chat looks at (measured): whether messages have a content. An assistant's may do without."""
    for index, message in enumerate(params["messages"]):
        if message.get("content") is None and message["role"] not in ("assistant", "developer"):
            raise messages.content_is_null(index)


_LAST: dict[str, Callable[[dict[str, Any]], None]] = {"chat.completions.create": _contents_of_messages}


# ------------------------------------------------------------------------------------------------ one operation


class ParamsValidator:
    """Knows which parameters one operation takes.

    Parameters are path, query and body parameters, merged as the caller named them. Path parameters are not judged.

    Attributes:
        operation: the operation.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        name = operation.name.removeprefix("beta.")
        self._fields = _fields_of(operation, name)
        self._excuses = _UNLESS.get(name, {})
        self._last = _LAST.get(name)
        # What a GET carries is in the URL, where the API overlooks what it doesn't know.
        self._closed = bool(self._fields) and operation.verb in ("POST", "PUT", "PATCH")

    @functools.cached_property
    def accepts(self) -> Callable[[dict[str, Any]], bool]:
        """Whether the API takes these parameters as they are: ``accepts(params)``.

        True only if every value is of the right type, and plain JSON down to the last: by exact type, no tuple, bytes,
        model, enum or NaN. It is one call into pydantic-core. False is not yet a refusal: that is for `check` to say.
        """
        judge = self._judge
        if "tools" in self._fields and not self._fields["tools"].required:
            judge = shortcuts.remembering(judge)
        return shortcuts.glancing(judge) if self.operation.name == "chat.completions.create" else judge

    @functools.cached_property
    def _voice(self) -> Voice:
        from .voices import voice_of  # only a refusal needs it

        return voice_of(self.operation.name)

    @functools.cached_property
    def _judge(self) -> Callable[[dict[str, Any]], bool]:
        """`accepts`, by pydantic-core alone."""
        assembly = Assembly()
        fields = {name: Field(_IN_PATH, required=False) for name in self.operation.path_params} | self._fields
        top = Record(self.operation.name, fields, closed=self._closed).whole(assembly)
        schema = core_schema.definitions_schema(top, assembly.definitions)
        return SchemaValidator(schema, CoreConfig(strict=True)).isinstance_python

    def check(self, params: dict[str, Any]) -> None:
        """Refuse what the API refuses.

        What only Python can tell from JSON (a tuple, a model, an enum) is judged as the JSON that it becomes.

        Raises:
            ApiError: the API's own error for the first fault, in the order in which the API looks.
        """
        fields = self._fields
        wire = {
            key: value if key in fields and fields[key].place is OPAQUE else plain(value)
            for key, value in params.items()
        }
        if not self.accepts(wire):
            self._explain(wire)

    def coerce(self, params: dict[str, Any]) -> dict[str, Any]:
        """Parameters out of a URL or a form, with the types that they have in JSON: ``"10"`` is 10 for a number.

        Touches only query parameters, and the fields of a multipart form; leaves what fits no type.
        """
        textual = self._fields if self.operation.multipart else self.operation.query
        return {
            key: _typed(value, self._fields[key].place) if key in textual and key in self._fields else value
            for key, value in params.items()
        }

    def _explain(self, params: dict[str, Any]) -> None:
        """Raise the error for the first fault; there may be none that is a fault to the API."""
        voice, fields = self._voice, self._fields
        given = [key for key in params if key not in self.operation.path_params]
        for key in given:
            if key in voice.moved:
                raise voice.unknown((key,))
        for key, field in fields.items():
            empty = key == "model" and voice.model_first and not params.get(key)
            if field.required and (key not in params or empty) and not self._excused(key, params):
                raise voice.missing((key,))
        if self._closed:
            for key in given:
                if key not in fields:
                    raise voice.unknown((key,), fields, params)
        for key in sorted((key for key in given if key in fields), key=self._rank):
            if params[key] is not None or not self._excused(key, params):
                fields[key].place.check(params[key], (key,), voice)
        if self._last is not None:
            self._last(params)

    def _excused(self, key: str, params: dict[str, Any]) -> bool:
        return any(params.get(other) is not None for other in self._excuses.get(key, ()))

    def _rank(self, key: str) -> int:
        order = self._voice.order
        return order.index(key) if key in order else len(order)

    def __repr__(self) -> str:
        return f"<ParamsValidator {self.operation.name}>"


_VALIDATORS: dict[Operation, ParamsValidator] = {}
_MAKING = threading.Lock()


def validator_for(operation: Operation) -> ParamsValidator:
    """The validator of an operation; made once."""
    found = _VALIDATORS.get(operation)
    if found is None:
        with _MAKING:  # one at a time: they share a reader, whose records are incomplete while it reads
            found = _VALIDATORS.get(operation)
            if found is None:
                found = _VALIDATORS[operation] = ParamsValidator(operation)
    return found


_IN_PATH = Place({str: Rule()})


def _fields_of(operation: Operation, name: str) -> dict[str, Field]:
    """The parameters of an operation in query and body, ``model`` first, as all its TypedDicts together have them."""
    from .annotations import blend

    found: dict[str, list[Field]] = {}
    alternatives = 0
    for typed_dict in operation.params_types:
        if typing_extensions.is_typeddict(typed_dict):
            alternatives += 1
            record = _reader().record(typed_dict)
            for key, field in record.fields.items():
                found.setdefault(key, []).append(field)
            for key in record.renamed:  # a header
                found.setdefault(key, []).append(Field(OPAQUE, required=False))
    limits, closed = LIMITS.get(name, {}), _CLOSED.get(name, ())
    fields: dict[str, Field] = {}
    for key in sorted(found, key=lambda key: key != "model"):
        place = blend([field.place for field in found[key]])
        if key in limits:
            place = _limited(place, limits[key])
        rule = place.kinds.get(dict)
        if key in closed and isinstance(rule, Record):
            place = Place({**place.kinds, dict: Record(rule.name, rule.fields, closed=True, renamed=rule.renamed)})
        if key in _UNLESS.get(name, ()):
            fields[key] = Field(
                Place({kind: rule for kind, rule in place.kinds.items() if kind is not NULL}), required=True
            )
            continue
        everywhere = len(found[key]) == alternatives and all(field.required for field in found[key])
        required = everywhere and key not in operation.path_params
        fields[key] = Field(place, required=required)
    return fields | {key: Field(JSON, required=False) for key in _ALSO_TAKEN.get(name, ())}


def _typed(value: Any, place: Place) -> Any:
    """A value out of a URL or a form, typed as ``place`` has it."""
    if isinstance(value, str):
        return _typed_text(value, place)
    rule = place.kinds.get(value.__class__)
    if isinstance(rule, Tagged):
        rule = rule.rules.get(rule.choose(value))
    if isinstance(rule, Items):
        return [_typed(item, rule.item) for item in value]
    if isinstance(rule, Keyed):
        return {key: _typed(item, rule.value) for key, item in value.items()}
    if isinstance(rule, Record):
        known = rule.fields
        return {key: _typed(item, known[key].place) if key in known else item for key, item in value.items()}
    return value


def _typed_text(value: str, place: Place) -> Any:
    text = place.kinds.get(str)
    if text is not None and not (isinstance(text, Choice) and value not in text.values):
        return value
    if bool in place.kinds and value in ("true", "false"):
        return value == "true"
    if int in place.kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    if float in place.kinds and re.fullmatch(r"-?\d*\.?\d+([eE][-+]?\d+)?", value):
        return float(value)
    if list in place.kinds:
        return _typed([value], place)
    if dict in place.kinds and value.startswith("{"):  # a part of a form that is JSON
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value
