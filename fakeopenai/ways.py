"""The three ways from a call to its `Request`, and from the `Answer` back: direct, sdk, wire. And when each is open.

- **wire** is the reference: the SDK's whole loop, down to the inert http client (`transport.py`). Always open.
- **sdk**: the SDK's method runs and arrives at ``client.request()``; the answer is made into the model without an http
  response between. Open if nobody has replaced what it skips, nobody asks for the raw response, and the answer is
  plain: no error (retries are the SDK's), no malformed body, no stream that breaks.
- **direct**: not even the SDK's method runs; the arguments are the body. Open if, besides, the method does nothing but
  put them into path, query and body (`Operation.plain`), and all of them are plain JSON of the right types.

Whenever a shorter way meets what it can't deliver, the request it has made is handed on to the longer way together
with its answer (`Request.pending`), so that a call is answered and recorded once.
"""

from __future__ import annotations

import contextlib
import contextvars
import copy
import functools
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from typing import Any, cast, get_origin

import openai
import pydantic

from . import _sdk
from ._sdk import OMITTED, RAW_RESPONSE_HEADER, FinalRequestOptions, httpx
from .operation import Operation, match, unlisted
from .request import Answer, Request
from .snapshot import plain
from .transport import bare_field, http_response, unbracket

__all__ = [
    "HANDED_ON",
    "UNDELIVERED",
    "UNLISTED",
    "SentHeaders",
    "deliver",
    "handing_on",
    "open_for_sdk",
    "request_of",
    "unpatched",
    "usual_options",
]

UNDELIVERED: Any = object()
"""What `deliver` returns for an answer that only the wire way can deliver."""

HANDED_ON: contextvars.ContextVar[Request | None] = contextvars.ContextVar("fakeopenai_handed_on", default=None)
"""A request that the direct way has already had answered, on its way through the SDK's method to the wire way."""


UNLISTED: contextvars.ContextVar[str | None] = contextvars.ContextVar("fakeopenai_unlisted", default=None)
"""Name of the operation whose method is running, where the operation table doesn't know it."""


@contextlib.contextmanager
def handing_on(request: Request, answer: Answer) -> Generator[None]:
    """While the SDK's own code delivers an answer that a shorter way can't."""
    request.pending = answer
    token = HANDED_ON.set(request)
    try:
        yield
    finally:
        HANDED_ON.reset(token)


# ------------------------------------------------------------------------------------------------ when a way is open


def unpatched(client: Any) -> bool:
    """Whether the shorter ways skip nothing that somebody has put there, on the client's class or the client itself."""
    if client._fake_hooked or client._client.fake_closed:
        return False
    return _sdk.untouched(client.__class__, client._fake_base)


def open_for_sdk(client: Any, cast_to: Any, options: FinalRequestOptions) -> bool:
    """Whether ``client.request()`` may answer without an http response."""
    if not unpatched(client) or client._strict_response_validation:
        return False
    headers = options.headers
    if isinstance(headers, Mapping) and any(name.lower() in _WIRE_HEADERS for name in headers):
        return False
    return cast_to is object or cast_to is type(None) or _sdk.model_type(cast_to) is not None


_WIRE_HEADERS = {RAW_RESPONSE_HEADER.lower(), "____stainless_override_cast_to"}


# ------------------------------------------------------------------------------------------------ sdk: from options


def request_of(client: Any, cast_to: Any, options: FinalRequestOptions, *, stream: bool) -> Request | None:
    """The request in the SDK's options; None if it is none of the API's, or can't be sent: the wire way then says so.

    A path that the table hasn't, with a response type of the SDK's own, is an operation newer than the table.
    """
    verb = options.method.upper()
    url, _, url_query = options.url.partition("?")
    found = match(verb, options.url, getattr(cast_to, "__name__", None))
    if found is not None:
        operation, path_params = found
    else:
        model = _sdk.model_type(cast_to)
        if model is None or "://" in url:
            return None
        name = UNLISTED.get() or f"{verb.lower()}:{url}"
        operation, path_params = unlisted(name, verb, url, f"{model.__module__}.{model.__qualname__}"), {}
    if "%" in url:
        path_params = {name: _unquote(value) for name, value in path_params.items()}
    given = {**_default_query(client), **options.params}
    query = plain({name: value for name, value in given.items() if not isinstance(value, OMITTED)})
    if url_query:
        import urllib.parse

        written = unbracket(urllib.parse.parse_qsl(url_query))
        query = {**{name: value for name, value in written.items() if name not in dict(operation.path_query)}, **query}
    if not all(map(_can_be_sent, _uploads(options))):
        return None
    fields, files = _parts_of(operation, options)
    headers: Any = functools.partial(_sdk.build_headers, client, options)
    if _sdk.same_headers(options, usual_options(operation)):  # the next page, which a page of ours asks for
        headers = client._fake_headers[operation]
    return Request(
        operation,
        _body_of(operation, options, fields),
        path_params=path_params,
        query=query,
        files=files,
        headers=headers,
        stream=stream,
    )


