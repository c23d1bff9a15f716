"""The inert http clients: where the wire way ends.

They turn an http request into a `Request` and the answer into an http response, in memory; everything between them and
the caller is the SDK's own code.

They are real ``httpx`` (openai 2.x) or ``httpx2`` (3.x) clients, since the SDK checks for that. No socket is opened.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime
import functools
import json
import marshal
import urllib.parse
from collections.abc import AsyncIterator, Generator, Iterator
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import to_json

from ._sdk import httpx
from .errors import NetworkBlocked
from .operation import Operation, match
from .params import validator_for
from .replies import Unreachable
from .request import Answer, Request

if TYPE_CHECKING:
    from .backend import Backend

__all__ = ["CURRENT", "InertAsyncClient", "InertClient", "http_response", "inert"]

CURRENT: contextvars.ContextVar[tuple[Any, Request] | None] = contextvars.ContextVar("fakeopenai_request", default=None)
"""The request that a fake client is sending through its inert client: its parameters need not be parsed back."""


class _Lazy:
    """An httpx client that sets itself up when something of it is first used; most fakes never need it."""

    timeout = httpx.Timeout(5.0)  # httpx's own default: it tells the SDK that nobody has chosen a timeout
    fake_closed = False

    def __init__(self, backend: Backend) -> None:
        self.fake_backend = backend

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_state" in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        super().__init__(transport=_blocked(self), trust_env=False)  # type: ignore[call-arg]
        return getattr(self, name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        import copy

        return type(self)(copy.deepcopy(self.fake_backend, memo))

    def _check_open(self) -> None:
        if self.fake_closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")

    def _incoming(self, request: httpx.Request) -> Request:
        current = CURRENT.get()
        if current is None or current[0] is not self:
            return parse(request)
        found = current[1]
        if found.call is None:
            found._headers = dict(request.headers)
        return found


class InertClient(_Lazy, httpx.Client):
    """A synchronous http client that a `Backend` answers."""

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Answer the request in memory. Takes what ``httpx.Client.send`` takes."""
        self._check_open()
        try:
            found = self._incoming(request)
            answer, found.pending = found.pending, None
            if answer is None:
                answer = self.fake_backend.settle(self.fake_backend.answer(found))
            if answer.latency:
                with _waiting(found, self.fake_backend):
                    self.fake_backend.clock.sleep(_patience(request, answer))
            return _deliver(request, found, answer, self.fake_backend, stream=stream, asynchronous=False)
        except httpx.RequestError:
            raise
        except Exception as failure:  # noqa: BLE001 - every mistake of the test author's must come out as it is
            return _failed(request, failure)

    def close(self) -> None:
        """Close the client: later requests fail as those of a closed httpx client do."""
        self.fake_closed = True
        super().close()


class InertAsyncClient(_Lazy, httpx.AsyncClient):
    """An asynchronous http client that a `Backend` answers."""

    async def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Answer the request in memory. Takes what ``httpx.AsyncClient.send`` takes."""
        self._check_open()
        try:
            await request.aread()
            found = self._incoming(request)
            answer, found.pending = found.pending, None
            if answer is None:
                answer = await self.fake_backend.settle_async(self.fake_backend.answer(found))
            if answer.latency:
                with _waiting(found, self.fake_backend):
                    await self.fake_backend.clock.asleep(_patience(request, answer))
            return _deliver(request, found, answer, self.fake_backend, stream=stream, asynchronous=True)
        except httpx.RequestError:
            raise
        except Exception as failure:  # noqa: BLE001 - every mistake of the test author's must come out as it is
            return _failed(request, failure)

    async def aclose(self) -> None:
        """Close the client: later requests fail as those of a closed httpx client do."""
        self.fake_closed = True
        await super().aclose()


def inert(backend: Backend, *, asynchronous: bool) -> InertClient | InertAsyncClient:
    """A new inert client on this account."""
    return InertAsyncClient(backend) if asynchronous else InertClient(backend)


def _blocked(client: Any) -> Any:
    """The transport below an inert client. Only a way around ``send()`` could get here."""
    message = "fakeopenai has no network: something went around the inert http client's send()."
    if isinstance(client, httpx.AsyncClient):

        class AsyncBlocked(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                raise NetworkBlocked(f"{request.method} {request.url}: {message}")

        return AsyncBlocked()

    class Blocked(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise NetworkBlocked(f"{request.method} {request.url}: {message}")

    return Blocked()


# ------------------------------------------------------------------------------------------------ request


def parse(http_request: httpx.Request) -> Request:
    """The `Request` in an http request of any client: whatever its base URL, or an Azure deployment path.

    Raises:
        NetworkBlocked: it is none of the API's operations.
    """
    url = http_request.url
    found = _route(http_request.method, url.raw_path.decode("ascii"))
    if found is None:
        raise NetworkBlocked(
            f"{http_request.method} {url}: fakeopenai answers the operations of the OpenAI API, and this is none of "
            "them. Nothing was sent."
        )
    operation, path_params = found
    query = unbracket(urllib.parse.parse_qsl(url.query.decode("ascii"), keep_blank_values=True))
    for name in ("api-version", *dict(operation.path_query)):
        query.pop(name, None)
    body: Any = None
    files: list[tuple[str, Any]] = []
    content = http_request.read()
    content_type = http_request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        fields, files = _multipart(content_type, content)
        body = unbracket(fields)
    elif content:
        bare = operation.multipart and "json" not in content_type
        body = bare_field(operation, content) if bare else json.loads(content)
    if query or files or operation.multipart:
        validator = validator_for(operation)
        query = validator.coerce(query)
        body = validator.coerce(body) if operation.multipart and body else body
    always = bool(operation.stream) and "stream" not in operation.arguments  # it can't but stream
    stream = always or bool(_field(body, "stream") or query.get("stream"))
    return Request(
        operation,
        body,
        path_params=path_params,
        query=query,
        files=files,
        headers=functools.partial(_thawed, marshal.dumps(http_request.headers.raw)),
        stream=stream,
    )


def _thawed(headers: bytes) -> dict[str, str]:
    """Headers that were frozen for the record; nearly nobody reads them."""
    return dict(httpx.Headers(marshal.loads(headers)))  # noqa: S302 - our own bytes, from this process


def bare_field(operation: Operation, content: bytes) -> dict[str, str]:
    """The body of a request that consists of the one field it needs, sent as it is: an SDP offer."""
    return {operation.required[0]: content.decode()}


def _route(verb: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation behind a full URL path: the longest tail of it that is one of the API's paths."""
    path, _, query = path.partition("?")
    segments = path.strip("/").split("/")
    for start in range(len(segments)):
        found = match(verb, f"/{'/'.join(segments[start:])}?{query}")
        if found is not None:
            return found[0], {name: urllib.parse.unquote(value) for name, value in found[1].items()}
    return None


