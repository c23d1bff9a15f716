"""What an API operation is, and how to find the one that a call or an HTTP request means.

The rows themselves are generated (`_table.py`); this module gives them their type, resolves the names in them lazily
(so that importing fakeopenai imports no openai resource), and matches routes. Imports nothing of ours but the table.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args

__all__ = ["Kind", "Operation", "find", "installed", "match", "operations", "resolve", "unlisted"]

Kind = Literal["create", "retrieve", "update", "list", "delete", "other"]

_PLACEHOLDER = re.compile(r"{(\w+)}")

_BUILTINS: dict[str, Any] = {"object": object, "str": str, "bytes": bytes, "None": type(None)}


class Operation:
    """One HTTP operation of the API, as the SDK offers it.

    Attributes:
        name: the path on the client, such as ``"chat.completions.create"``.
        verb: HTTP method in capitals.
        path: path template, such as ``"/chat/completions/{completion_id}"``.
        path_params: the names in the template, in order.
        path_query: the fixed query that the SDK writes behind the path, such as ``(("beta", "true"),)``.
        cast_to: dotted name of the response type (of one item, for lists); ``"object"``, ``"str"``, ``"bytes"`` or
            ``"None"`` where it is none of the SDK's; several separated by ``" | "`` for a union.
        stream: dotted name of the type of a stream's chunks or events, or ``""``. An operation that can stream does so
            when its argument ``stream`` says so, and always if it has no such argument.
        wrapped: whether the events of its stream reach the caller as ``{"event": name, "data": ...}``, as those of
            assistant runs do. On the wire they never are.
        page: name of the synchronous page class in ``openai.pagination``, or ``""``.
        kind: what the operation does to its resource.
        params: dotted names of the TypedDicts that describe its arguments.
        arguments: the names of all arguments that the method takes, but for ``extra_headers``, ``extra_query``,
            ``extra_body`` and ``timeout``. Where ``plain`` is false, some may never be sent as they are.
        required: those of them that every call has to give; for a method with alternatives, what they have in common.
        positional: those of them that may be given by position, in order.
        query: those of them that travel in the query string; what is in neither ``query`` nor ``path_params`` travels
            in the body.
        plain: whether the SDK's method only puts its arguments into path, query and body, under their own names, so
            that a call with JSON arguments need not run it. What it does besides: it raises ``ValueError`` for an empty
            path parameter and ``TypeError`` for a missing or an unknown argument, and warns if it is deprecated.
        headers: static headers that the method adds, such as ``(("OpenAI-Beta", "assistants=v2"),)``; the content type
            of a multipart request is not among them.
        admin: whether it is authenticated by the admin key.
        deprecated: whether the SDK warns when it is called.
        multipart: whether the body is sent as multipart form data (by some methods, only if there is a file).
        files: those of the arguments that hold the files of a multipart request.
    """

    __slots__ = (
        "__dict__",
        "admin",
        "arguments",
        "cast_to",
        "deprecated",
        "files",
        "headers",
        "kind",
        "multipart",
        "name",
        "page",
        "params",
        "path",
        "path_params",
        "path_query",
        "plain",
        "positional",
        "query",
        "required",
        "stream",
        "verb",
        "wrapped",
    )

    def __init__(
        self,
        name: str,
        verb: str,
        path: str,
        cast_to: str,
        *,
        kind: Kind = "other",
        stream: str = "",
        wrapped: bool = False,
        page: str = "",
        params: tuple[str, ...] = (),
        arguments: tuple[str, ...] = (),
        required: tuple[str, ...] = (),
        positional: tuple[str, ...] = (),
        query: tuple[str, ...] = (),
        path_query: tuple[tuple[str, str], ...] = (),
        plain: bool = False,
        headers: tuple[tuple[str, str], ...] = (),
        admin: bool = False,
        deprecated: bool = False,
        multipart: bool = False,
        files: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.verb = verb
        self.path = path
        self.path_params: tuple[str, ...] = tuple(_PLACEHOLDER.findall(path))
        self.path_query = path_query
        self.cast_to = cast_to
        self.kind: Kind = kind
        self.stream = stream
        self.wrapped = wrapped
        self.page = page
        self.params = params
        self.arguments = arguments
        self.required = required
        self.positional = positional
        self.query = query
        self.plain = plain
        self.headers = headers
        self.admin = admin
        self.deprecated = deprecated
        self.multipart = multipart
        self.files = files

    def __repr__(self) -> str:
        return f"<Operation {self.name}: {self.verb} {self.path}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Operation:
        """The same one: scripts and calls refer to it, and are copied with their account."""
        return self

    @property
    def area(self) -> str:
        """First segment of the name: ``"chat"``, ``"files"``, ..."""
        return self.name.partition(".")[0]

    @property
    def resource(self) -> str:
        """The name without the method: ``"chat.completions"``."""
        return self.name.rpartition(".")[0]

    @property
    def method(self) -> str:
        """The last part of the name: ``"create"``."""
        return self.name.rpartition(".")[2]

    @functools.cached_property
    def response_type(self) -> Any:
        """The type of the answer (of one item, for lists), imported when asked for; ``NoneType`` if there is none.

        ImportError or AttributeError if the installed SDK lacks it. Of a union, only the first member has to be there.
        """
        first, *others = self.cast_to.split(" | ")
        union = resolve(first)
        for other in _installed(others):
            union |= other
        return union

    @functools.cached_property
    def chunk_type(self) -> Any:
        """The type of a stream's chunks or events; None if the operation can't stream."""
        return resolve(self.stream) if self.stream else None

    @functools.cached_property
    def page_type(self) -> Any:
        """The synchronous page class, parametrized with the item's type; None for operations that don't list."""
        return resolve(f"openai.pagination.{self.page}")[self.response_type] if self.page else None

    @functools.cached_property
    def params_types(self) -> tuple[Any, ...]:
        """The TypedDicts of the arguments. Names that the installed SDK lacks are left out."""
        members = (member for found in _installed(self.params) for member in get_args(found) or [found])
        return tuple(dict.fromkeys(members))


@functools.cache
def resolve(dotted: str) -> Any:
    """The object behind a dotted name of the table; ImportError or AttributeError if the installed SDK lacks it."""
    builtin = _BUILTINS.get(dotted)
    if builtin is not None:
        return builtin
    module, _, attribute = dotted.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _installed(names: Iterable[str]) -> Iterator[Any]:
    """The objects behind those of the names that the installed SDK has; an older one lacks some."""
    for name in names:
        with contextlib.suppress(ImportError, AttributeError):
            yield resolve(name)


@functools.lru_cache(maxsize=1)
def operations() -> dict[str, Operation]:
    """All listed operations by name."""
    from ._table import OPERATIONS

    return {operation.name: operation for operation in OPERATIONS}


def find(name: str) -> Operation | None:
    """The operation of that dotted name, or None."""
    return operations().get(name) or _UNLISTED.get(name)


_UNLISTED: dict[str, Operation] = {}


def unlisted(name: str, verb: str, path: str, cast_to: str) -> Operation:
    """An operation that the SDK has and the table hasn't, since the SDK is newer; made from what a call shows."""
    found = _UNLISTED.get(name)
    if found is None:
        found = _UNLISTED[name] = Operation(name, verb, path, cast_to)
    elif not found.path and path:  # known by its method so far; now a call shows the rest
        found.verb, found.path, found.cast_to = verb, path, cast_to
        found.__dict__.pop("response_type", None)
    return found


