"""The record of one call: what was asked and what came of it.

A `Call` is detached and read-only; it keeps JSON snapshots, from which parameters and responses are made when somebody
looks. The backend creates it and fills in how it ended (the methods with an underscore). Rows of calls are in `log`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pydantic

from ..operation import Operation
from ..snapshot import freeze, thaw
from ..stringify import answer_line, is_array, is_object, masked_header, params_line

if TYPE_CHECKING:
    from builtins import property as frozen
else:

    class frozen(property):  # noqa: N801 - it takes the place of property
        """A property whose refusal says why."""

        def __set__(self, instance, value):  # noqa: ANN001, ANN204
            raise AttributeError("a recorded call is frozen: it says what was called, and can't be changed")

        def __delete__(self, instance):  # noqa: ANN001, ANN204
            self.__set__(instance, None)


__all__ = ["Call", "Headers", "RecordedFile", "file_params"]


class Headers(Mapping[str, str]):
    """The headers of a recorded call. Names are found in any case; credentials are masked."""

    __slots__ = ("_values",)

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): (name, masked_header(name, str(value))) for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()][1]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Headers {dict(self)!r}>"


class RecordedFile:
    """A file that was uploaded.

    It equals what may be passed to upload it: its bytes, or a ``(filename, content)`` or ``(filename, content,
    content_type)`` tuple. So ``assert_called_with(file=b"...")`` works.

    """

    __slots__ = ("_parts",)
    __hash__ = None  # type: ignore[assignment] # it equals bytes and tuples, whose hashes differ

    def __init__(self, filename: str | None, content: bytes, content_type: str | None = None) -> None:
        self._parts = (filename, content, content_type)

    @frozen
    def filename(self) -> str | None:
        """The file's name, as sent."""
        return self._parts[0]

    @frozen
    def content(self) -> bytes:
        """The file's bytes."""
        return self._parts[1]

    @frozen
    def content_type(self) -> str | None:
        """The media type, as sent."""
        return self._parts[2]

    @frozen
    def size(self) -> int:
        """Number of bytes."""
        return len(self._parts[1])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RecordedFile):
            return self._parts == other._parts
        if isinstance(other, bytes | bytearray):
            return self._parts[1] == other
        if isinstance(other, tuple):
            length = len(other)  # pyright: ignore[reportUnknownArgumentType]
            return length in {2, 3} and self._parts[:length] == other
        return NotImplemented

    def __repr__(self) -> str:
        kind = f", {self.content_type}" if self.content_type else ""
        return f"<RecordedFile {self.filename!r}, {self.size:,} bytes{kind}>"


