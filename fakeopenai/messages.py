"""The API's refusals in the API's words, in one place: a maker for each kind.

The functions make one error each (always status 400, ``invalid_request_error``), for validation and for operations
alike. Which of them one part of the API uses for its parameters, and where it speaks otherwise, is in `voices`.

Sources: "recorded" is an exchange with the API in public test recordings (2025 and 2026), "measured" a public series
of probes of the API from August 2026, one fault at a time, and "reported" an error body that public issues quote.

Imports errors only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from typing_extensions import override

from .errors import ApiError

__all__ = [
    "DetailedError",
    "Path",
    "array_too_long",
    "array_too_short",
    "beyond_bound",
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
    "one_of",
    "pattern_mismatch",
    "property_name_too_long",
    "quoted",
    "said_twice",
    "spell",
    "string_too_long",
    "too_many_properties",
    "unknown_parameter",
    "unsupported_parameter",
    "usual_message",
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


def one_of(words: Iterable[str]) -> str:
    """``one of 'a', 'b', or 'c'``, as the API names an enumeration in a sentence about types."""
    names = [f"'{shortened(word)}'" for word in words]
    return f"one of {listed(names, 'or')}" if len(names) > 1 else names[0]


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


def beyond_bound(param: str, kind: str, side: str, value: float, bound: float) -> ApiError:
    """A number ``below minimum`` or ``above maximum``; ``kind`` is ``integer`` or ``decimal``."""
    sign, code = (">=", "below_min") if side == "below minimum" else ("<=", "above_max")
    found = json.dumps(value)
    return _refused(
        f"Invalid '{param}': {kind} {side} value. Expected a value {sign} {bound:g}, but got {found} instead.",
        param,
        f"{kind}_{code}_value",
    )


def integer_below_min(param: str, value: float, minimum: float) -> ApiError:
    """Reported for ``max_tokens``, measured for ``n``."""
    return beyond_bound(param, "integer", "below minimum", value, minimum)


def integer_above_max(param: str, value: float, maximum: float) -> ApiError:
    """Measured for ``n``."""
    return beyond_bound(param, "integer", "above maximum", value, maximum)


def decimal_below_min(param: str, value: float, minimum: float) -> ApiError:
    """Recorded for ``temperature``."""
    return beyond_bound(param, "decimal", "below minimum", value, minimum)


def decimal_above_max(param: str, value: float, maximum: float) -> ApiError:
    """Recorded for ``temperature``."""
    return beyond_bound(param, "decimal", "above maximum", value, maximum)


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