@functools.cache
def installed(operation: Operation) -> bool:
    """Whether the installed SDK offers ``operation``: an older one may lack the method, or a type that it speaks of."""
    from ._table import CLASSES

    types = (
        operation.cast_to.partition(" | ")[0],
        operation.stream,
        operation.page and f"openai.pagination.{operation.page}",
    )
    try:
        if operation.resource in CLASSES:
            getattr(resolve(CLASSES[operation.resource]), operation.method)
        for name in filter(None, types):
            resolve(name)
    except (ImportError, AttributeError):
        return False
    return True


_FORMER_ROUTES = (("POST", "/evals/{eval_id}/runs/{run_id}", "evals.runs.cancel"),)
"""Routes by which older SDKs reach an operation that the table has at another."""


class _Node:
    """One segment in the tree of routes.

    Attributes:
        literals: the nodes of the next segment by its text.
        placeholder: the node of the next segment if that is a parameter.
        operations: the operations whose path ends here.
    """

    __slots__ = ("literals", "operations", "placeholder")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.placeholder: _Node | None = None
        self.operations: list[Operation] = []


@functools.lru_cache(maxsize=1)
def _routes() -> tuple[dict[tuple[str, str], list[Operation]], dict[str, _Node]]:
    """The routes without parameters by verb and path, and those with parameters as a tree for each verb."""
    static: dict[tuple[str, str], list[Operation]] = {}
    trees: dict[str, _Node] = {}
    routes = [(operation.verb, operation.path, operation) for operation in operations().values()]
    routes += [(verb, path, operations()[name]) for verb, path, name in _FORMER_ROUTES]
    for verb, path, operation in routes:
        if not operation.path_params:
            static.setdefault((verb, path), []).append(operation)
            continue
        node = trees.setdefault(verb, _Node())
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                if node.placeholder is None:
                    node.placeholder = _Node()
                node = node.placeholder
            else:
                node = node.literals.setdefault(segment, _Node())
        node.operations.append(operation)
    return static, trees


