"""How each part of the API words what it refuses in parameters: its voice. And in which order it looks.

Most parts share one manner, but embeddings and files still answer as an older framework did, and audio answers as a
newer one does. Where an order or a list of values is the API's own and can't be derived from the SDK's types, it stands
in the tables at the end. The sentences are made in `messages`, which also says what "recorded", "measured" and
"reported" mean. Imported by the first refusal; `params` imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from typing_extensions import override

from .errors import ApiError
from .messages import (
    DetailedError,
    Path,
    array_too_long,
    array_too_short,
    beyond_bound,
    empty_string,
    invalid_type,
    invalid_url,
    invalid_value,
    missing_model,
    missing_parameter,
    moved_parameter,
    one_of,
    property_name_too_long,
    quoted,
    spell,
    string_too_long,
    too_many_properties,
    unknown_parameter,
    wrong_data_url,
)

__all__ = ["Voice", "voice_of"]


class Voice:
    """How one operation words what it refuses: the manner that most of the API shares, and the operation's own facts.

    Args:
        order: the parameters in the order in which their faults are reported, before all others.
        expected: what the API says that it expects, by path (``[]`` for any index), where the type doesn't tell.
        supported: the values that the API lists, in its order, by path, where they aren't the SDK's in the SDK's order.
            A path with a colon (``input[]:role``) is that of a tag in an object that is ``untagged``.
        untagged: paths of objects that are named themselves when their tag is wrong: ``input[0]`` without ``.type``.
        null_is_object: paths where a null is said to be an object.
        moved: parameters that have another name here.
        model_first: whether a missing ``model`` is refused in words of its own.
        spelling: whether the API helps with the spelling of an unknown parameter.
    """

    def __init__(
        self,
        *,
        order: tuple[str, ...] = (),
        expected: dict[str, str] | None = None,
        supported: dict[str, tuple[str, ...]] | None = None,
        untagged: Collection[str] = (),
        null_is_object: Collection[str] = (),
        moved: dict[str, str] | None = None,
        model_first: bool = False,
        spelling: bool = False,
    ) -> None:
        self.order = order
        self.expected = expected or {}
        self.supported = supported or {}
        self.untagged = untagged
        self.null_is_object = null_is_object
        self.moved = moved or {}
        self.model_first = model_first
        self.spelling = spelling

    def missing(self, path: Path) -> ApiError:
        """Something required is not there."""
        if self.model_first and path == ("model",):
            return missing_model()
        return missing_parameter(spell(path))

    def unknown(self, path: Path, known: Collection[str] = (), present: Collection[str] = ()) -> ApiError:
        """A key that is not among the ``known``; those ``present`` in the request are never suggested."""
        name = str(path[-1])
        if len(path) == 1 and name in self.moved:
            return moved_parameter(name, self.moved[name])
        suggestions = _spelled_like(name, set(known) - set(present)) if self.spelling and len(path) == 1 else ()
        return unknown_parameter(spell(path), suggestions)

    def wrong_type(self, path: Path, expected: Callable[[], str], value: Any) -> ApiError:
        """A value of the wrong type; ``expected`` derives from the type what the API would say that it wants."""
        where = _anywhere(path)
        if value is None and where in self.null_is_object:
            return invalid_type(spell(path), "a string", {})
        return invalid_type(spell(path), self.expected.get(where) or expected(), value)

    def wrong_value(self, path: Path, value: Any, values: Sequence[Any]) -> ApiError:
        """A value outside an enumeration."""
        return invalid_value(spell(path), str(value), self.supported.get(_anywhere(path), values))

    def wrong_tag(self, path: Path, tag: str, value: dict[str, Any], tags: Sequence[str]) -> ApiError:
        """An object of a kind that may not stand here: under ``tag`` it has none of ``tags``, or nothing."""
        inner, anywhere, found = (*path, tag), _anywhere(path), value.get(tag)
        elsewhere = self.supported.get(_anywhere(inner), ())
        if anywhere in self.untagged and (not elsewhere or found in elsewhere):
            known = self.supported.get(f"{anywhere}:{tag}", tags) or sorted(tags)
            return invalid_value(spell(path), found if isinstance(found, str) else "", known)
        if tag not in value:
            return self.missing(inner)
        if isinstance(found, str):
            return self.wrong_value(inner, found, tags)
        return self.wrong_type(inner, lambda: one_of(tags), found)

    def out_of_bounds(
        self, path: Path, kind: str, value: float, *, minimum: float | None, maximum: float | None
    ) -> ApiError:
        """A number below ``minimum`` or above ``maximum``, whichever is given; of kind ``integer`` or ``decimal``."""
        if minimum is not None:
            return beyond_bound(spell(path), kind, "below minimum", value, minimum)
        assert maximum is not None
        return beyond_bound(spell(path), kind, "above maximum", value, maximum)

    def wrong_length(self, path: Path, value: Any, *, minimum: int | None, maximum: int | None) -> ApiError:
        """A string or an array shorter than ``minimum`` or longer than ``maximum``, whichever is given."""
        param = spell(path)
        if minimum is not None:
            return (
                empty_string(param, minimum) if isinstance(value, str) else array_too_short(param, len(value), minimum)
            )
        assert maximum is not None
        too_long = string_too_long if isinstance(value, str) else array_too_long
        return too_long(param, len(value), maximum)

    def wrong_picture(self, path: Path, url: str) -> ApiError:
        """An address that leads to no picture."""
        param = spell(path)
        return wrong_data_url("Invalid", param, url) if url.startswith("data:") else invalid_url(param)

    def too_many_properties(self, path: Path, count: int, maximum: int) -> ApiError:
        """An object with too many keys."""
        return too_many_properties(spell(path), count, maximum)

    def property_name_too_long(self, path: Path, name: str, maximum: int) -> ApiError:
        """An object with a key that is too long."""
        return property_name_too_long(spell(path), name, maximum)


_SCHEMA_NAMES = {"a string": "string", "an integer": "integer", "a decimal": "number", "a boolean": "boolean"}


class _FlatVoice(Voice):
    """To which a tag is a value like any other."""

    @override
    def wrong_tag(self, path: Path, tag: str, value: dict[str, Any], tags: Sequence[str]) -> ApiError:
        inner = (*path, tag)
        return self.wrong_value(inner, value[tag], tags) if tag in value else self.missing(inner)


class _OlderVoice(_FlatVoice):
    """How embeddings and files answer: a JSON schema validator's message, the parameter's name after a dash.

    Recorded: a minimum (embeddings) and an enumeration (files); reported: the others, from the time when all of the API
    spoke so. ``param`` is null, except that files names it, and repeats the error as ``detail``.
    """

    def __init__(self, *, detailed: bool = False, **facts: Any) -> None:
        super().__init__(model_first=True, **facts)
        self.detailed = detailed

    def _say(self, message: str, path: Path) -> ApiError:
        if self.detailed:
            return DetailedError(400, message, param=str(path[0]) if path else None)
        return ApiError(400, message)

    def _at(self, path: Path) -> str:
        return f" - '{'.'.join(map(str, path))}'" if path else ""

    @override
    def missing(self, path: Path) -> ApiError:
        if path == ("model",):
            return missing_model()
        return self._say(f"'{path[-1]}' is a required property{self._at(path[:-1])}", path)

    @override
    def unknown(self, path: Path, known: Collection[str] = (), present: Collection[str] = ()) -> ApiError:
        if len(path) == 1:
            return self._say(f"Unrecognized request argument supplied: {path[0]}", path)
        unexpected = f"Additional properties are not allowed ('{path[-1]}' was unexpected)"
        return self._say(f"{unexpected}{self._at(path[:-1])}", path)

    @override
    def wrong_type(self, path: Path, expected: Callable[[], str], value: Any) -> ApiError:
        name = _SCHEMA_NAMES.get(expected())
        return (
            self._invalid(path)
            if name is None
            else self._say(f"{value!r} is not of type '{name}'{self._at(path)}", path)
        )

    @override
    def wrong_value(self, path: Path, value: Any, values: Sequence[Any]) -> ApiError:
        known = self.supported.get(_anywhere(path), values)
        return self._say(f"{value!r} is not one of {list(known)!r}{self._at(path)}", path)

    @override
    def out_of_bounds(
        self, path: Path, kind: str, value: float, *, minimum: float | None, maximum: float | None
    ) -> ApiError:
        bound, side = (
            (minimum, "less than the minimum") if minimum is not None else (maximum, "greater than the maximum")
        )
        return self._say(f"{value} is {side} of {bound:g}{self._at(path)}", path)

    @override
    def wrong_length(self, path: Path, value: Any, *, minimum: int | None, maximum: int | None) -> ApiError:
        return self._invalid(path)

    def _invalid(self, path: Path) -> ApiError:
        reference = "Please check the API reference: https://platform.openai.com/docs/api-reference."
        return self._say(f"'$.{spell(path)}' is invalid. {reference}", path)


class _FormVoice(_FlatVoice):
    """How audio answers: the validation errors of a web framework, printed as a Python list into the message.

    Recorded: an enumeration; reported: a string that is too long. The others are what that framework says.
    """

    def _say(self, path: Path, kind: str, message: str, **context: Any) -> ApiError:
        found: dict[str, Any] = {"type": kind, "loc": ("body", *path), "msg": message}
        if context:
            found["ctx"] = context
        return ApiError(400, repr([found]))

    @override
    def missing(self, path: Path) -> ApiError:
        return self._say(path, "missing", "Field required")

    @override
    def unknown(self, path: Path, known: Collection[str] = (), present: Collection[str] = ()) -> ApiError:
        return self._say(path, "extra_forbidden", "Extra inputs are not permitted")

    @override
    def wrong_type(self, path: Path, expected: Callable[[], str], value: Any) -> ApiError:
        wanted = expected()
        name = _SCHEMA_NAMES.get(wanted, "list" if wanted.startswith("an array") else "string")
        kind = {"integer": "int", "number": "float", "boolean": "bool"}.get(name, name)
        return self._say(path, f"{kind}_type", f"Input should be a valid {name}")

    @override
    def wrong_value(self, path: Path, value: Any, values: Sequence[Any]) -> ApiError:
        known = [quoted(one) for one in self.supported.get(_anywhere(path), values)]
        expected = f"{', '.join(known[:-1])} or {known[-1]}" if len(known) > 1 else known[0]
        return self._say(path, "enum", f"Input should be {expected}", expected=expected)

    @override
    def out_of_bounds(
        self, path: Path, kind: str, value: float, *, minimum: float | None, maximum: float | None
    ) -> ApiError:
        if minimum is not None:
            message = f"Input should be greater than or equal to {minimum:g}"
            return self._say(path, "greater_than_equal", message, ge=float(minimum))
        assert maximum is not None
        return self._say(
            path, "less_than_equal", f"Input should be less than or equal to {maximum:g}", le=float(maximum)
        )

    @override
    def wrong_length(self, path: Path, value: Any, *, minimum: int | None, maximum: int | None) -> ApiError:
        least, bound = (True, minimum) if minimum is not None else (False, maximum)
        side, amount = ("short", f"at least {bound}") if least else ("long", f"at most {bound}")
        if isinstance(value, str):
            kind, message = f"string_too_{side}", f"String should have {amount} character"
        else:
            kind, message = f"too_{side}", f"List should have {amount} item"
        context = {"min_length" if least else "max_length": bound}
        return self._say(path, kind, message if bound == 1 else f"{message}s", **context)


def _anywhere(path: Path) -> str:
    """A path as the tables have it: any index is ``[]``."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _spelled_like(name: str, known: Iterable[str]) -> list[str]:
    """The known names that take at most two edits, nearest first; measured."""
    found = sorted((_edits(name, other), other) for other in known if abs(len(other) - len(name)) <= 2)
    return [other for edits, other in found if edits <= 2]


