"""How a test reads and fills a store: ``store.files``, ``store.beta.threads.messages``.

`Objects` speaks in the SDK's models and completes partial ones; it keeps them in any `Store`. The attributes are
those of the client; `_tree.pyi`, which is generated, tells type checkers which there are. Imports leaves; the
completion by type (`assemble`) is imported when first used.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import openai
from typing_extensions import Self

from fakeopenai.errors import UsageError, nearest
from fakeopenai.operation import find
from fakeopenai.snapshot import plain

from .layout import Kept, children, home_of, kept
from .protocol import SINGLE, Collection, Store, canonical

__all__ = ["Group", "Objects", "node"]

Model = TypeVar("Model")
Given = TypeVar("Given")

_SHOWN = 5
_METHODS = ("delete", "get", "list", "put")


class Group:
    """A part of the client's tree that keeps nothing itself: ``store.beta``."""

    __slots__ = ("_path", "_store")

    def __init__(self, store: Store, path: str) -> None:
        self._store = store
        self._path = path

    if not TYPE_CHECKING:  # the generated stub knows the attributes; this would make checkers accept any

        def __getattr__(self, name: str) -> Objects[Any, Any] | Group:
            return node(self._store, self._path, name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *children(self._path)]

    def __repr__(self) -> str:
        return f"<{self._path}: {', '.join(children(self._path))}>"


