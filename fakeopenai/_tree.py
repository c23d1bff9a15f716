"""The resource tree at run time: each real resource class gets a fake subclass, built when it is first reached.

In a fake class, sub-resources lead to fake sub-resources and API methods are endpoints; every helper (``parse``,
``stream``, ``create_and_poll``, ``with_raw_response``, ...) is inherited and works, because everything below it is
replaced. Nothing here mirrors the tree: a resource that openai adds tomorrow is faked without a new line.

`_tree.pyi`, which is generated, describes all this to type checkers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import openai
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI

from . import _sdk
from ._table import ALIASES, FAKES
from .endpoint import EndpointDescriptor
from .errors import NetworkBlocked, nearest
from .handle import Handle
from .operation import Operation, find, unlisted
from .parsing import parse_method

__all__ = [
    "FakeAsyncAzureOpenAITree",
    "FakeAsyncOpenAITree",
    "FakeAzureOpenAITree",
    "FakeOpenAITree",
    "fake_class",
]

_WRAPPERS = {"with_raw_response", "with_streaming_response"}
# Helpers that make their request themselves on openai 2.x; the operation below them is what a test scripts.
_HELPERS = {"parse", "stream", "connect"}


class _Branch(functools.cached_property[Any]):
    """A sub-resource: what the real property gives, as a fake."""

    def __init__(self, real: Any, path: str) -> None:
        self.real = real
        self.path = path
        self.cls: type[Any] | None = None
        super().__init__(self._reach)
        self.__doc__ = real.__doc__

    def _reach(self, owner: Any) -> Any:
        if self.cls is not None:
            return self.cls(owner._client if isinstance(owner, _sdk.RESOURCE_BASES) else owner)
        resource = self.real.func(owner)
        self.cls = resource.__class__ = fake_class(cast("type[Any]", type(resource)), self.path)
        return resource


class _Blocked:
    """A method that opens a connection of its own, such as ``realtime.connect``."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __get__(self, resource: Any, owner: Any = None) -> Callable[..., Any]:
        def blocked(*_args: Any, **_kwargs: Any) -> Any:
            raise NetworkBlocked(
                f"client.{self.path}() opens a WebSocket, and fakeopenai has no network. Nothing was sent. "
                "Put your own double in its place: fake."
                f"{self.path} = lambda **kwargs: ...",
                operation=self.path,
            )

        return blocked


def _members(real: type[Any]) -> dict[str, tuple[type[Any], Any]]:
    """What a resource class and its bases declare, with the class that does so: some only inherit their methods."""
    found: dict[str, tuple[type[Any], Any]] = {}
    for cls in reversed(real.__mro__):
        if cls.__module__.startswith("openai.") and cls not in _sdk.RESOURCE_BASES:
            found.update((name, (cls, member)) for name, member in vars(cls).items())
    return found


def _branches(members: dict[str, tuple[type[Any], Any]], real: type[Any], path: str) -> dict[str, Any]:
    """Overrides for the sub-resources that a real class (client or resource) declares."""
    found: dict[str, Any] = {}
    for name, (_, member) in members.items():
        if isinstance(member, functools.cached_property) and name not in _WRAPPERS and not name.startswith("_"):
            dotted = f"{path}.{name}" if path else name
            branch = _Branch(member, ALIASES.get(dotted, dotted))
            branch.__set_name__(real, name)
            found[name] = branch
    return found


_BUILT: dict[type[Any], type[Any]] = {}