def _edits(left: str, right: str) -> int:
    """How many characters have to be put in, taken out or changed."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


# ------------------------------------------------------------------------------------------------ the tables


class _ChatVoice(Voice):
    """Chat wants data URLs, though it takes others, and says so in words of its own. Reported."""

    @override
    def wrong_picture(self, path: Path, url: str) -> ApiError:
        return wrong_data_url("Invalid image URL:", spell(path), url)


_PARTS = ("text", "image_url", "input_audio", "refusal", "audio", "file")

_CHAT = _ChatVoice(
    model_first=True,
    spelling=True,
    order=(
        # Measured, by sending every pair of two faults that decides it.
        *(
            "messages",
            "functions",
            "function_call",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "max_completion_tokens",
        ),
        *(
            "n",
            "temperature",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "logprobs",
            "top_logprobs",
            "user",
            "seed",
        ),
        *("moderation", "safety_identifier", "prompt_cache_options", "prompt_cache_key", "prompt_cache_retention"),
        *("response_format", "service_tier", "max_tokens", "reasoning_effort", "logit_bias", "stop", "stream"),
        *("stream_options", "store", "metadata", "prediction", "verbosity"),
    ),
    expected={
        "tool_choice": "one of one of 'none', 'auto', or 'required' or object",  # measured
        "service_tier": "one of 'auto', 'default', 'fast', 'flex', or 'priority'",
        "messages[].tool_calls[].type": "one of 'function', 'allowed_tools', or 'custom'",  # reported
    },
    supported={
        "messages[].role": ("system", "assistant", "user", "function", "tool", "developer"),  # reported
        "messages[].content[].type": _PARTS,  # reported for messages of every role
        "messages[].tool_calls[].type": ("function", "allowed_tools", "custom"),  # reported
        "response_format.type": ("json_object", "json_schema", "text"),  # reported
        "service_tier": ("auto", "default", "fast", "flex", "priority"),  # measured
        "tools[].type": ("function", "custom"),  # reported
    },
)

_ANY_PART = (
    *("input_text", "input_image", "input_audio", "output_text", "refusal", "input_file", "computer_screenshot"),
    *("summary_text", "encrypted_content"),
)


def _items(name: str, expected: dict[str, str], supported: dict[str, tuple[str, ...]], **facts: Any) -> Voice:
    """The voice of an operation that takes input items under ``name``. All of it measured, most of it reported too."""
    return Voice(
        expected={
            f"{name}[]": "an input item",
            f"{name}[].content": "one of an array of objects or string",
            **expected,
        },
        supported={
            f"{name}[]:role": ("assistant", "system", "developer", "user"),
            f"{name}[]:type": (),  # all there are, in alphabetical order
            f"{name}[].content[].type": _ANY_PART,
            **supported,
        },
        untagged=(f"{name}[]", f"{name}[].content[]"),
        **facts,
    )


_RESPONSES = _items(
    "input",
    spelling=True,
    order=(
        # Measured in the same way; quite another order than that of chat.
        *(
            "input",
            "previous_response_id",
            "prompt",
            "moderation",
            "include",
            "tools",
            "tool_choice",
            "metadata",
            "text",
        ),
        *("temperature", "top_p", "presence_penalty", "frequency_penalty", "parallel_tool_calls", "stream"),
        *("stream_options", "background", "max_output_tokens", "max_tool_calls", "reasoning", "user"),
        *("safety_identifier", "prompt_cache_options", "prompt_cache_key", "prompt_cache_retention", "truncation"),
        *("instructions", "store", "service_tier", "top_logprobs", "context_management"),
    ),
    expected={  # measured
        "input": "one of a string or array of input items",
        "metadata": "a metadata object",
        "tools": "an array of tools",
        "tool_choice": "one of an object or 'none', 'auto', or 'required'",
        "service_tier": "one of 'auto', 'default', 'fast', 'flex', or 'priority'",
        "reasoning.effort": ("one of one of 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', or 'max' or integer"),
    },
    supported={  # measured
        "include[]": (
            *("file_search_call.results", "web_search_call.results", "web_search_call.action.sources"),
            *(
                "message.input_image.image_url",
                "computer_call_output.output.image_url",
                "code_interpreter_call.outputs",
            ),
            *("reasoning.encrypted_content", "message.output_text.logprobs"),
        ),
        "reasoning.summary": ("concise", "detailed", "auto"),
        "service_tier": ("auto", "default", "fast", "flex", "priority"),
        "text.format.type": ("json_object", "text", "json_schema"),
    },
    null_is_object=("model", "input"),
    moved={"messages": "input", "reasoning_effort": "reasoning.effort", "response_format": "text.format"},
)

_IMAGES = Voice(
    order=("prompt", "images", "n"),  # measured
    supported={
        "quality": ("low", "medium", "high", "auto"),  # recorded, as the next two
        "output_format": ("png", "webp", "jpeg"),
        "background": ("transparent", "opaque", "auto"),
        "moderation": ("auto", "low"),  # measured
    },
)

_AUDIO = _FormVoice(
    supported={"response_format": ("json", "text", "vtt", "srt", "verbose_json")},  # recorded
)

_VOICES: dict[str, Voice] = {
    "audio": _AUDIO,
    "audio.speech": _FormVoice(),
    "beta.responses": _RESPONSES,
    "chat.completions": _CHAT,
    "completions": Voice(model_first=True),
    "conversations": _items("items", {}, {}),
    "embeddings": _OlderVoice(),
    "files": _OlderVoice(
        detailed=True,
        supported={"purpose": ("fine-tune", "assistants", "batch", "user_data", "vision", "evals")},  # recorded
    ),
    "images": _IMAGES,
    "responses": _RESPONSES,
}

_PLAIN = Voice()


def voice_of(operation: str) -> Voice:
    """The voice of an operation, by its dotted name: that of the nearest resource in the table, or the common one."""
    resource = operation
    while resource:
        resource = resource.rpartition(".")[0]
        if resource in _VOICES:
            return _VOICES[resource]
    return _PLAIN