class Objects(Generic[Model, Given]):
    """The objects of one resource, as the SDK's models: ``store.files``.

    What lies below other objects is reached with their ids: ``store.beta.threads.messages("thread_abc")`` are the
    messages of one thread, ``store.beta.threads.messages`` those of all. Every method takes such ids as well, by
    position or by name (``thread_id="thread_abc"``).

    Models come out fresh each time: to change an object, `put` it again.

    Example:
        >>> from fakeopenai.state import StateStore
        >>> store = StateStore()
        >>> store.beta.threads.messages.put({"id": "msg_a", "role": "user"}, thread_id="thread_a").thread_id
        'thread_a'
        >>> [message.id for message in store.beta.threads.messages("thread_a")]
        ['msg_a']
    """

    __slots__ = ("_bound", "_kept", "_store")

    def __init__(self, store: Store, entry: Kept, bound: Mapping[str, str]) -> None:
        self._store = store
        self._kept = entry
        self._bound = bound

    def __call__(self, *parents: str, **parent_ids: str) -> Self:
        """Those of them that lie below these objects."""
        return type(self)(self._store, self._kept, self._bind(parents, parent_ids))

    def put(
        self,
        value: Given | Mapping[str, Any],
        /,
        *parents: str,
        extra: Mapping[str, Any] | None = None,
        **parent_ids: str,
    ) -> Model:
        """Insert an object at the end, or replace the one with its id where it stands.

        Args:
            value: a model, which stays as it is, or any part of one as a dict, which is completed by type.
            parents: ids of the objects above it, outermost first. What the object itself says need not be repeated.
            extra: hidden data to keep beside it.
            parent_ids: the same ids by name.

        Returns:
            The object as it is kept now.

        Raises:
            UsageError: it has the wrong type, no id, or nothing says what it lies below.
            UnknownField: the dict has a field that the type has not.
        """
        entry = self._kept
        body = self._body(value)
        above = self._place(body, self._bind(parents, parent_ids))
        key = self._key(body)
        if isinstance(value, Mapping):
            from fakeopenai.assemble import complete

            body = complete(entry.type, body)
        self._store.collection(entry.resource, *above).put(body, key=key, extra=extra)
        return self._model(body)

    def get(self, id: str = SINGLE, /, *parents: str, **parent_ids: str) -> Model | None:
        """The object, or None. The resources that keep a single object (``spend_limit``) need no id.

        Raises:
            UsageError: several objects above have one of this id; say which is meant.
        """
        collection = self._holding(id, parents, parent_ids)
        body = None if collection is None else collection.get(id)
        return None if body is None else self._model(body)

    def list(self, *parents: str, **filters: Any) -> builtins.list[Model]:
        """The objects, in the order in which they were first put.

        Args:
            parents: ids of the objects above them.
            filters: such ids by name, and fields with the value that they must have. Values are compared with ``==``.

        Raises:
            UsageError: a filter is no field of the objects.
        """
        entry = self._kept
        bound = self._bind(parents, {name: filters.pop(name) for name in entry.parents if name in filters})
        wanted: builtins.list[tuple[str, Any]] = []
        for name, value in filters.items():
            if name not in entry.fields:
                suggestion = nearest(name, entry.fields)
                hint = f"; did you mean {suggestion!r}?" if suggestion else f": {', '.join(entry.fields)}."
                raise UsageError(f"{entry.type_name} has no field {name!r} to look for{hint}")
            wanted.append((entry.fields[name], value))

        def matches(body: dict[str, Any]) -> bool:
            return all(body.get(name) == value for name, value in wanted)

        with self._store.lock:
            bodies = [
                body
                for collection in self._matching(bound)
                for body in collection.page(limit=None, order="asc", where=matches if wanted else None).items
            ]
        return [self._model(body) for body in bodies]

    def delete(self, id: str = SINGLE, /, *parents: str, **parent_ids: str) -> bool:
        """Remove an object and all that lies below it; whether it was there.

        Raises:
            UsageError: several objects above have one of this id; say which is meant.
        """
        with self._store.lock:
            collection = self._holding(id, parents, parent_ids)
            if collection is None:
                return False
            collection.delete(id)
            self._store.drop(self._kept.resource, *collection.parents, id)
            return True

    def __len__(self) -> int:
        return sum(len(collection) for collection in self._matching(self._bound))

    def __contains__(self, id: object) -> bool:
        return any(id in collection for collection in self._matching(self._bound))

    def __iter__(self) -> Iterator[Model]:
        return iter(self.list())

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Objects[Any, Any] | Group:
            return node(self._store, self._kept.resource, name, self._bound)

    def __dir__(self) -> builtins.list[str]:
        return [*super().__dir__(), *children(self._kept.resource)]

    def __repr__(self) -> str:
        keys = [key or self._kept.type_name for collection in self._matching(self._bound) for key in collection.keys()]  # noqa: SIM118
        more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
        return f"<{self._kept.resource}: {', '.join(keys[:_SHOWN]) or 'empty'}{more}>"

    def _bind(self, ids: tuple[str, ...], named: Mapping[str, str]) -> dict[str, str]:
        """The ids of the objects above, by name: those bound before, and these."""
        entry = self._kept
        unknown = [name for name in named if name not in entry.parents]
        free = [name for name in entry.parents if name not in self._bound and name not in named]
        if unknown or len(ids) > len(free):
            takes = f"lie below {', '.join(entry.parents)}" if entry.parents else "lie below nothing"
            given = ", ".join([*map(repr, ids), *(f"{name}={value!r}" for name, value in named.items())])
            raise UsageError(f"The objects of {entry.resource} {takes}; got {given}.")
        bound = {**self._bound, **dict(zip(free, ids, strict=False)), **named}
        for name, value in cast("dict[str, Any]", bound).items():
            if not isinstance(value, str):
                hint = f" Pass its id, {value.id!r}." if hasattr(value, "id") else ""
                raise UsageError(f"{name} takes the id of an object; got {type(value).__name__} {value!r}.{hint}")
        return bound

    def _matching(self, bound: Mapping[str, str]) -> Iterator[Collection]:
        entry = self._kept
        if all(name in bound for name in entry.parents):
            found = self._store.existing(entry.resource, *(bound[name] for name in entry.parents))
            if found is not None:
                yield found
            return
        for _, parents, collection in self._store.resources(entry.resource):
            above = dict(zip(entry.parents, parents, strict=False))
            if all(above.get(name) == above_id for name, above_id in bound.items()):
                yield collection

    def _holding(self, id: str, parents: tuple[str, ...], parent_ids: Mapping[str, str]) -> Collection | None:
        """The collection that has this object."""
        entry = self._kept
        if id == SINGLE and not entry.single:
            raise UsageError(f"store.{entry.resource} keeps its objects by id; say which one is meant.")
        holding = [found for found in self._matching(self._bind(parents, parent_ids)) if id in found]
        if len(holding) > 1:
            above = " and ".join(" / ".join(found.parents) for found in holding[:3])
            raise UsageError(
                f"{id!r} is in {len(holding)} collections of {entry.resource}: below {above}. "
                f"Say which is meant: {', '.join(f'{name}=...' for name in entry.parents)}."
            )
        return holding[0] if holding else None

    def _body(self, value: Any) -> dict[str, Any]:
        """What was given, as JSON."""
        entry = self._kept
        if isinstance(value, Mapping):
            return cast("dict[str, Any]", plain(value))
        if isinstance(value, openai.BaseModel) and isinstance(value, entry.models):
            return value.to_dict(mode="json", warnings=False)  # a parsed response, say, is no exact match of its type
        kind = type(cast("object", value)).__name__
        home = home_of(kind)
        hint = f" store.{home} keeps {kind}." if home and home != entry.resource else ""
        raise UsageError(
            f"store.{entry.resource} keeps {entry.type_name}: put one, or a dict of its fields. "
            f"Got {kind} {value!r}.{hint}"
        )

    def _place(self, body: dict[str, Any], bound: Mapping[str, str]) -> builtins.list[str]:
        """The ids of the objects that it lies below: given, or said by itself. They are written into it, too."""
        entry = self._kept
        above: builtins.list[str] = []
        for name in entry.parents:
            own = body.get(name) if name in entry.fields else None
            given = bound.get(name)
            if own and given and own != given:
                raise UsageError(
                    f"This {entry.type_name} has {name}={own!r}, and it was to be put below {name}={given!r}. "
                    "Leave one of them out."
                )
            found = given or own
            if not found:
                raise UsageError(
                    f"store.{entry.resource}.put() needs to know what the {entry.type_name} lies below, and it doesn't "
                    f'say so itself. Write put(..., {name}="...").'
                )
            above.append(found)
            if name in entry.fields:
                body[name] = found
        return above

    def _key(self, body: dict[str, Any]) -> str:
        """What the object will be found by, made and written into it if it has no id."""
        entry = self._kept
        if entry.single:
            return SINGLE
        field = entry.id_field
        if field is None:
            raise UsageError(f"{entry.type_name} has no id, so store.{entry.resource} can't keep it by one.")
        key = body.get(field)
        if key is None or key == "":
            make: Callable[[str], str] | None = getattr(self._store, "ids", None)
            if make is None:
                raise UsageError(
                    f"A {entry.type_name} without {field!r} was put into store.{entry.resource}. Give it one: "
                    f'put({{"{field}": "...", ...}}). (The store of an account makes ids itself.)'
                )
            key = body[field] = make(canonical(entry.resource))
        if not isinstance(key, str):
            raise UsageError(f"{field!r} of a {entry.type_name} is a string; got {type(key).__name__} {key!r}.")
        return key

    def _model(self, body: dict[str, Any]) -> Model:
        """The model of what is kept; as the SDK would read it where it isn't valid (a test may have scripted that)."""
        from fakeopenai._sdk import made, validator_of

        kind = self._kept.type
        return cast("Model", made(kind, body, validator_of(kind)))


