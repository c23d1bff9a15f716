"""What has been called: the record of each call, the logs that hold them, and the assertions on those.

A `Call` is a detached, read-only record that keeps JSON snapshots; parameters and responses are made from them when
somebody looks. The backend creates records and fills in how they ended (the methods with an underscore). Comparing and
laying out differences is done in `matching` and `diff`. Imports leaves only.
"""

# pyright: reportPrivateUsage=false
# (A record, its file parts and its log are one thing in three classes.)

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

import pydantic

from .errors import CallAssertionError, UsageError, nearest
from .matching import is_omitted, matches, unknown_params
from .operation import Operation, find, operations
from .snapshot import freeze, thaw
from .stringify import answer_line, cut, is_array, is_object, masked_header, params_line, times

if TYPE_CHECKING:
    from builtins import property as frozen
else:

    class frozen(property):  # noqa: N801 - it takes the place of property
        """A property whose refusal says why."""

        def __set__(self, instance, value):  # noqa: ANN001, ANN204
            raise AttributeError("a recorded call is frozen: it says what was called, and can't be changed")

        def __delete__(self, instance):  # noqa: ANN001, ANN204
            self.__set__(instance, None)


__all__ = ["Call", "CallLog", "Headers", "RecordedFile", "file_params", "no_such_attribute"]

_LISTED = 10
"""How many calls an error message lists."""


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
        return None if self._response is None else _typed(self._operation, thaw(self._response))

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
        if self._response is not None:
            return f"-> {answer_line(thaw(self._response))}"
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


