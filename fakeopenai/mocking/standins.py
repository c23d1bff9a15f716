"""The stand-ins for a real client's http client, and the descriptors that hand them out while a mock is open.

A stand-in answers from the account of the mock that is open where a request comes from. All else is the client's own
http client's: how requests are built, its event hooks and authentication, whether it is closed. Where that would begin
to connect, in its transport, is where a stand-in answers. Imported by `seam`, which puts the descriptors in place.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from .._sdk import httpx
from ..errors import NetworkBlocked
from ..request import Request
from ..transport import InertAsyncClient, InertClient, parse
from .answering import GUARDS, answering, anything_open, open_mocks

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["MISSING", "AsyncStandIn", "ModuleSeam", "Seam", "SyncStandIn"]

MISSING: Any = object()

_LAST: contextvars.ContextVar[tuple[Backend, Request] | None] = contextvars.ContextVar(
    "fakeopenai_last_request", default=None
)
"""The request that was sent last, for the SDK's retries of it to count as one call."""


class _StandIn:
    """What both stand-ins share: a client's own http client, and the choice of the account that answers.

    Requests are built by the client's own, with its headers, cookies and base URL; closing the stand-in closes it.
    """

    fake_backend: Any
    timeout = httpx.Client.timeout

    def __init__(self, own: Any) -> None:
        vars(self)["fake_own"] = own

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__["fake_own"]
        if name.startswith("__") or not isinstance(own, httpx.Client | httpx.AsyncClient):
            # An httpx client of another kind than the SDK's: its inside doesn't fit.
            return super().__getattr__(name)  # type: ignore[misc]
        return getattr(own, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "fake_backend" or not isinstance(self.fake_own, httpx.Client | httpx.AsyncClient):
            super().__setattr__(name, value)
        else:
            setattr(self.fake_own, name, value)

    def build_request(self, *args: Any, **kwargs: Any) -> httpx.Request:
        """As the client's own http client builds it, where that is of the kind that the SDK uses."""
        own = self.fake_own
        ours = not isinstance(own, httpx.Client | httpx.AsyncClient)
        build: Any = super().build_request if ours else own.build_request  # type: ignore[misc]
        return cast("httpx.Request", build(*args, **kwargs))

    @property
    def is_closed(self) -> bool:
        """Whether the client's own http client has been closed."""
        return bool(self.fake_own.is_closed)

    fake_closed = is_closed

    def _authentication(self, sent: dict[str, Any]) -> Any:
        """The authentication of a request that is sent with these arguments; None if there is none to do."""
        auth = sent.get("auth", httpx.USE_CLIENT_DEFAULT)
        return self.fake_own.auth if auth is httpx.USE_CLIENT_DEFAULT else auth

    def _incoming(self, request: httpx.Request) -> Request:
        try:
            found = parse(request)
        except NetworkBlocked:
            if GUARDS and not open_mocks():
                raise GUARDS[0].refuse(f"{request.method} {request.url}", "", None) from None
            raise
        operation = found.operation
        mock = answering(operation.name, operation.resource, found)
        self.fake_backend = mock.backend
        last = _LAST.get()
        if last is not None and request.headers.get("x-stainless-retry-count", "0") != "0":
            backend, previous = last
            if backend is mock.backend and previous.operation is operation:
                found.call = previous.call
        _LAST.set((mock.backend, found))
        return found


def _went_wrong(response: httpx.Response) -> bool:
    """Whether a response only carries what the test's author got wrong, on its way to the caller."""
    return getattr(response, "failure", None) is not None


class SyncStandIn(_StandIn, InertClient):
    """In the place of a synchronous http client."""

    def send(self, request: httpx.Request, *, stream: bool = False, **sent: Any) -> httpx.Response:
        """Answer in memory, with the event hooks and the authentication of the client's own http client."""
        own = self.fake_own
        auth, hooks = self._authentication(sent), own.event_hooks
        if auth is None:
            if hooks["request"] or hooks["response"]:
                return self._observed(request, hooks, stream=stream)
            return super().send(request, stream=stream)
        self._check_open()
        flow = auth.sync_auth_flow(request)
        try:
            request = next(flow)
            while True:
                response = self._observed(request, hooks, stream=stream)
                if _went_wrong(response):
                    return response
                try:
                    request = flow.send(response)
                except StopIteration:
                    return response
                response.read()
        finally:
            flow.close()

    def _observed(self, request: httpx.Request, hooks: dict[str, list[Any]], *, stream: bool) -> httpx.Response:
        self._check_open()
        for hook in hooks["request"]:
            hook(request)
        response = super().send(request, stream=stream)
        if not _went_wrong(response):
            for hook in hooks["response"]:
                hook(response)
        return response

    def _transport_for_url(self, url: httpx.URL) -> httpx.BaseTransport:
        """For an http client of the SDK's that borrows the transport of this one."""
        return _Transport(super().send)

    def close(self) -> None:
        """Close the client's own http client."""
        self.fake_own.close()


class AsyncStandIn(_StandIn, InertAsyncClient):
    """In the place of an asynchronous http client."""

    async def send(self, request: httpx.Request, *, stream: bool = False, **sent: Any) -> httpx.Response:
        """Answer in memory, with the event hooks and the authentication of the client's own http client."""
        own = self.fake_own
        auth, hooks = self._authentication(sent), own.event_hooks
        if auth is None:
            if hooks["request"] or hooks["response"]:
                return await self._observed(request, hooks, stream=stream)
            return await super().send(request, stream=stream)
        self._check_open()
        flow = auth.async_auth_flow(request)
        try:
            request = await anext(flow)
            while True:
                response = await self._observed(request, hooks, stream=stream)
                if _went_wrong(response):
                    return response
                try:
                    request = await flow.asend(response)
                except StopAsyncIteration:
                    return response
                await response.aread()
        finally:
            await flow.aclose()

    async def _observed(self, request: httpx.Request, hooks: dict[str, list[Any]], *, stream: bool) -> httpx.Response:
        self._check_open()
        for hook in hooks["request"]:
            await hook(request)
        response = await super().send(request, stream=stream)
        if not _went_wrong(response):
            for hook in hooks["response"]:
                await hook(response)
        return response

    def _transport_for_url(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        """For an http client of the SDK's that borrows the transport of this one."""
        return _AsyncTransport(super().send)

    async def aclose(self) -> None:
        """Close the client's own http client."""
        await self.fake_own.aclose()


class _Transport(httpx.BaseTransport):
    def __init__(self, send: Callable[..., httpx.Response]) -> None:
        self._send = send

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._send(request, stream=True)


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, send: Callable[..., Any]) -> None:
        self._send = send

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return cast("httpx.Response", await self._send(request, stream=True))


# ------------------------------------------------------------------------------------------------ descriptors


class Seam:
    """Takes the place of the attribute in which an http client is kept."""

    def __init__(self, stand_in: Callable[[Any], Any], name: str = "_client") -> None:
        self._stand_in = stand_in
        self._name = name

    def __get__(self, client: Any, owner: Any = None) -> Any:
        own = self.own(client)
        if own is MISSING:
            name = (owner or type(client)).__name__
            raise AttributeError(f"{name!r} object has no attribute {self._name!r}", name=self._name, obj=client)
        if isinstance(own, InertClient | InertAsyncClient) or not anything_open():
            return own
        return self._stand_in(own)

    def own(self, client: Any) -> Any:
        """The http client that is kept there."""
        return MISSING if client is None else cast("dict[str, Any]", vars(client)).get(self._name, MISSING)

    def __set__(self, client: Any, value: Any) -> None:
        vars(client)[self._name] = _unwrapped(value)

    def __delete__(self, client: Any) -> None:
        try:
            del vars(client)[self._name]
        except KeyError:
            raise AttributeError(self._name) from None


class ModuleSeam(Seam):
    """Takes the place of the module-level client's property."""

    def __init__(self, original: property) -> None:
        super().__init__(SyncStandIn)
        self._original = original

    def own(self, client: Any) -> Any:
        """The http client that the property gives."""
        return MISSING if client is None else self._original.__get__(client)

    def __set__(self, client: Any, value: Any) -> None:
        self._original.__set__(client, _unwrapped(value))


def _unwrapped(value: Any) -> Any:
    """What is kept is the http client itself: a copy of a client must work when the mock is closed."""
    return value.fake_own if isinstance(value, _StandIn) else value