def node(
    store: Store, path: str, name: str, bound: Mapping[str, str] = MappingProxyType({})
) -> Objects[Any, Any] | Group:
    """What ``store.<path>.<name>`` is; an AttributeError that names the nearest, if there is nothing of that name."""
    found = None if name.startswith("_") else children(path).get(name)
    if found is None:
        raise AttributeError(_missing(path, name), name=name)
    entry = kept().get(found)
    if entry is None:
        return Group(store, found)
    return Objects(store, entry, {name: bound[name] for name in entry.parents if name in bound})


def _missing(path: str, name: str) -> str:
    """Why there is no ``store.<path>.<name>``, and what may have been meant."""
    from fakeopenai._table import CLASSES

    here = f"store.{path}" if path else "The store"
    dotted = f"{path}.{name}" if path else name
    if dotted in CLASSES:
        return f"{here} has no {name!r}: the API keeps no objects of client.{dotted}."
    known = [*children(path), *(_METHODS if path in kept() else ())]
    listed = ", ".join(f"{entry}()" if entry in _METHODS else entry for entry in known)
    if find(dotted) is not None:
        return f"{here} has no {name!r}: that is a method of the client. It has {listed}."
    elsewhere = [resource for resource in kept() if resource.rpartition(".")[2] == name]
    suggestion = nearest(name, known) or nearest(name, kept())
    if elsewhere:
        hint = f"did you mean {' or '.join(f'store.{resource}' for resource in elsewhere[:3])}?"
    elif suggestion:
        hint = f"did you mean {suggestion!r}?"
    else:
        hint = f"it has {listed}."
    return f"{here} has no {name!r}; {hint}"
