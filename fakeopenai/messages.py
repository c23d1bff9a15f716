"""The API's refusals in the API's words, in one place: a maker for each kind, and how each part of the API speaks.

The functions make one error each (always status 400, ``invalid_request_error``), for validation and for operations
alike. A `Voice` is how one operation speaks: most parts of the API share one manner, but embeddings and files still
answer as an older framework did, and audio answers as a newer one does. Where a sentence, an order or a list of values
is the API's own and can't be derived from the SDK's types, it stands in the tables at the end.

Sources: "recorded" is an exchange with the API in public test recordings (2025 and 2026), "measured" a public series
of probes of the API from August 2026, one fault at a time, and "reported" an error body that public issues quote.

Imports errors only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from typing_extensions import override

from .errors import ApiError

__all__ = [
    "DetailedError",
    "Path",
    "Voice",
    "array_too_long",
    "array_too_short",
    "content_is_null",
    "decimal_above_max",
    "decimal_below_min",
    "empty_array",
    "empty_string",
    "got",
    "input_is_empty",
    "integer_above_max",
    "integer_below_min",
    "invalid_file_data",
    "invalid_id",
    "invalid_type",
    "invalid_url",
    "invalid_value",
    "missing_model",
    "missing_parameter",
    "moved_parameter",
    "mutually_exclusive",
    "pattern_mismatch",
    "property_name_too_long",
    "said_twice",
    "spell",
    "string_too_long",
    "too_many_properties",
    "unknown_parameter",
    "unsupported_parameter",
    "usual_message",
    "voice_of",
    "wrong_data_url",
]

Path = tuple[str | int, ...]
"""Where a value stands in a request: ``("messages", 0, "role")``."""


def spell(path: Path) -> str:
    """A path as the API writes it.

    Example:
        >>> spell(("messages", 0, "content", 1, "type"))
        'messages[0].content[1].type'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def listed(words: Sequence[str], conjunction: str) -> str:
    """``a``, ``a and b``, ``a, b, and c``: measured, with no comma between two."""
    if len(words) < 3:
        return f" {conjunction} ".join(words)
    return f"{', '.join(words[:-1])}, {conjunction} {words[-1]}"


def quoted(value: Any) -> str:
    """A value as the API quotes it: a string in single quotes, everything else as JSON."""
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


def shortened(text: str) -> str:
    """A long name as the API writes it in a sentence: measured to stand in full at 18 characters, and not at 20."""
    return text if len(text) < 20 else f"{text[:3]}...{text[-3:]}"


def got(value: Any) -> str:
    """What the API calls a value of the wrong type (measured): ``a string``, ``a decimal number``, ``null``..."""
    return _KINDS[type(value)]


_KINDS: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a decimal number",
    bool: "a boolean",
    type(None): "null",
    list: "an array",
    dict: "an object",
}