class CallLog(Sequence[Call]):
    """The calls of an account, or those of one of its operations, in order.

    A sequence of `Call` that grows as calls are made. The assertions fail with `CallAssertionError`, which shows the
    call that comes nearest. Their keyword arguments are a *subset* of the parameters: what isn't named doesn't matter.
    Values are compared with ``==``, so ``mock.ANY`` and dirty-equals work; ``openai.NOT_GIVEN`` expects that a
    parameter was not sent.

    Slices and `filter` give a log of its own, which does not grow.
    """

    __slots__ = ("_calls", "_name", "_views", "_whole")
    __hash__ = None  # type: ignore[assignment] # it changes

    def __init__(self, calls: Iterable[Call] = (), *, name: str | None = None) -> None:
        self._calls = list(calls)
        self._name = name
        self._views: dict[str, CallLog] = {}
        self._whole: CallLog | None = None

    # ---- a sequence

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> CallLog: ...
    def __getitem__(self, index: int | slice) -> Call | CallLog:
        if isinstance(index, slice):
            return CallLog(self._calls[index], name=self._name)
        try:
            return self._calls[index]
        except IndexError:
            raise IndexError(
                f"calls[{index}]: {self._subject} was called {times(len(self))}{_listing(self)}"
                if self._calls
                else f"calls[{index}]: {self._subject} was never called"
            ) from None

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls.copy())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CallLog):
            return self._calls == other._calls
        return self._calls == other if isinstance(other, list) else NotImplemented

    def __repr__(self) -> str:
        calls = "call" if len(self) == 1 else "calls"
        return f"<CallLog {self._name or 'of everything'}: {len(self)} {calls}{_listing(self)}>"

    # ---- reading

    @property
    def called(self) -> bool:
        """Whether there is any call."""
        return bool(self._calls)

    @property
    def call_count(self) -> int:
        """The number of calls."""
        return len(self._calls)

    @property
    def last(self) -> Call | None:
        """The last call; None if there is none."""
        return self._calls[-1] if self._calls else None

    def filter(self, **subset: Any) -> CallLog:
        """The calls that have these parameters, as a log of its own."""
        __tracebackhide__ = True
        self._check_names(subset, "filter()")
        return CallLog((call for call in self if matches(subset, call._matchable())), name=self._name)

    def view(self, operation: str) -> CallLog:
        """The calls of one operation, such as ``"files.create"``: a log that grows with this one.

        Raises:
            UsageError: there is no such operation.
        """
        found = self._views.get(operation)
        if found is None:
            if find(operation) is None:
                suggestion = nearest(operation, operations())
                hint = f"; did you mean {suggestion!r}?" if suggestion else "."
                raise UsageError(f"There is no API operation {operation!r}{hint}")
            found = self._view(operation)
        return found

    def clear(self) -> None:
        """Forget these calls. Those of one operation are forgotten in the log of everything as well, and vice versa."""
        self._calls.clear()
        for view in self._views.values():
            view._calls.clear()
        if self._whole is not None:
            others = [call for call in self._whole._calls if call.operation != self._name]
            self._whole._calls[:] = others

    # ---- assertions

    def assert_called(self) -> None:
        """Fail unless there is a call."""
        __tracebackhide__ = True
        if not self._calls:
            raise self._never("at least once")

    def assert_not_called(self) -> None:
        """Fail if there is a call."""
        __tracebackhide__ = True
        if self._calls:
            raise self._failure(
                f"Expected {self._subject} not to be called, but it was called {times(len(self))}:{_listing(self)}",
                expected=0,
            )

    def assert_called_once(self) -> None:
        """Fail unless there is exactly one call."""
        __tracebackhide__ = True
        self.assert_call_count(1)

    def assert_call_count(self, count: int, /) -> None:
        """Fail unless there are exactly that many calls."""
        __tracebackhide__ = True
        if len(self) == count:
            return
        if not count:
            self.assert_not_called()
        if not self._calls:
            raise self._never(f"exactly {times(count)}", count)
        raise self._failure(
            f"Expected {self._subject} to be called exactly {times(count)}, "
            f"but it was called {times(len(self))}:{_listing(self)}",
            expected=count,
        )

    def assert_called_with(self, **subset: Any) -> None:
        """Fail unless the *last* call has these parameters; for any call, see `assert_any_call`."""
        __tracebackhide__ = True
        self._check_names(subset, "assert_called_with()")
        if not self._calls:
            raise self._never(f"with {_described(subset)}", subset)
        if matches(subset, self._calls[-1]._matchable()):
            return
        hint = "".join(
            f"\n\ncalls[{index}] matches; assert_any_call() accepts any call, assert_called_with() only the last."
            for index in self._matching(subset)[-1:]
        )
        raise self._differing(subset, len(self) - 1, f"the last call of {self._subject}", hint)

    def assert_called_once_with(self, **subset: Any) -> None:
        """Fail unless there is exactly one call, and it has these parameters."""
        __tracebackhide__ = True
        self._check_names(subset, "assert_called_once_with()")
        if not self._calls:
            raise self._never(f"exactly once, with {_described(subset)}", subset)
        matching = self._matching(subset)
        if len(self) > 1:
            raise self._failure(
                f"Expected {self._subject} to be called exactly once, with {_described(subset)}, but it was called "
                f"{times(len(self))}, {times(len(matching)) if matching else 'never'} like that:"
                f"{_listing(self, names=subset)}",
                expected=dict(subset),
            )
        if not matching:
            raise self._differing(subset, 0, f"the only call of {self._subject}")

    def assert_any_call(self, **subset: Any) -> None:
        """Fail unless some call has these parameters."""
        __tracebackhide__ = True
        self._check_names(subset, "assert_any_call()")
        if not self._calls:
            raise self._never(f"with {_described(subset)}", subset)
        if not self._matching(subset):
            index = _nearest(subset, self)
            raise self._differing(subset, index, f"a call of {self._subject}")

    def assert_has_calls(self, calls: Iterable[Mapping[str, Any]], /, any_order: bool = False) -> None:
        """Fail unless these calls were made one right after the other, as ``unittest.mock`` has it.

        Args:
            calls: the expected parameters of each call, a subset of its own.
            any_order: whether it is enough that they were made at all, in whatever order. Each needs a call to itself.
        """
        __tracebackhide__ = True
        expected = [self._checked(subset, index) for index, subset in enumerate(calls)]
        sent = [call._matchable() for call in self]
        if any_order:
            left_over = _unassigned(expected, sent)
            if left_over is not None:
                raise self._missing(expected, left_over)
        elif expected:
            runs = [_run(expected, sent, start) for start in range(len(sent))]
            longest = max(runs, default=0)
            if longest < len(expected):
                raise self._broken_off(expected, longest, runs.index(longest) if runs else 0)

    # ---- how they fail

    @property
    def _subject(self) -> str:
        return self._name or "the API"

    def _failure(self, message: str, *, expected: Any = None, nearest: Call | None = None) -> CallAssertionError:
        return CallAssertionError(message, operation=self._name, expected=expected, calls=self, nearest=nearest)

    def _never(self, how: str, expected: Any = None) -> CallAssertionError:
        return self._failure(
            f"Expected {self._subject} to be called {how}, but it never was.{self._elsewhere()}", expected=expected
        )

    def _elsewhere(self) -> str:
        """What was called instead."""
        if self._whole is None:
            return ""
        counts: dict[str, int] = {}
        for call in self._whole:
            counts[call.operation] = counts.get(call.operation, 0) + 1
        called = ", ".join(f"{name} ({times(count)})" for name, count in counts.items())
        return f"\nCalled on this fake: {called or 'nothing'}."

    def _differing(self, subset: Mapping[str, Any], index: int, what: str, hint: str = "") -> CallAssertionError:
        """The error for one call that is not as expected."""
        several = what.startswith("a call")
        which = self._which(index) + (" comes nearest" if several and len(self) > 1 else "")
        others = _listing(self, names=subset, without=index)
        return self._failure(
            f"Expected {what} with {_described(subset)}, but {'no call has these' if several else 'it has others'}.\n\n"
            f"{which} {_diff(subset, self._calls[index])}" + (f"\n\nThe other calls:{others}" if others else "") + hint,
            expected=dict(subset),
            nearest=self._calls[index],
        )

    def _broken_off(self, expected: list[Mapping[str, Any]], found: int, start: int) -> CallAssertionError:
        """The error for a row of calls of which only the first ``found`` were made, from ``start`` on."""
        head = self._head(expected, ", one right after the other")
        if not self._calls:
            return self._failure(f"{head}but it was never called.{self._elsewhere()}", expected=expected)
        if not found:
            index = _nearest(expected[0], self)
            text = f"but number 1 was never made.\n\n{self._which(index)} comes nearest"
        else:
            index = start + found
            text = f"but after number {found}, which is calls[{index - 1}],"
            if index == len(self):
                return self._failure(f"{head}{text} no call follows:{_listing(self)}", expected=expected)
            text = f"{text} another follows.\n\n{self._which(index)}"
        call = self._calls[index]
        return self._failure(f"{head}{text} {_diff(expected[found], call)}", expected=expected, nearest=call)

    def _missing(self, expected: list[Mapping[str, Any]], which: int) -> CallAssertionError:
        """The error for calls expected in any order, of which one finds no call of its own."""
        head = self._head(expected, ", in any order")
        if not self._calls:
            return self._failure(f"{head}but it was never called.{self._elsewhere()}", expected=expected)
        matching = self._matching(expected[which])
        if matching:
            text = f"but no call is left for number {which + 1}: what matches it is needed for another:{_listing(self)}"
            return self._failure(head + text, expected=expected, nearest=self._calls[matching[0]])
        index = _nearest(expected[which], self)
        call = self._calls[index]
        text = f"but number {which + 1} was never made.\n\n{self._which(index)} comes nearest"
        return self._failure(f"{head}{text} {_diff(expected[which], call)}", expected=expected, nearest=call)

    def _head(self, expected: Sequence[Mapping[str, Any]], how: str) -> str:
        what = f"these calls of {self._subject}{how}" if len(expected) > 1 else f"this call of {self._subject}"
        lines = [f"  {number}. {_described(subset)}" for number, subset in enumerate(expected, 1)]
        return "\n".join([f"Expected {what}:", *lines, ""])

    def _which(self, index: int) -> str:
        return f"calls[{index}]" if self._name else f"calls[{index}], {self._calls[index].operation},"

    # ---- details

    def _append(self, call: Call) -> None:
        """Record a call, here and in the other log that it belongs to."""
        whole = self._whole
        if whole is None:
            self._view(call._operation.name)._append(call)
        else:
            self._calls.append(call)
            whole._calls.append(call)

    def _view(self, name: str) -> CallLog:
        view = self._views.get(name)
        if view is None:
            view = CallLog((call for call in self if call.operation == name), name=name)
            view._whole = self
            view = self._views.setdefault(name, view)
        return view

    def _matching(self, subset: Mapping[str, Any]) -> list[int]:
        return [index for index, call in enumerate(self) if matches(subset, call._matchable())]

    def _checked(self, subset: Any, index: int) -> Mapping[str, Any]:
        if not is_object(subset):
            raise UsageError(
                f"assert_has_calls() takes the expected parameters of each call as a dict, such as "
                f'{{"model": "gpt-5"}}; item {index} is {cut(repr(subset), 60)}.'
            )
        self._check_names(subset, "assert_has_calls()")
        return subset

    def _check_names(self, names: Iterable[str], where: str) -> None:
        """Refuse a parameter that no operation here has and no call here sent (by ``extra_body``): it can't match."""
        of_name = find(self._name) if self._name and not self._calls else None
        of_calls = {call._operation for call in self} or ({of_name} if of_name else set[Operation]())
        for name in names:
            guesses = [guess for operation in of_calls for _, guess in unknown_params(operation, [name])]
            if not guesses or len(guesses) < len(of_calls) or any(name in call._matchable() for call in self):
                continue
            suggestion = next(filter(None, guesses), None)
            raise UsageError(
                f"{where}: {self._name or 'no operation that was called'} has {'no' if self._name else 'a'} parameter "
                f"{name!r}{f'; did you mean {suggestion!r}?' if suggestion else ', and no call sent one.'}",
                operation=self._name,
            )

    if not TYPE_CHECKING:  # a type checker shall know the attributes that there are

        def __getattr__(self, name):  # noqa: ANN001, ANN204
            raise no_such_attribute(self, name)