def unbracket(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Query or form fields as the caller gave them: ``a[]=1&b[c]=2`` to ``{"a": ["1"], "b": {"c": "2"}}``."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, *keys = key.replace("]", "").split("[")
        if not keys:
            found[name] = [*_listed(found[name]), value] if name in found else value
        elif keys == [""]:
            found.setdefault(name, []).append(value)
        else:
            target = found.setdefault(name, {})
            for inner in keys[:-1]:
                target = target.setdefault(inner, {})
            target[keys[-1]] = value
    return found


def _field(body: Any, name: str) -> Any:
    return cast("dict[str, Any]", body).get(name) if isinstance(body, dict) else None


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _multipart(content_type: str, content: bytes) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """Fields and files of a multipart form."""
    import email.parser  # two milliseconds, which only a foreign upload needs
    import email.policy

    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    fields: list[tuple[str, Any]] = []
    files: list[tuple[str, Any]] = []
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition") or "")
        payload: Any = part.get_payload(decode=True) or b""
        filename = part.get_filename()
        if filename is None:
            fields.append((name, payload.decode("utf-8", "replace")))
        else:
            files.append((name, (filename, payload, part.get_content_type())))
    return fields, files


# ------------------------------------------------------------------------------------------------ response


class _Response(httpx.Response):
    """An http response that may carry an exception of the test author's.

    ``raise_for_status`` is the one place after ``send()`` whose exceptions the SDK lets through as they are, on 2.x
    and 3.x: it catches there only httpx's own status error. (On 2.x whatever ``send()`` raises is retried and becomes
    an ``APIConnectionError``.)
    """

    failure: BaseException | None = None

    def raise_for_status(self) -> httpx.Response:
        if self.failure is not None:
            raise self.failure
        return super().raise_for_status()


def _failed(http_request: httpx.Request, failure: BaseException) -> httpx.Response:
    response = _Response(500, request=http_request, headers={"x-should-retry": "false"})
    response.failure = failure
    return response


def _patience(http_request: httpx.Request, answer: Answer) -> float:
    """How long to wait for an answer that takes its time. If that is longer than the client waits, it times out."""
    latency = answer.latency or 0.0
    timeouts = cast("dict[str, float | None]", http_request.extensions.get("timeout") or {})
    limit = timeouts.get("read")
    if limit is None or latency <= limit:
        return latency
    answer.exception = Unreachable("timeout", None)
    return limit


@contextlib.contextmanager
def _waiting(request: Request, backend: Backend) -> Generator[None]:
    """While an answer takes its time; who is cut short in that (its task is cancelled) never gets it."""
    try:
        yield
    except BaseException as interruption:
        request.call._fail(interruption, backend.clock.now() - request.call.started_at)
        raise


def _deliver(
    http_request: httpx.Request, request: Request, answer: Answer, backend: Backend, *, stream: bool, asynchronous: bool
) -> httpx.Response:
    failure = answer.exception
    call = request.call
    duration = backend.clock.now() - call.started_at
    if isinstance(failure, Unreachable):
        error = _unreachable(failure, http_request)
        call._fail(_sdk_error(error, http_request), duration)
        raise error
    if failure is not None:
        call._fail(failure, duration)
        return _failed(http_request, failure)
    if answer.events is not None:
        answer.events = _noting_failures(answer.events, request, backend, http_request)
    response = http_response(http_request, answer, asynchronous=asynchronous and stream, unread=stream)
    response.elapsed = datetime.timedelta(seconds=max(0.0, duration))
    if not response.is_success:
        call._fail(status_error(response), duration)
    elif answer.latency:
        call._took(duration)
    if answer.events is not None and not stream:
        # Somebody posted a streaming body without asking for a stream: read it whole, as httpx would.
        response = _Response(
            response.status_code, headers=response.headers, content=response.read(), request=http_request
        )
    return response


def _noting_failures(
    events: Iterator[tuple[str | None, Any]], request: Request, backend: Backend, http_request: httpx.Request
) -> Iterator[tuple[str | None, Any]]:
    """The events of a stream; if it fails on the way, that is how the call ended."""
    call = request.call
    try:
        for name, data in events:
            if name == "error" and isinstance(data, dict):
                call._fail(
                    _sdk_stream_error(cast("dict[str, Any]", data), http_request), backend.clock.now() - call.started_at
                )
            yield name, data
    except Unreachable as failure:
        error = _unreachable(failure, http_request)
        call._fail(_sdk_error(error, http_request), backend.clock.now() - call.started_at)
        raise
    except Exception as failure:
        call._fail(failure, backend.clock.now() - call.started_at)
        raise


def _unreachable(failure: Unreachable, http_request: httpx.Request) -> httpx.RequestError:
    kind = httpx.ReadTimeout if failure.kind == "timeout" else httpx.ConnectError
    return kind(str(failure), request=http_request)


def _sdk_error(error: httpx.RequestError, http_request: Any) -> Exception:
    import openai

    if isinstance(error, httpx.TimeoutException):
        return openai.APITimeoutError(request=http_request)
    return openai.APIConnectionError(request=http_request)


def _sdk_stream_error(data: dict[str, Any], http_request: Any) -> Exception:
    """The exception that the SDK makes of an error event (``openai._streaming``)."""
    import openai

    error: Any = data.get("error") or data
    message = _field(error, "message")
    return openai.APIError(message or "An error occurred during streaming", request=http_request, body=error)


def status_error(response: httpx.Response) -> Exception:
    """The SDK's own exception for an error response."""
    import openai

    client = object.__new__(openai.OpenAI)  # the method uses nothing of a client but its mapping of statuses
    return client._make_status_error_from_response(response)


def http_response(
    http_request: httpx.Request, answer: Answer, *, asynchronous: bool = False, unread: bool = False
) -> httpx.Response:
    """The answer as an http response, with the headers that the API sends.

    Args:
        http_request: what it answers.
        answer: the answer.
        asynchronous: whether events come asynchronously.
        unread: whether the body of a success is left for the caller to read, as httpx leaves that of a stream.
    """
    headers = {
        "x-request-id": answer.request_id,
        "openai-version": "2020-10-01",
        "openai-processing-ms": "1",
        "openai-organization": "org-fake",
        **answer.headers,
    }
    content: Any
    if answer.events is not None:
        headers.setdefault("content-type", "text/event-stream; charset=utf-8")
        content = _aiter(_sse(answer.events, http_request)) if asynchronous else _sse(answer.events, http_request)
    elif answer.content is not None:
        headers.setdefault("content-type", answer.content_type)
        content = answer.content
    else:
        headers.setdefault("content-type", "application/json")
        content = to_json(answer.body)
    body: dict[str, Any] = {"content": content}
    if unread and answer.status < 400 and isinstance(content, bytes):
        headers.setdefault("content-length", str(len(content)))
        body = {"stream": httpx.ByteStream(content)}
    return _Response(
        answer.status, headers=headers, request=http_request, extensions={"http_version": b"HTTP/1.1"}, **body
    )


def _sse(events: Iterator[tuple[str | None, Any]], http_request: httpx.Request) -> Iterator[bytes]:
    """Server-sent events, one block each."""
    try:
        for name, data in events:
            text = data.encode() if isinstance(data, str) else to_json(data)
            yield (b"event: %b\n" % name.encode() if name else b"") + b"data: %b\n\n" % text
    except Unreachable as failure:
        if failure.kind == "timeout":
            raise httpx.ReadTimeout(str(failure), request=http_request) from None
        raise httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body (incomplete chunked read)",
            request=http_request,
        ) from None


async def _aiter(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for block in blocks:
        yield block