@functools.cache
def usual_options(operation: Operation) -> FinalRequestOptions:
    """The SDK's options of a call of the operation that passes none of its own; to be copied, not changed."""
    return _sdk.options_for(operation.verb, operation.path, admin=operation.admin, headers=dict(operation.headers))


class SentHeaders(dict[Any, Callable[[], Mapping[str, str]]]):
    """What gives the headers of a call that passes none of its own, for a record to ask when it is read.

    It is found by the operation, or by the operation and the headers that a helper of the SDK adds. By the time that it
    is asked the client may have changed, so these belong to the client as it is: each change gives it new ones.
    """

    def __init__(self, client: Any) -> None:
        super().__init__()
        self._client: Any = client
        self._known: dict[Any, Mapping[str, str]] = {}

    def __missing__(self, key: Any) -> Callable[[], Mapping[str, str]]:
        operation, added = cast("tuple[Operation, Any]", key) if isinstance(key, tuple) else (key, ())
        made = self[key] = functools.partial(self._of, operation, added)
        if self._client._fake_asynchronous:
            made()  # one of the headers names the event loop, which runs now
        return made

    def _of(self, operation: Operation, added: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
        key = (operation.headers, operation.admin, operation.verb == "GET", added)
        found = self._known.get(key)
        if found is None:
            options = copy.copy(usual_options(operation))
            options.headers = {**dict(operation.headers), **dict(added)}
            found = self._known[key] = _sdk.build_headers(self._client, options)
        return found

    def detach(self) -> None:
        """Keep the client as it is now: it is about to change."""
        if self:
            twin: Any = object.__new__(cast("type[Any]", type(self._client)))
            twin.__dict__ = {**self._client.__dict__}
            self._client = twin


def _default_query(client: Any) -> dict[str, Any]:
    """What the client adds to each URL, but for the version of Azure's API, which is no parameter."""
    return {name: value for name, value in client.default_query.items() if name != "api-version"}


def _unquote(value: str) -> str:
    import urllib.parse

    return urllib.parse.unquote(value)


def _body_of(operation: Operation, options: FinalRequestOptions, fields: dict[str, Any]) -> Any:
    body: Any = options.json_data
    content = getattr(options, "content", None)  # openai 2.0 has none
    if isinstance(content, bytes):
        body = bare_field(operation, content)
    extra = options.extra_json
    if extra or fields:
        sent: Mapping[str, Any] = cast("Mapping[str, Any]", body) if isinstance(body, Mapping) else {}
        body = {**sent, **fields, **(extra or {})}
    if body is None or options.files or operation.multipart:
        return plain(body)
    if isinstance(body, bytes):  # JSON that the caller has encoded
        return json.loads(body)
    return json.loads(_sdk.encoded(body))  # raises what the SDK raises for what is no JSON


def _parts_of(
    operation: Operation, options: FinalRequestOptions
) -> tuple[dict[str, Any], list[tuple[str, tuple[str | None, bytes, str | None]]]]:
    """The parts of a multipart request: fields that the SDK has encoded itself, and files, read and put back.

    Files come as ``(field, (filename, content, content type))``.
    """
    fields: dict[str, Any] = {}
    files: list[tuple[str, Any]] = []
    for field, value in _uploads(options):
        name, content, content_type = _file_of(value)
        if isinstance(value, tuple) and name is None and field not in operation.files:
            fields[field] = json.loads(content) if content_type == "application/json" else content.decode()
        else:
            files.append((field, (name or "upload", content, content_type)))  # httpx's name for one that has none
    return fields, files


def _uploads(options: FinalRequestOptions) -> Iterable[tuple[str, Any]]:
    given: Any = options.files
    return cast("Mapping[str, Any]", given).items() if isinstance(given, Mapping) else given or ()


def _can_be_sent(upload: tuple[str, Any]) -> bool:
    """Whether httpx takes this for the content of a part: bytes, text, or a file that was opened for bytes."""
    content = upload[1]
    if isinstance(content, tuple):
        content = cast("tuple[Any, ...]", content)[1]
    return isinstance(content, bytes | str) or (hasattr(content, "read") and not isinstance(content, io.TextIOBase))


def _file_of(value: Any) -> tuple[str | None, bytes, str | None]:
    name: Any = None
    content: Any = value
    content_type: Any = None
    if isinstance(value, tuple):
        parts: tuple[Any, ...] = (*cast("tuple[Any, ...]", value), None)
        name, content, content_type = parts[:3]
    if hasattr(content, "read"):
        if name is None:
            name = getattr(content, "name", None)
        file: Any = content
        position = file.tell() if hasattr(file, "tell") else None
        content = file.read()
        if position is not None and hasattr(file, "seek"):
            file.seek(position)
    if isinstance(content, str):
        content = content.encode()
    if isinstance(name, str):
        name = re.split(r"[\\/]", name)[-1]
    return name if isinstance(name, str) else None, bytes(content), content_type


# ------------------------------------------------------------------------------------------------ back to the caller


def deliver(
    client: Any, request: Request, answer: Answer, cast_to: Any, *, options: Any = None, stream_cls: Any = None
) -> Any:
    """What the SDK would make of this answer, or `UNDELIVERED` if that takes the wire way.

    Args:
        client: the fake client.
        request: the request that was answered.
        answer: its answer.
        cast_to: the response type that the SDK asked for.
        options: the SDK's options, whose ``post_parser`` is applied; None on the direct way.
        stream_cls: the SDK's stream class, if a stream was asked for.
    """
    if answer.fragile or answer.latency or answer.content is not None:
        return UNDELIVERED
    if answer.events is not None:
        return _stream(client, request, answer, stream_cls) if stream_cls is not None else UNDELIVERED
    if request.stream and stream_cls is not None:
        return UNDELIVERED
    if cast_to is object:
        value: Any = answer.body
    elif cast_to is type(None):
        value = None
    else:
        try:
            value = _sdk.validator_of(cast_to)(answer.body)
        except pydantic.ValidationError:
            return UNDELIVERED  # the SDK doesn't validate: its own code shall make of it what it can
    if options is not None and callable(options.post_parser):
        value = options.post_parser(value)
    if isinstance(value, openai.BaseModel):
        _sdk.set_request_id(value, answer.request_id)
    return value


_PLAIN_STREAMS: tuple[Any, ...] = (openai.Stream, openai.AsyncStream)


def _stream(client: Any, request: Request, answer: Answer, stream_cls: Any) -> Any:
    """A stream of models, without encoding them as server-sent events and decoding them again."""
    origin = get_origin(stream_cls) or stream_cls
    if origin not in _PLAIN_STREAMS or not _sdk.is_pristine(origin.__stream__) or request.operation.wrapped:
        return UNDELIVERED
    cls = ModelStream if origin is openai.Stream else AsyncModelStream
    return cls(client, request, answer, _sdk.stream_chunk_type(stream_cls))


class _Streamed:
    """What both stream classes share: the models, and the http response for those who look at it."""

    _client: Any
    _cast_to: Any

    def _set_up(self, client: Any, request: Request, answer: Answer, chunk_type: Any) -> Iterator[Any]:
        self._client = client
        self._cast_to = chunk_type
        self._fake_request = request
        self._fake_answer = answer
        validate = _sdk.validator_of(chunk_type)
        events: Any = answer.events
        return (_sdk.made(chunk_type, data, validate) for _, data in events if data != "[DONE]")

    def __getattr__(self, name: str) -> Any:
        if name != "response":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        operation: Operation = self._fake_request.operation
        url = str(self._client.base_url).rstrip("/") + operation.path
        head = Answer(
            content=b"", content_type="text/event-stream; charset=utf-8", request_id=self._fake_answer.request_id
        )
        self.response = http_response(httpx.Request(operation.verb, url), head)
        return self.response


class ModelStream(_Streamed, openai.Stream[Any]):
    """An ``openai.Stream`` whose chunks are made in memory."""

    def __init__(self, client: Any, request: Request, answer: Answer, chunk_type: Any) -> None:
        self._iterator = self._set_up(client, request, answer, chunk_type)

    def close(self) -> None:
        """Stop: nothing more comes, as from a closed response."""
        self._iterator.close()  # type: ignore[attr-defined]


class AsyncModelStream(_Streamed, openai.AsyncStream[Any]):
    """An ``openai.AsyncStream`` whose chunks are made in memory."""

    def __init__(self, client: Any, request: Request, answer: Answer, chunk_type: Any) -> None:
        self._models = self._set_up(client, request, answer, chunk_type)
        self._iterator = self._agenerate()

    async def _agenerate(self) -> AsyncIterator[Any]:
        for model in self._models:
            yield model

    async def close(self) -> None:
        """Stop: nothing more comes, as from a closed response."""
        self._models.close()  # type: ignore[attr-defined]