def _descend(node: _Node, parts: list[str], index: int, values: list[str]) -> list[Operation] | None:
    """The operations at the end of ``parts``, literal segments before parameters; ``values`` collects the latter."""
    if index == len(parts):
        return node.operations or None
    part = parts[index]
    child = node.literals.get(part)
    if child is not None:
        found = _descend(child, parts, index + 1, values)
        if found is not None:
            return found
    if node.placeholder is None or not part:
        return None
    values.append(part)
    found = _descend(node.placeholder, parts, index + 1, values)
    if found is None:
        values.pop()
    return found


def _choose(candidates: list[Operation], query: str, cast_to: str | None) -> Operation:
    """The operation that is meant among those of one route: by response type, by fixed query, then what is current."""
    if len(candidates) == 1:
        return candidates[0]
    if cast_to:
        name = cast_to.partition("[")[0].replace("Async", "Sync", 1) if "[" in cast_to else cast_to
        candidates = [it for it in candidates if name in (it.page, it.cast_to.rpartition(".")[2])] or candidates
    sent = query.split("&")
    fixed = [it for it in candidates if it.path_query and all("=".join(pair) in sent for pair in it.path_query)]
    candidates = fixed or [it for it in candidates if not it.path_query] or candidates
    candidates = [it for it in candidates if installed(it)] or candidates
    return next((it for it in candidates if not it.deprecated), candidates[0])


def match(verb: str, path: str, cast_to: str | None = None) -> tuple[Operation, dict[str, str]] | None:
    """The operation behind an HTTP request, and its path parameters as they stand in the path; None if there is none.

    Some operations share a route. They are told apart by ``cast_to``, or by the query that the SDK writes behind the
    path of one of them; failing that, it is the one that is not deprecated.

    Args:
        verb: HTTP method in capitals.
        path: path below the base URL, percent-encoded segment by segment or not; a trailing slash does not matter. With
            its query, ``/responses?beta=true`` is told from ``/responses``.
        cast_to: ``__name__`` of the response type, or of the page class, that the caller expects.
    """
    path, _, query = path.partition("?")
    static, trees = _routes()
    candidates = static.get((verb, path))
    if candidates is not None:
        return _choose(candidates, query, cast_to), {}
    stripped = path.strip("/")
    candidates = static.get((verb, f"/{stripped}"))
    if candidates is not None:
        return _choose(candidates, query, cast_to), {}
    tree = trees.get(verb)
    if tree is None:
        return None
    values: list[str] = []
    candidates = _descend(tree, stripped.split("/"), 0, values)
    if candidates is None:
        return None
    operation = _choose(candidates, query, cast_to)
    return operation, dict(zip(operation.path_params, values, strict=True))
