"""``parse`` without the SDK's transformation of all parameters, which takes as long as all the rest of it.

What the SDK's own method sends, and how it reads the answer, is learnt from it: the first call of each kind runs it on
a listener in place of the resource. A later call of that kind (the same class to parse into, the same parameters given)
differs in values alone, and goes the direct way of ``create``, with what was learnt laid over them. So nothing is known
here of the method but that it posts; what can't be learnt, what somebody has patched, and whatever the direct way
doesn't take runs through the SDK's method as it is.

The fake resource classes use it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, NamedTuple, cast

from . import _sdk
from .endpoint import Endpoint
from .request import Answer, Request
from .snapshot import is_plain, plain
from .ways import UNDELIVERED, deliver, handing_on, usual_options

__all__ = ["parse_method"]


class _Plan(NamedTuple):
    """What a call of one kind is made of, besides the values of its parameters.

    Attributes:
        consumed: the parameters that are not sent as they are.
        fixed: what is sent beside the others.
        headers: those that the method adds.
        post_parser: reads the answer; named as in the SDK's options.
    """

    consumed: frozenset[str]
    fixed: dict[str, Any]
    headers: tuple[tuple[str, str], ...]
    post_parser: Callable[[Any], Any]


class _Unheard(AttributeError):
    """A method of a newer SDK wants more of its resource than a listener has."""


class _Listener:
    """Stands in for a resource, and tells what would be posted."""

    def __init__(self) -> None:
        self.heard: dict[str, Any] | None = None

    def _post(self, path: str, **sent: Any) -> _Listener:
        self.heard = {"path": path, **sent}
        return self

    def __getattr__(self, name: str) -> Any:
        raise _Unheard(name)

    def __await__(self) -> Generator[None, None, _Listener]:
        yield from ()
        return self


_FORMATS: Final = ("response_format", "text_format")
_MADE: Final = {"response_format", "stream", "text"}
"""What the SDK may add: it depends on nothing but the class. Anything else might depend on the values of this call."""
_ENOUGH: Final = 256
"""So many plans are kept; each keeps alive the class that it parses into."""
_plans: dict[tuple[Any, ...], _Plan | None] = {}


def _plan_of(resource: Any, real: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Plan | None:
    """The plan of a call, learnt if need be; None if it has to take the SDK's way.

    The SDK reads the tools once more with the answer, so calls with tools have none.
    """
    endpoint = resource.create
    if args or "tools" in kwargs or not isinstance(endpoint, Endpoint) or not _sdk.is_pristine(real):
        return None
    consumed = [name for name in _FORMATS if isinstance(kwargs.get(name), type)]
    if not kwargs.keys() - consumed <= endpoint._descriptor.names:
        return None
    into = [kwargs[name] for name in consumed]
    # A class that is rebuilt gets another validator.
    key = (real, *into, *[getattr(cls, "__pydantic_validator__", None) for cls in into], *sorted(kwargs))
    if key in _plans:
        return _plans.get(key)
    values = {name: value for name, value in kwargs.items() if name not in consumed}
    if not is_plain(values):
        return None
    plan = _learnt(cast("Endpoint[..., Any]", endpoint), _heard(real, kwargs), values, frozenset(consumed))
    if len(_plans) >= _ENOUGH:
        _plans.clear()
    _plans[key] = plan
    return plan


def _heard(real: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """What the method would post; empty if it wants more of its resource, or does more than to return the answer."""
    listener = _Listener()
    try:
        result = real(listener, **kwargs)
        if inspect.iscoroutine(result):
            result = _run_through(result)
    except _Unheard:
        return {}
    return listener.heard or {} if result is listener else {}


def _run_through(coroutine: Any) -> Any:
    """What a coroutine returns that awaits only what is there; None if it has to wait."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    return None


def _learnt(
    endpoint: Endpoint[..., Any], heard: dict[str, Any], values: Mapping[str, Any], consumed: frozenset[str]
) -> _Plan | None:
    """The plan of all calls with these parameters, if what is sent follows from them in a plain manner."""
    operation = endpoint.operation
    options: dict[str, Any] = dict(heard.get("options") or {})
    parser = options.pop("post_parser", None)
    headers: dict[str, str] = options.pop("headers", None) or {}
    usual = usual_options(operation)
    if heard.get("path") != operation.path or heard.get("cast_to") is not operation.response_type:
        return None
    if options.pop("security", None) != getattr(usual, "security", None) or options or heard.get("stream"):
        return None
    body = plain(heard.get("body"))
    if not callable(parser) or not isinstance(body, dict):
        return None
    sent = cast("dict[str, Any]", body)
    if any(name not in sent or sent[name] != value for name, value in values.items()):
        return None
    fixed = {name: value for name, value in sent.items() if name not in values}
    if not fixed.keys() <= _MADE:
        return None
    return _Plan(consumed, fixed, tuple(headers.items()), parser)


def _begin(resource: Any, plan: _Plan, kwargs: dict[str, Any]) -> tuple[Request | None, Any]:
    body = {name: value for name, value in kwargs.items() if name not in plan.consumed}
    body.update(plan.fixed)
    create: Endpoint[..., Any] = resource.create
    return create._direct((), body, plan.headers)


def _read(resource: Any, plan: _Plan, request: Request, answer: Answer) -> Any:
    return deliver(resource._client, request, answer, request.operation.response_type, options=plan)


def parse_method(owner: type[Any], name: str, *, asynchronous: bool) -> Any:
    """What stands for a resource's ``parse`` in its fake class.

    Args:
        owner: the real class that has the method.
        name: that of the method.
        asynchronous: whether the resource is one of an asynchronous client.
    """
    was = owner.__dict__[name]

    @functools.wraps(was)
    def parse(self: Any, *args: Any, **kwargs: Any) -> Any:
        real = owner.__dict__.get(name, was)
        plan = _plan_of(self, real, args, kwargs)
        request, answer = (None, None) if plan is None else _begin(self, plan, kwargs)
        if plan is None or request is None:
            return real(self, *args, **kwargs)
        settled = self._client.backend.settle(answer)
        value = _read(self, plan, request, settled)
        if value is not UNDELIVERED:
            return value
        with handing_on(request, settled):
            return real(self, **kwargs)

    @functools.wraps(was)
    async def parse_async(self: Any, *args: Any, **kwargs: Any) -> Any:
        real = owner.__dict__.get(name, was)
        plan = _plan_of(self, real, args, kwargs)
        if plan is not None:
            await self._client._fake_checkpoint()
        request, answer = (None, None) if plan is None else _begin(self, plan, kwargs)
        if plan is None or request is None:
            return await real(self, *args, **kwargs)
        settled = await self._client.backend.settle_async(answer)
        value = _read(self, plan, request, settled)
        if value is not UNDELIVERED:
            return value
        with handing_on(request, settled):
            return await real(self, **kwargs)

    return parse_async if asynchronous else parse