def fake_class(real: type[Any], path: str) -> type[Any]:
    """The fake subclass of a real resource class.

    Args:
        real: a class of ``openai.resources``.
        path: where it stands on the client, such as ``"chat.completions"``.
    """
    built = _BUILT.get(real)
    if built is not None:
        return built
    asynchronous = issubclass(real, _sdk.RESOURCE_BASES[1])
    members = _members(real)
    namespace = _branches(members, real, path)
    for name, (owner, member) in members.items():
        if name.startswith("_") or name in namespace or not callable(member):
            continue
        if name == "connect":
            namespace[name] = _Blocked(f"{path}.{name}")
            continue
        if name == "parse":
            namespace[name] = parse_method(owner, name, asynchronous=asynchronous)
            continue
        operation = _operation_of(f"{path}.{name}", name, member)
        if operation is not None:
            namespace[name] = EndpointDescriptor(owner, name, operation, asynchronous=asynchronous)
    namespace["_sleep"] = _async_sleep if asynchronous else _sleep
    namespace["__repr__"] = _describe
    namespace["__getattr__"] = _missing
    namespace["__module__"] = __name__
    namespace["__doc__"] = real.__doc__
    namespace["_fake_path"] = path
    name = _NAMES.get(path, f"Fake{real.__name__.lstrip('_').removeprefix('Async')}")
    if asynchronous:
        name = f"FakeAsync{name.removeprefix('Fake')}"
    built = _BUILT[real] = type(name, (real,), namespace)
    return built


_NAMES = {path: name for name, path in FAKES.items()}


def _operation_of(dotted: str, name: str, member: Any) -> Operation | None:
    found = find(dotted)
    if found is not None:
        return found
    if name in _HELPERS or not _sdk.is_request_method(member):
        return None
    return unlisted(dotted, "", "", "object")


def _sleep(self: Any, seconds: float) -> None:
    """Pollers wait on the account's clock, not for real."""
    self._client.backend.clock.wait(seconds)


async def _async_sleep(self: Any, seconds: float) -> None:
    self._client.backend.clock.wait(seconds)
    await self._client._fake_checkpoint()


def _describe(self: Any) -> str:
    return f"<{type(self).__name__} fake.{self._fake_path}>"


def _missing(self: Any, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    members = vars(cast("type[Any]", type(self)))
    methods = [known for known, member in members.items() if isinstance(member, EndpointDescriptor)]
    if methods and not name.startswith("_") and hasattr(Handle, name):
        shown = "create" if "create" in methods else methods[0]
        raise AttributeError(
            f"fake.{self._fake_path} is a resource; {name!r} belongs to its methods: "
            f"fake.{self._fake_path}.{shown}.{name}. Its methods are {', '.join(methods)}."
        )
    suggestion = nearest(name, [known for known in dir(cast("object", type(self))) if not known.startswith("_")])
    hint = f"; did you mean {suggestion!r}?" if suggestion else "."
    raise AttributeError(f"fake.{self._fake_path} has no attribute {name!r}, nor has openai {openai.__version__}{hint}")


def _root(real: type[Any]) -> dict[str, Any]:
    return _branches({name: (real, member) for name, member in vars(real).items()}, real, "")


class FakeOpenAITree(OpenAI):
    """The root of the synchronous tree."""

    locals().update(_root(OpenAI))


class FakeAsyncOpenAITree(AsyncOpenAI):
    """The root of the asynchronous tree."""

    locals().update(_root(AsyncOpenAI))


class FakeAzureOpenAITree(AzureOpenAI):
    """The root of the synchronous Azure tree."""

    locals().update(_root(OpenAI))


class FakeAsyncAzureOpenAITree(AsyncAzureOpenAI):
    """The root of the asynchronous Azure tree."""

    locals().update(_root(AsyncOpenAI))


def __getattr__(name: str) -> Any:
    """Any fake resource class, by the name that the stub gives it: ``_tree.FakeFiles``."""
    asynchronous = name.startswith("FakeAsync")
    path = FAKES.get(f"Fake{name.removeprefix('FakeAsync')}" if asynchronous else name)
    if path is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._table import CLASSES
    from .operation import resolve

    module, _, cls = CLASSES[path].rpartition(".")
    return fake_class(resolve(f"{module}.Async{cls}" if asynchronous else CLASSES[path]), path)