def _refused(message: str, param: str | None, code: str | None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


# ------------------------------------------------------------------------------------------- what is there, what isn't


def missing_parameter(param: str) -> ApiError:
    """Something required is not there. Reported for ``messages[0].role``, ``tools[0].function``, ``messages``..."""
    return _refused(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def missing_model() -> ApiError:
    """What chat, completions and embeddings say when ``model`` is missing, null or empty. Reported, measured."""
    return _refused("you must provide a model parameter", None, None)


def unknown_parameter(param: str, suggestions: Sequence[str] = ()) -> ApiError:
    """A key that the API doesn't know. Recorded (images), measured (chat, responses) with the help with spelling."""
    hint = f" Did you mean {listed([quoted(name) for name in suggestions], 'or')}?" if suggestions else ""
    return _refused(f"Unknown parameter: '{param}'.{hint}", param, "unknown_parameter")


def moved_parameter(param: str, new: str) -> ApiError:
    """A key of chat in a request to responses. Reported for ``reasoning_effort``, measured for ``messages``."""
    return _refused(
        f"Unsupported parameter: '{param}'. In the Responses API, this parameter has moved to '{new}'. "
        "Try again with the new parameter. See the API documentation for more information: "
        "https://platform.openai.com/docs/api-reference/responses/create.",
        None,
        "unsupported_parameter",
    )


def mutually_exclusive(first: str, second: str) -> ApiError:
    """Two parameters where only one may be. Measured for responses, the empty quotes and a shortened name included."""
    return _refused(
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: "
        f"{quoted(shortened(first))} or {quoted(shortened(second))}.",
        None,
        "mutually_exclusive_parameters",
    )


def unsupported_parameter(param: str, instead: str | None = None) -> ApiError:
    """A parameter that the model doesn't take. Recorded for ``stop``; with ``instead`` reported for ``max_tokens``."""
    hint = f" Use '{instead}' instead." if instead else ""
    message = f"Unsupported parameter: '{param}' is not supported with this model.{hint}"
    return _refused(message, param, "unsupported_parameter")


def content_is_null(index: int) -> ApiError:
    """A chat message without content. Reported and measured, the dot before the bracket included."""
    param = f"messages.[{index}].content"
    return _refused("Invalid value for 'content': expected a string, got null.", param, None)


def input_is_empty() -> ApiError:
    """Responses asked with an empty input and nothing to go on from. Measured."""
    return _refused(
        "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
        None,
        "missing_required_parameter",
    )


# ------------------------------------------------------------------------------------------------ what it must be


def invalid_type(param: str, expected: str, value: Any) -> ApiError:
    """A value of the wrong type. Reported and measured for every type, ``expected`` being such as ``a string``."""
    message = f"Invalid type for '{param}': expected {expected}, but got {got(value)} instead."
    return _refused(message, param, "invalid_type")


def invalid_value(param: str, value: str, supported: Sequence[Any]) -> ApiError:
    """A value outside an enumeration. Recorded (images), reported (``messages[0].role``, and with a single value)."""
    if len(supported) == 1:
        known = f"Value must be {quoted(supported[0])}."
    else:
        known = f"Supported values are: {listed([quoted(one) for one in supported], 'and')}."
    return _refused(f"Invalid value: '{shortened(value)}'. {known}", param, "invalid_value")


def pattern_mismatch(param: str, pattern: str) -> ApiError:
    """A string with the wrong characters. Reported for ``tools[0].function.name``."""
    return _refused(
        f"Invalid '{param}': string does not match pattern. Expected a string that matches the pattern '{pattern}'.",
        param,
        "invalid_value",
    )


def wrong_data_url(told: str, param: str, url: str) -> ApiError:
    """A data URL without a picture in it. Reported for chat (``Invalid image URL: '...'``) and for responses."""
    head, _, data = url.partition(",")
    kind = head.removeprefix("data:").partition(";")[0]
    if not url.startswith("data:"):
        found = "a value without the 'data:' prefix"
    elif not kind.startswith("image/"):
        found = f"unsupported MIME type '{kind}'"
    else:
        found = "an invalid base64-encoded value" if data else "empty base64-encoded bytes"
    return _refused(
        f"{told} '{param}'. Expected a base64-encoded data URL with an image MIME type (e.g. "
        f"'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got {found}.",
        param,
        "invalid_value",
    )


def invalid_url(param: str) -> ApiError:
    """Neither an address on the web nor a data URL. Reported for responses and for messages of threads."""
    return _refused(
        f"Invalid '{param}'. Expected a valid URL, but got a value with an invalid format.", param, "invalid_value"
    )


def invalid_id(param: str, value: str, prefix: str) -> ApiError:
    """An id that begins otherwise than the ids of what it should be. Reported for items, responses, assistants."""
    message = f"Invalid '{param}': '{value}'. Expected an ID that begins with '{prefix}'."
    return _refused(message, param, "invalid_value")


def invalid_file_data(param: str, data: str) -> ApiError:
    """A file inside a chat message that is no PDF. Recorded for another MIME type, reported for a missing prefix."""
    kind = data.partition(";")[0].removeprefix("data:")
    found = f"unsupported MIME type '{kind}'" if data.startswith("data:") else "a value without the 'data:' prefix"
    return _refused(
        f"Invalid file data: '{param}'. Expected a base64-encoded data URL with an application/pdf MIME type "
        f"(e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ=='), but got {found}.",
        param,
        "invalid_value",
    )


# ------------------------------------------------------------------------------------------------ how much of it


def _bound(param: str, kind: str, side: str, value: float, bound: float) -> ApiError:
    sign, code = (">=", "below_min") if side == "below minimum" else ("<=", "above_max")
    found = json.dumps(value)
    return _refused(
        f"Invalid '{param}': {kind} {side} value. Expected a value {sign} {bound:g}, but got {found} instead.",
        param,
        f"{kind}_{code}_value",
    )


def integer_below_min(param: str, value: float, minimum: float) -> ApiError:
    """Reported for ``max_tokens``, measured for ``n``."""
    return _bound(param, "integer", "below minimum", value, minimum)


def integer_above_max(param: str, value: float, maximum: float) -> ApiError:
    """Measured for ``n``."""
    return _bound(param, "integer", "above maximum", value, maximum)


def decimal_below_min(param: str, value: float, minimum: float) -> ApiError:
    """Recorded for ``temperature``."""
    return _bound(param, "decimal", "below minimum", value, minimum)


def decimal_above_max(param: str, value: float, maximum: float) -> ApiError:
    """Recorded for ``temperature``."""
    return _bound(param, "decimal", "above maximum", value, maximum)


def empty_array(param: str, minimum: int = 1) -> ApiError:
    """Recorded for ``messages``, measured for ``messages[0].tool_calls``."""
    return _refused(
        f"Invalid '{param}': empty array. Expected an array with minimum length {minimum}, but got an empty array "
        "instead.",
        param,
        "empty_array",
    )


def array_too_short(param: str, length: int, minimum: int) -> ApiError:
    """The counterpart of `array_too_long`; an array of length 0 is an `empty_array`."""
    if not length:
        return empty_array(param, minimum)
    return _refused(
        f"Invalid '{param}': array too short. Expected an array with minimum length {minimum}, but got an array with "
        f"length {length} instead.",
        param,
        "array_below_min_length",
    )


def array_too_long(param: str, length: int, maximum: int) -> ApiError:
    """Reported for ``tools`` and ``messages[2].tool_calls``."""
    return _refused(
        f"Invalid '{param}': array too long. Expected an array with maximum length {maximum}, but got an array with "
        f"length {length} instead.",
        param,
        "array_above_max_length",
    )


def empty_string(param: str, minimum: int = 1) -> ApiError:
    """Recorded for the ``prompt`` of an image."""
    return _refused(
        f"Invalid '{param}': empty string. Expected a string with minimum length {minimum}, but got an empty string "
        "instead.",
        param,
        "empty_string",
    )


def string_too_long(param: str, length: int, maximum: int) -> ApiError:
    """Reported for ``input[95].call_id``, measured for ``metadata.k``."""
    return _refused(
        f"Invalid '{param}': string too long. Expected a string with maximum length {maximum}, but got a string with "
        f"length {length} instead.",
        param,
        "string_above_max_length",
    )


def too_many_properties(param: str, count: int, maximum: int) -> ApiError:
    """Reported and measured for ``metadata``."""
    return _refused(
        f"Invalid '{param}': too many properties. Expected an object with at most {maximum} properties, but got an "
        f"object with {count} properties instead.",
        param,
        "object_above_max_properties",
    )


def property_name_too_long(param: str, name: str, maximum: int) -> ApiError:
    """Measured for ``metadata``: the sentence shortens the name, ``param`` carries it whole."""
    return _refused(
        f"Invalid property name in '{param}': '{shortened(name)}' is too long. Expected a string with maximum length "
        f"{maximum}, but got a string with length {len(name)} instead.",
        f"{param}.{name}",
        "property_name_above_max_length",
    )


# ------------------------------------------------------------------------------------------------ other statuses


def usual_message(status: int) -> tuple[str, str | None, str | None]:
    """What the API says with an error status when nothing else is known: message, type and code.

    401, 404 and 500 as recorded; 403, 429 and 503 as reported; others as the SDK's own exceptions describe them.
    """
    found = _USUAL.get(status)
    if found is not None:
        return found
    if status >= 500:
        return _USUAL[500]
    return "Your request could not be processed.", "invalid_request_error", None


_USUAL: dict[int, tuple[str, str | None, str | None]] = {
    400: ("Your request was malformed or missing some required parameters.", "invalid_request_error", None),
    401: (
        "Incorrect API key provided: fake-key. You can find your API key at https://platform.openai.com/account/api-keys.",
        "invalid_request_error",
        "invalid_api_key",
    ),
    403: ("You have insufficient permissions for this operation.", "invalid_request_error", None),
    404: ("The requested resource was not found.", "invalid_request_error", None),
    408: ("Request timed out.", "server_error", None),
    409: ("The resource was updated by another request.", "invalid_request_error", None),
    413: ("Maximum content size limit exceeded.", "invalid_request_error", None),
    422: ("Unable to process the request despite the format being correct.", "invalid_request_error", None),
    429: ("Rate limit reached for requests. Please try again in 20s.", "requests", "rate_limit_exceeded"),
    500: (
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        None,
    ),
    503: ("The engine is currently overloaded, please try again later.", "server_error", None),
}


# ------------------------------------------------------------------------------------------------ voices


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
            return _bound(spell(path), kind, "below minimum", value, minimum)
        assert maximum is not None
        return _bound(spell(path), kind, "above maximum", value, maximum)

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


class _OlderVoice(Voice):
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
    def wrong_tag(self, path: Path, tag: str, value: dict[str, Any], tags: Sequence[str]) -> ApiError:
        inner = (*path, tag)
        return self.wrong_value(inner, value[tag], tags) if tag in value else self.missing(inner)

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


def said_twice(body: dict[str, Any]) -> dict[str, Any]:
    """An error body as the files API sends it: with message and code once more as ``detail``. Recorded."""
    error: dict[str, Any] = body["error"]
    return {**body, "detail": {"message": error["message"], "code": error["code"]}}


class DetailedError(ApiError):
    """An error of the files API, which says it twice."""

    @property
    @override
    def body(self) -> dict[str, Any]:
        return said_twice(super().body)


class _FormVoice(Voice):
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
    def wrong_tag(self, path: Path, tag: str, value: dict[str, Any], tags: Sequence[str]) -> ApiError:
        inner = (*path, tag)
        return self.wrong_value(inner, value[tag], tags) if tag in value else self.missing(inner)

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


def one_of(words: Iterable[str]) -> str:
    """``one of 'a', 'b', or 'c'``, as the API names an enumeration in a sentence about types."""
    names = [f"'{shortened(word)}'" for word in words]
    return f"one of {listed(names, 'or')}" if len(names) > 1 else names[0]


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