def _described(subset: Mapping[str, Any]) -> str:
    """Expected parameters in one line."""
    sent = {name: value for name, value in subset.items() if not is_omitted(value)}
    parts = [params_line(sent, 200)] if sent else []
    parts += [f"{name} not sent" for name in subset if name not in sent]
    return ", ".join(parts) or "any parameters"


def _nearest(subset: Mapping[str, Any], calls: Iterable[Call]) -> int:
    from .diff import nearest_params  # only a failure needs it

    return nearest_params(subset, [call._matchable() for call in calls])


def _diff(subset: Mapping[str, Any], call: Call) -> str:
    from .diff import diff_lines

    return "\n".join(["(- expected, + sent):", *diff_lines(subset, call._matchable())])


def _listing(log: CallLog, *, names: Iterable[str] = (), without: int | None = None) -> str:
    """One line for each call, each after a line break; only so many."""
    calls = [(index, call) for index, call in enumerate(log) if index != without]
    lines = [
        f"\n  calls[{index}]: {'' if log._name else f'{call.operation} '}{call._line(names)}".rstrip()
        for index, call in calls[:_LISTED]
    ]
    if len(calls) > _LISTED:
        lines.append(f"\n  ... and {len(calls) - _LISTED} more")
    return "".join(lines)


def _run(expected: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]], start: int) -> int:
    """How many of the expected calls were made in a row from ``start`` on."""
    length = 0
    for subset, params in zip(expected, sent[start : start + len(expected)], strict=False):
        if not matches(subset, params):
            break
        length += 1
    return length


