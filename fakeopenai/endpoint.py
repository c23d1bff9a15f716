"""What stands in the place of each API method of a resource: the endpoint.

It is called like the method, and it is the `Handle` by which a test scripts the operation and looks at its calls.

An endpoint passes for the bound method that it replaces (`inspect`, wrappers and tracers see the real signature, name,
documentation and ``__wrapped__``), and its descriptor is a non-data one, so that
``client.chat.completions.create = traced(client.chat.completions.create)`` works as on the real client.
"""

from __future__ import annotations

import copy
import functools
import marshal
import re
import types
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

from typing_extensions import Self

from . import _sdk
from ._sdk import OMITTED
from .errors import nearest
from .handle import Handle
from .operation import Operation
from .params import ParamsValidator, validator_for
from .request import Answer, Request
from .snapshot import is_plain
from .ways import UNDELIVERED, UNLISTED, deliver, handing_on, unpatched

__all__ = ["AsyncEndpoint", "Endpoint", "EndpointDescriptor"]

P = ParamSpec("P")
R = TypeVar("R")

_SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9_:.-]*")


class Endpoint(Handle[R], Generic[P, R]):
    """One API method of one resource of one client: callable like the method, and its `Handle`."""

    def __init__(self, resource: Any, descriptor: EndpointDescriptor) -> None:
        self._resource = resource
        self._descriptor = descriptor
        self._client = resource._client
        self._backend = resource._client.backend
        self.operation = descriptor.operation
        self._validator: ParamsValidator | None = None
        self.__doc__ = descriptor.real.__doc__
        self.__module__ = descriptor.real.__module__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the operation as on the real client."""
        request, answer = self._direct(args, kwargs)
        if request is None:
            return cast("R", self._through_sdk(args, kwargs))
        backend = self._backend
        settled = answer if type(answer) is Answer else backend.settle(answer)
        value = self._deliver(request, settled)
        return cast("R", self._hand_on(request, settled, args, kwargs) if value is UNDELIVERED else value)

    # ------------------------------------------------------------------------------------------------ direct way

    def _direct(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], headers: tuple[tuple[str, str], ...] = ()
    ) -> tuple[Request | None, Any]:
        """The request of the direct way and its answer; (None, None) if that way is not open for this call.

        Args:
            args: positional arguments.
            kwargs: keyword arguments.
            headers: those that a helper of the SDK adds.
        """
        descriptor = self._descriptor
        if not descriptor.plain or not unpatched(self._client) or not descriptor.is_current():
            return None, None
        path_params: dict[str, str] | None = None
        body: dict[str, Any] = kwargs
        if descriptor.path_params:
            path_params = {}
            if len(args) > len(descriptor.positional):
                return None, None
            body = {**dict(zip(descriptor.positional, args, strict=False)), **kwargs}
            if len(body) != len(args) + len(kwargs):
                return None, None
            for name in descriptor.path_params:
                value = body.pop(name, None)
                if type(value) is not str or not _PLAIN_SEGMENT.fullmatch(value):
                    return None, None
                path_params[name] = value
        elif args:
            return None, None
        if not body.keys() <= descriptor.names:
            return None, None
        try:
            snapshot = marshal.dumps(body)
        except ValueError:
            body = {name: value for name, value in body.items() if not isinstance(value, OMITTED)}
            try:
                snapshot = marshal.dumps(body)
            except ValueError:
                return None, None
        if b"\xed" in snapshot and _SURROGATE.search(snapshot):
            return None, None  # half a character, perhaps, which the SDK can't encode
        backend = self._backend
        if backend.strict:
            validator = self._validator
            if validator is None:
                validator = self._validator = validator_for(self.operation)
            if not validator.accepts(body):
                return None, None
        elif not descriptor.required <= body.keys() or not is_plain(body):
            return None, None
        query: dict[str, Any] | None = None
        stream = "stream" in body and body["stream"] is True
        sent: dict[str, Any] | None = body
        if descriptor.query:
            query = {name: value for name, value in body.items() if name in descriptor.query}
            sent = {name: value for name, value in body.items() if name not in descriptor.query}
        if not descriptor.has_body:
            sent = None
        if sent is not body:
            snapshot = marshal.dumps(sent)
        request = Request(
            self.operation,
            sent,
            path_params=path_params,
            query=query,
            headers=self._client._fake_headers[(self.operation, headers) if headers else self.operation],
            stream=stream,
        )
        return request, backend.answer(request, snapshot)

    def _deliver(self, request: Request, answer: Answer) -> Any:
        operation = self.operation
        if request.stream:
            return deliver(
                self._client, request, answer, operation.response_type, stream_cls=self._descriptor.stream_cls
            )
        if operation.page:
            return UNDELIVERED if answer.fragile else self._client._fake_page(request, answer)
        return deliver(self._client, request, answer, operation.response_type)

    def _through_sdk(self, args: Any, kwargs: Any) -> Any:
        """Run the real method; it arrives at ``client.request()``."""
        if not self._descriptor.unlisted:
            return self._real(*args, **kwargs)
        token = UNLISTED.set(self.operation.name)
        try:
            return self._real(*args, **kwargs)
        finally:
            UNLISTED.reset(token)

    def _hand_on(self, request: Request, answer: Answer, args: Any, kwargs: Any) -> Any:
        """Have the SDK's own code deliver an answer that the direct way can't."""
        with handing_on(request, answer):
            return self._real(*args, **kwargs)

    @property
    def _real(self) -> Any:
        """The real method, or what somebody has put in its place on the real class, bound to this resource."""
        return self._descriptor.current().__get__(self._resource)

    # ------------------------------------------------------------------------------------------ passing for a method

    @property  # type: ignore[misc] # it has no setter, on purpose
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A bound method, to `inspect` and to wrappers; ``type(endpoint)`` says what it is."""
        return types.MethodType

    @property
    def __func__(self) -> Any:
        """The real function."""
        return self._descriptor.current()

    @property
    def __self__(self) -> Any:
        """The resource."""
        return self._resource

    if not TYPE_CHECKING:  # checkers know the attributes; this would make them accept any

        def __getattr__(self, name: str) -> Any:
            if name in {"_descriptor", "_resource"}:  # not set up yet (copy, pickle)
                raise AttributeError(name)
            if name.startswith("__") or not hasattr(Handle, name):
                found = getattr(self._descriptor.real, name, _MISSING)
                if found is not _MISSING:
                    return found
            if name.startswith("_"):
                raise AttributeError(f"fake.{self.operation.name} has no attribute {name!r}")
            from .calls.failures import INSTEAD

            instead = {**INSTEAD, **_INSTEAD_OF_MOCKS}.get(name)
            suggestion = nearest(name, [known for known in dir(Handle) if not known.startswith("_")])
            meant = instead or (repr(suggestion) if suggestion else "")
            hint = f"; did you mean {meant}?" if meant else ""
            raise AttributeError(f"fake.{self.operation.name} has no attribute {name!r}{hint}")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """The endpoint of a detached account."""
        twin = memo[id(self)] = object.__new__(type(self))
        vars(twin).update((name, copy.deepcopy(value, memo)) for name, value in vars(self).items())
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        """To pickle it is what a bound method is: a name on an object, which then says that it can't be pickled."""
        return getattr, (self._resource, self._descriptor.name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Only ``response`` and internals can be set: a typo (``create.respons = ...``) must not pass silently."""
        if not name.startswith("_") and name not in _SETTABLE:
            raise AttributeError(
                f"fake.{self.operation.name}.{name} can't be set. To script a reply write "
                f"fake.{self.operation.name}.returns(...)."
            )
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<fake {self.operation.name}: {self.operation.verb} {self.operation.path}, {len(self.calls)} calls>"


_MISSING: Any = object()
_INSTEAD_OF_MOCKS = {
    "reset_mock": "reset()",
    "return_value": "returns(...)",
    "side_effect": "returns(first, second), returns(function) or raises(...)",
}
"""What to write on a handle for names of unittest.mock; what a log has, too, is said there."""
_SETTABLE = frozenset({"lifecycle", "missing", "operation", "response"})


class AsyncEndpoint(Endpoint[P, R]):
    """One API method of a resource of an asynchronous client."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Call the operation as on the real client; lists give the SDK's ``AsyncPaginator``."""
        if self.operation.page:
            return self._real(*args, **kwargs)
        made: Any = self._acall(args, kwargs)
        made.__qualname__ = self._descriptor.qualname  # Python names it when nobody awaits it
        return made

    async def _acall(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        await self._client._fake_checkpoint()
        request, answer = self._direct(args, kwargs)
        if request is None:
            return await self._through_sdk_async(args, kwargs)
        settled = answer if type(answer) is Answer else await self._backend.settle_async(answer)
        value = self._deliver(request, settled)
        if value is not UNDELIVERED:
            return value
        with handing_on(request, settled):
            return await self._real(*args, **kwargs)

    async def _through_sdk_async(self, args: Any, kwargs: Any) -> Any:
        if not self._descriptor.unlisted:
            return await self._real(*args, **kwargs)
        token = UNLISTED.set(self.operation.name)
        try:
            return await self._real(*args, **kwargs)
        finally:
            UNLISTED.reset(token)


class EndpointDescriptor:
    """Stands in a fake resource class for one API method; makes the `Endpoint` of a resource on first access.

    Attributes:
        real: the function of the real class, as it was when the fake class was built.
        operation: the operation.
        plain: whether the direct way may be open.
        path_params: names of the path parameters, in the order of the path.
        positional: names of the parameters that may be given by position.
        query: names of the parameters that travel in the query.
        has_body: whether the method sends a body.
        names: names of the parameters that travel in query and body.
        required: those without a default.
        unlisted: whether the operation table doesn't know it (the SDK is newer).
    """

    def __init__(self, owner: type[Any], name: str, operation: Operation, *, asynchronous: bool) -> None:
        self.owner = owner
        self.name = name
        self.qualname = f"{owner.__qualname__}.{name}"
        self.operation = operation
        self.real: Any = owner.__dict__[name]
        self.endpoint: Any = AsyncEndpoint if asynchronous else Endpoint
        self._pristine: Any = self.real if _sdk.is_pristine(self.real) else None
        self.path_params = operation.path_params
        self.query = frozenset(operation.arguments if operation.verb == "GET" else operation.query)
        self.has_body = operation.verb != "GET" and not self.query.issuperset(operation.arguments)
        # A deprecated method warns, and that is the real method's business.
        self.plain = operation.plain and not operation.deprecated
        self.unlisted = not operation.path
        if self.plain:
            self._read_signature()

    def _read_signature(self) -> None:
        function = _sdk.unwrap(self.real)
        code = function.__code__
        names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        self.positional = code.co_varnames[1 : code.co_argcount]
        special = {"extra_headers", "extra_query", "extra_body", "timeout", *self.path_params}
        self.names = frozenset(name for name in names if name not in special)
        self.required = self.names - frozenset(function.__kwdefaults__ or ())

    @functools.cached_property
    def stream_cls(self) -> Any:
        """``Stream[ChatCompletionChunk]`` or its asynchronous sister."""
        import openai

        cls: Any = openai.AsyncStream if self.endpoint is AsyncEndpoint else openai.Stream
        return cls[self.operation.chunk_type] if self.operation.stream else None

    def current(self) -> Any:
        """What stands on the real class now: tracers put their wrappers there."""
        return self.owner.__dict__.get(self.name, self.real)

    def is_current(self) -> bool:
        """Whether nobody has wrapped the real method."""
        current = self.owner.__dict__.get(self.name)
        if current is self._pristine:
            return True
        if _sdk.is_pristine(current):
            self._pristine = current
            return True
        return False

    def __get__(self, resource: Any, owner: type[Any] | None = None) -> Any:
        if resource is None:
            return self.current()
        endpoint: Any = self.endpoint(resource, self)
        resource.__dict__[self.name] = endpoint
        return endpoint