def file_params(files: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Uploaded files by the name of their parameter: a `RecordedFile`, or a list of them where several were sent.

    Args:
        files: ``(field, (filename, content, content_type))``, or ``(field, content)``.
    """
    found: dict[str, Any] = {}
    for field, upload in files:
        name = field.removesuffix("[]")
        several = field.endswith("[]")
        file = _recorded_file(upload)
        if name not in found:
            found[name] = [file] if several else file
        elif isinstance(found[name], list):
            found[name].append(file)
        else:
            found[name] = [found[name], file]
    return found


def _recorded_file(upload: Any) -> RecordedFile:
    parts: Sequence[Any] = upload if is_array(upload) else (None, upload)
    filename, content, kind = (*parts, None)[:3]
    return RecordedFile(filename, content.encode() if isinstance(content, str) else bytes(content or b""), kind)


class Call:
    """One call of the API, as it was made. Read-only, and detached: nothing that happens later changes it.

    Whatever you read from it (``params``, ``response``...) is a fresh object each time.
    """

    __slots__ = (
        "_adds_up",
        "_attempts",
        "_content",
        "_duration",
        "_error",
        "_files",
        "_headers",
        "_operation",
        "_request_id",
        "_response",
        "_route",
        "_snapshot",
        "_started_at",
        "_stream",
    )

    def __init__(
        self,
        operation: Operation,
        snapshot: bytes | None,
        *,
        path_params: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
        files: Iterable[tuple[str, Any]] = (),
        stream: bool = False,
        started_at: float = 0.0,
    ) -> None:
        """Record a call. This is on the path of every call, so it copies as little as it can.

        Args:
            operation: what is called.
            snapshot: ``freeze(body)``, or None if there is no body.
            path_params: values of the path template; copied.
            query: query parameters; copied.
            headers: as sent, or a function that gives them when somebody asks. Kept as they are: hand over your own.
            files: uploads as ``(field, (filename, content, content_type))``.
            stream: whether an event stream was asked for.
            started_at: unix seconds.
        """
        self._operation = operation
        self._snapshot = snapshot
        self._route = freeze((path_params or {}, query or {})) if path_params or query else None
        self._headers = headers
        self._files = file_params(files) if files else None
        self._stream = stream
        self._started_at = started_at
        self._attempts = 1
        self._response: bytes | None = None
        self._adds_up: Callable[[], Any] | None = None
        self._content: bytes | None = None
        self._error: BaseException | None = None
        self._duration: float | None = None
        self._request_id: str | None = None

    # ---- what was asked

    @frozen
    def operation(self) -> str:
        """The path of the method on the client, such as ``"chat.completions.create"``."""
        return self._operation.name

    @frozen
    def params(self) -> dict[str, Any]:
        """All parameters as the API would get them: path, query and body, merged."""
        path_params, query = self._thawed_route()
        body = self.body
        return {**path_params, **query, **(body if is_object(body) else {})}

    @frozen
    def path_params(self) -> dict[str, Any]:
        """The parameters in the path, such as ``{"file_id": "file-abc"}``."""
        return self._thawed_route()[0]

    @frozen
    def query(self) -> dict[str, Any]:
        """The query parameters."""
        return self._thawed_route()[1]

    @frozen
    def body(self) -> Any:
        """The JSON body (of an upload: the form's fields without the files), or None."""
        return None if self._snapshot is None else thaw(self._snapshot)

    @frozen
    def headers(self) -> Headers:
        """The request's headers, found by name in any case. Credentials are masked."""
        headers = self._headers
        if not isinstance(headers, Headers):
            headers = self._headers = Headers((headers() if callable(headers) else headers) or {})
        return headers

    @frozen
    def files(self) -> dict[str, RecordedFile]:
        """Uploaded files by parameter: ``files["file"]``; where several were sent, ``files["image[0]"]`` and so on."""
        found: dict[str, RecordedFile] = {}
        for name, file in (self._files or {}).items():
            if is_array(file):
                found.update((f"{name}[{index}]", each) for index, each in enumerate(file))
            else:
                found[name] = file
        return found

    @frozen
    def stream(self) -> bool:
        """Whether an event stream was asked for."""
        return self._stream

    @frozen
    def started_at(self) -> float:
        """When the call began, in unix seconds on the fake's clock."""
        return self._started_at

    # ---- what came of it

    @frozen
    def attempts(self) -> int:
        """How often it was sent: 1, and one more for each retry of the SDK."""
        return self._attempts

    @frozen
    def response(self) -> Any:
        """The answer as the SDK's type, made anew from its JSON; of a stream, the whole that its events add up to.

        Lists are the first page, detached from any client. Files and audio are ``bytes``. A malformed answer (made by
        ``raw()``) is given as the SDK would give it, unchecked. None if the call failed or has not been answered yet.
        """
        if self._content is not None:
            return self._content
        body = self._body()
        return None if body is None else _typed(self._operation, body)

    @frozen
    def error(self) -> BaseException | None:
        """The exception that the call ended with; None if it was answered."""
        return self._error

    @frozen
    def duration(self) -> float | None:
        """How long it took in seconds, on the fake's clock; None until it has ended."""
        return self._duration

    @frozen
    def request_id(self) -> str | None:
        """The ``x-request-id`` of the answer."""
        return self._request_id or getattr(self._error, "request_id", None)

    @frozen
    def summary(self) -> str:
        """The call in one line, cut to fit: ``chat.completions.create model='gpt-5' messages=[1: 'Hi'] -> 'Hello'``."""
        return f"{self.operation} {self._line()}".rstrip()

    def __repr__(self) -> str:
        return f"<Call {self.summary}>"

    def __copy__(self) -> Call:
        return self  # it is frozen; and the exception that it may hold could not be copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Call:
        return self

    def __getstate__(self) -> Any:
        """To be pickled, with the headers themselves in place of the client that knows them."""
        return None, {name: self.headers if name == "_headers" else getattr(self, name) for name in self.__slots__}

    # ---- for the backend

    def _attempt(self) -> None:
        """The SDK sends the request once more."""
        self._attempts += 1
        self._error = None

    def _finish(
        self, response: bytes | None, request_id: str | None, duration: float, *, content: bytes | None = None
    ) -> None:
        """The call has been answered, with ``freeze(JSON)`` or with the content of a file."""
        self._response = response
        self._content = content
        self._request_id = request_id
        self._duration = duration
        self._error = None

    def _told(self, adds_up: Callable[[], Any]) -> None:
        """The answer comes in events that a test has made; this is how to know what they add up to by now."""
        self._adds_up = adds_up

    def _body(self) -> Any:
        if self._response is not None:
            return thaw(self._response)
        return None if self._adds_up is None or self._error is not None else self._adds_up()

    def _took(self, duration: float) -> None:
        """The answer took so long to come."""
        self._duration = duration

    def _fail(self, error: BaseException, duration: float) -> None:
        """The call has failed, or its stream has."""
        self._error = error
        self._duration = duration
        self._response = self._content = None

    # ---- for the log

    def _thawed_route(self) -> tuple[dict[str, Any], dict[str, Any]]:
        if self._route is None:
            return {}, {}
        path_params, query = thaw(self._route)
        return path_params, query

    def _matchable(self) -> dict[str, Any]:
        """Everything that an assertion may name: the parameters, and uploaded files under theirs."""
        return {**self.params, **self._files} if self._files else self.params

    def _line(self, names: Iterable[str] = ()) -> str:
        """Parameters and outcome in one line; only the named parameters, if any are."""
        params = self._matchable()
        named = list(names)
        if named and params.keys().isdisjoint(named):
            line = f"({' and '.join(named)} not sent)"
        else:
            line = params_line({name: params[name] for name in named if name in params} or params)
        return f"{line} {self._outcome()}".strip()

    def _outcome(self) -> str:
        if self._error is not None:
            status = getattr(self._error, "status_code", None)
            return f"-> {type(self._error).__name__}{f' {status}' if status else ''}"
        if self._content is not None:
            return f"-> {answer_line(self._content)}"
        if (body := self._body()) is not None:
            return f"-> {answer_line(body)}"
        return "" if self._duration is None else "-> nothing"


def _typed(operation: Operation, body: Any) -> Any:
    """An answer's JSON as the type that the SDK gives."""
    try:
        kind, adapter = _adapter(operation)
    except (ImportError, AttributeError):  # the installed SDK lacks the type
        return body
    try:
        return adapter.validate_python(body)
    except pydantic.ValidationError:
        construct = getattr(kind, "construct", None)
        return construct(None, **body) if construct is not None and is_object(body) else body


@functools.cache
def _adapter(operation: Operation) -> tuple[Any, pydantic.TypeAdapter[Any]]:
    kind = operation.page_type or operation.response_type
    return kind, pydantic.TypeAdapter(kind)
