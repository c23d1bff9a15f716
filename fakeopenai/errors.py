"""What the test author did wrong (our own errors), and what the API says (real openai errors, as JSON).

Ours derive from ``AssertionError``: neither a retry loop nor an ``except openai.OpenAIError`` swallows them, so the
test fails. Each carries structured fields beside its text. What the API would refuse is an ``ApiError``: a signal
that the backend turns into the wire form of an error answer, from which the SDK builds its own exception.

Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = [
    "ApiError",
    "CallAssertionError",
    "FakeOpenAIError",
    "NetworkBlocked",
    "ScriptExhausted",
    "UnconsumedReplies",
    "UnknownField",
    "UnsatisfiableSchema",
    "UnscriptedCall",
    "UnsupportedOperation",
    "UsageError",
    "nearest",
]


class FakeOpenAIError(AssertionError):
    """Base of every error that only the author of a test can have caused.

    Attributes:
        operation: dotted name of the API operation that was called or configured: ``"chat.completions.create"``.
    """

    def __init__(self, message: str, *, operation: str | None = None) -> None:
        super().__init__(message)
        self.operation = operation


class UsageError(FakeOpenAIError, TypeError):
    """The fake itself was used wrongly: a reply of the wrong kind, ``returns()`` with nothing, an unknown argument."""


class CallAssertionError(FakeOpenAIError):
    """An assertion on the recorded calls does not hold (``assert_called_once()``, ``assert_called_with(...)``...).

    Attributes:
        expected: the expected parameters, a list of them, or the expected number of calls; None if there is none.
        calls: the calls that were looked at.
        nearest: the one of them that comes nearest to what was expected, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        expected: Any = None,
        calls: Iterable[Any] = (),
        nearest: Any = None,
    ) -> None:
        super().__init__(message, operation=operation)
        self.expected = expected
        self.calls = tuple(calls)
        self.nearest = nearest


class ScriptExhausted(FakeOpenAIError):
    """Every scripted reply has been used and the code under test called once more.

    Attributes:
        request: the request that found no reply.
        replies: how many replies had been scripted.
    """

    def __init__(self, message: str, *, operation: str | None = None, request: Any = None, replies: int = 0) -> None:
        super().__init__(message, operation=operation)
        self.request = request
        self.replies = replies


class UnscriptedCall(FakeOpenAIError):
    """A call that no script answers, where defaults are switched off."""


class UnconsumedReplies(FakeOpenAIError):
    """Replies were scripted and never used (``fake.assert_complete()``).

    Attributes:
        unused: one line for each reply that is left.
    """

    def __init__(self, message: str, *, unused: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.unused = tuple(unused)


class UnknownField(FakeOpenAIError):
    """A partial response names a field that the response type does not have.

    Attributes:
        type_name: the response type, such as ``"ChatCompletionMessage"``.
        field: the unknown key.
        suggestion: the nearest real field, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        type_name: str,
        field: str,
        suggestion: str | None = None,
        operation: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation)
        self.type_name = type_name
        self.field = field
        self.suggestion = suggestion


class UnsupportedOperation(FakeOpenAIError, NotImplementedError):
    """The fake has no behaviour of its own for this operation, and nothing was scripted for it."""


class UnsatisfiableSchema(FakeOpenAIError):
    """No value was found for a JSON Schema that an answer has to obey: it contradicts itself, or refers nowhere.

    Attributes:
        path: where in the schema, as a JSON pointer such as ``"#/properties/city"``.
        reason: what can't be met there.
    """

    def __init__(self, message: str, *, path: str, reason: str, operation: str | None = None) -> None:
        super().__init__(message, operation=operation)
        self.path = path
        self.reason = reason


class NetworkBlocked(FakeOpenAIError):
    """Something tried to reach the network through a fake client."""


class ApiError(Exception):
    """The API refuses a request. Raised by validation and by operations; the SDK's own exception is made from it.

    Args:
        status: HTTP status, such as 400 or 404.
        message: the API's text, in its own words.
        type: the API's error type; by default the usual one for the status.
        param: the parameter at fault, such as ``"messages[0].role"``.
        code: the API's error code.
        headers: further response headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str | None = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body of the answer: ``{"error": {...}}``."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be, or None.

    Example:
        >>> nearest("contnt", ["role", "content"])
        'content'
    """
    import difflib  # only a mistake needs it

    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None