def _unassigned(expected: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]]) -> int | None:
    """The first expected call that can't have a call to itself; None if all can.

    A loose expectation must not take the only call that a stricter one matches, hence the re-assignment (a maximum
    bipartite matching by augmenting paths).
    """
    fitting = [[index for index, params in enumerate(sent) if matches(subset, params)] for subset in expected]
    taken: dict[int, int] = {}

    def assign(wanted: int, tried: set[int]) -> bool:
        for index in fitting[wanted]:
            if index not in tried:
                tried.add(index)
                if index not in taken or assign(taken[index], tried):
                    taken[index] = wanted
                    return True
        return False

    return next((wanted for wanted in range(len(expected)) if not assign(wanted, set())), None)


_INSTEAD = {
    "any_call": "assert_any_call(...)",
    "assert_awaited": "assert_called(): the calls of asynchronous clients are in the same log",
    "assert_awaited_once": "assert_called_once()",
    "assert_awaited_with": "assert_called_with(...)",
    "assert_awaited_once_with": "assert_called_once_with(...)",
    "assert_any_await": "assert_any_call(...)",
    "assert_has_awaits": "assert_has_calls([...])",
    "assert_not_awaited": "assert_not_called()",
    "await_count": "call_count",
    "call_args": "last.params",
    "call_args_list": "[call.params for call in calls]",
    "called_once": "assert_called_once()",
    "called_once_with": "assert_called_once_with(...)",
    "called_with": "assert_called_with(...)",
    "has_calls": "assert_has_calls([...])",
    "mock_calls": "[call.params for call in calls]",
    "not_called": "assert_not_called()",
    "reset_mock": "clear()",
}
"""Names of unittest.mock, and names that it would accept in silence, with what to write here."""


def no_such_attribute(owner: object, name: str) -> AttributeError:
    """The error for an attribute that a log or a handle doesn't have; it says what to write instead."""
    # The class is asked: dir() of the object itself looks for attributes, and would come back here.
    instead = _INSTEAD.get(name) or nearest(name, [known for known in dir(type(owner)) if not known.startswith("_")])
    hint = f"; did you mean {instead}?" if instead else ""
    return AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}{hint}", name=name, obj=owner)
