"""Reads the source of an openai SDK: the tree of its resources, and the operation behind each of their API methods.

The SDK is parsed, never imported. Its source has one shape throughout; a place of another shape is an error that names
the place, so that nothing is guessed. What counts as what:

- *Operations* are the methods of a resource class that send a request to one path (``self._post(...)``, ...). A method
  that marks it with an ``X-Stainless-...`` header, or repeats the request of one before it, is one of the SDK's own
  helpers around another operation (``parse``, ``stream``).
- *Paths.* A resource class that the client offers in several places counts at its shallowest one; the other places are
  aliases of it (``beta.chat`` of ``chat``).
- *Kind.* DELETE is ``delete``; a GET called ``list...`` is ``list``; a GET of one JSON object called ``retrieve...`` or
  ``get...`` is ``retrieve``; a POST called ``create`` is ``create``; a write called ``update...`` or ``modify...`` is
  ``update``; anything else is ``other``.
- *Plain* are operations whose methods, the synchronous and the asynchronous one, provably do no more than send their
  arguments as they are. One unknown statement is enough not to be.

Here are the tree and what is in it; one method is read by `_sdk_methods`, names are found by `_sdk_source`. Used by
`_codegen` and by tests only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ._sdk_methods import Function, Reader, differences
from ._sdk_source import Module, Source, Unreadable, bases_of, last_name, members_of
from .operation import Operation

__all__ = ["Api", "Method", "Resource", "read_api"]


@dataclass
class Resource:
    """A resource class of the client's tree.

    Attributes:
        path: its place on the client.
        real: dotted name of the synchronous class.
        real_async: dotted name of the asynchronous class.
        children: the resources below it: the path of each by attribute, aliases included.
        methods: its API methods.
    """

    path: str
    real: str
    real_async: str
    children: dict[str, str] = field(default_factory=dict[str, str])
    methods: list[Method] = field(default_factory=list["Method"])


@dataclass
class Method:
    """An API method: the operation behind it, and what the stub needs to know besides.

    Attributes:
        operation: the operation.
        overloaded: whether it has several signatures.
        pages: whether its asynchronous form returns a paginator instead of a coroutine.
        not_plain: why a call can't skip it; empty for plain operations.
    """

    operation: Operation
    overloaded: bool
    pages: bool
    not_plain: str


@dataclass
class Api:
    """What the SDK offers.

    Attributes:
        version: the SDK's version.
        resources: the resources by path, sorted.
        aliases: the other places of resources that are in the tree more than once.
        root: the resources right below the client: the path of each by attribute.
    """

    version: str
    resources: dict[str, Resource]
    aliases: dict[str, str]
    root: dict[str, str]

    @property
    def operations(self) -> dict[str, Operation]:
        """All operations by name."""
        return {
            method.operation.name: method.operation
            for resource in self.resources.values()
            for method in resource.methods
        }


def read_api(source: Source | None = None) -> Api:
    """Reads everything from the source of an SDK; by default the installed one."""
    source = source or Source.installed()
    asynchronous = dict(_walk(source, "openai._client.AsyncOpenAI"))
    resources: dict[str, Resource] = {}
    aliases: dict[str, str] = {}
    owners: dict[str, str] = {}
    root: dict[str, str] = {}
    for path, real in sorted(_walk(source, "openai._client.OpenAI"), key=lambda found: (found[0].count("."), found[0])):
        if path not in asynchronous:
            raise Unreadable(f"AsyncOpenAI has no {path}")
        owner = owners.setdefault(real, path)
        if owner == path:
            resources[path] = Resource(path, real, asynchronous[path])
        else:
            aliases[path] = owner
        parent, _, attribute = path.rpartition(".")
        if parent not in aliases:
            children = resources[parent].children if parent else root
            children[attribute] = owner
    for resource in resources.values():
        resource.methods = list(_read_methods(source, resource))
    return Api(source.version, dict(sorted(resources.items())), dict(sorted(aliases.items())), root)


def _walk(source: Source, client: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """All places of the tree below a client or resource class: path and dotted class name."""
    for module, member in members_of(source, client):
        if not isinstance(member, ast.FunctionDef) or member.returns is None:
            continue
        if any(last_name(decorator) == "cached_property" for decorator in member.decorator_list):
            real = _made(source, module, member, member.returns)
            if _is_resource(source, real):
                yield f"{prefix}{member.name}", real
                yield from _walk(source, real, f"{prefix}{member.name}.")


def _made(source: Source, module: Module, accessor: ast.FunctionDef, returns: ast.expr) -> str:
    """The class that an accessor makes an instance of, which may be a subclass of what it says it returns."""
    local = {name: dotted for statement in accessor.body for name, dotted in module.imported(statement).items()}
    match accessor.body[-1]:
        case ast.Return(value=ast.Call(func=ast.Name(id=name) as function)):
            return source.canonical(local[name]) if name in local else source.resolve(module, function)
        case _:
            return source.resolve(module, returns)


def _is_resource(source: Source, dotted: str) -> bool:
    known = {"openai._resource.SyncAPIResource", "openai._resource.AsyncAPIResource"}
    return any(base in known or _is_resource(source, base) for base in bases_of(source, dotted))


def _read_methods(source: Source, resource: Resource) -> Iterator[Method]:
    """The API methods of a resource, in the SDK's order."""
    twins = _implementations(source, resource.real_async)
    overloads = {
        member.name
        for _, member in members_of(source, resource.real)
        if isinstance(member, ast.FunctionDef)
        and any(last_name(decorator) == "overload" for decorator in member.decorator_list)
    }
    requests: set[tuple[object, ...]] = set()
    for name, (module, function) in _implementations(source, resource.real).items():
        reader = Reader.of(source, module, function)
        if reader is None:
            continue
        operation = reader.operation(f"{resource.path}.{name}")
        sent = (operation.verb, operation.path, operation.path_query, operation.cast_to)
        if sent in requests:
            continue
        requests.add(sent)
        twin_reader = Reader.of(source, *twins[name]) if name in twins else None
        if twin_reader is None:
            raise Unreadable(f"{resource.real_async} has no {name}")
        not_plain = reader.not_plain(operation) or twin_reader.not_plain(operation)
        if apart := differences(operation, twin_reader.operation(operation.name)):
            not_plain = f"the asynchronous method differs in {', '.join(apart)}"
        operation.plain = not not_plain
        yield Method(
            operation,
            overloaded=name in overloads,
            pages=isinstance(twin_reader.function, ast.FunctionDef),
            not_plain=not_plain,
        )


def _implementations(source: Source, dotted: str) -> dict[str, tuple[Module, Function]]:
    """The methods of a class that have a body of their own (no overloads, no properties), inherited ones included."""
    skipped = {"overload", "cached_property", "property"}
    found: dict[str, tuple[Module, Function]] = {}
    for module, member in members_of(source, dotted):
        if not isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not any(last_name(decorator) in skipped for decorator in member.decorator_list):
            found.setdefault(member.name, (module, member))
    return found
