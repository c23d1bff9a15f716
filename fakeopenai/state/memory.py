"""The store in memory: the one that an account has unless another is attached.

Objects are kept detached from all that anybody holds, each in a record that knows its older and its newer neighbour, so
that looking up, deleting and paging from any cursor take the same time however many there are. What a store promises is
said in `protocol`. Imports leaves only.
"""

from __future__ import annotations

import copy
import marshal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Literal, TypeAlias, cast

from typing_extensions import Self

from fakeopenai.errors import UsageError
from fakeopenai.snapshot import is_plain, plain

from ._tree import StateTree
from .protocol import Page, canonical

__all__ = ["MemoryCollection", "StateStore"]

_Parents: TypeAlias = tuple[str, ...]
_Kept: TypeAlias = "bytes | dict[str, Any]"
_Entry: TypeAlias = "tuple[int, str, _Kept | None, dict[str, Any] | None]"

_IMMUTABLE = frozenset({str, int, float, bool, type(None), bytes})


class _Record:
    """One object, or (without a body) the place where a deleted one stood.

    Attributes:
        number: grows in the order of insertion.
        body: the object as `_kept`, never changed in place either; None if it was deleted.
        extra: hidden data, never changed in place, so that copies of a store can share it; None for nothing.
        older: the neighbour put before it. That of a deleted one may itself have been deleted since.
        newer: the neighbour put after it; None for a deleted one.
    """

    __slots__ = ("body", "extra", "newer", "number", "older")

    def __init__(self, number: int, body: _Kept | None, extra: dict[str, Any] | None, older: _Record | None) -> None:
        self.number = number
        self.body = body
        self.extra = extra
        self.older = older
        self.newer: _Record | None = None


class _Shelf:
    """The records of one collection: by key, and as a list in order of insertion, linked both ways.

    Attributes:
        records: what is there, by key; in order of insertion too.
        deleted: what was deleted and not put again, by key.
        oldest: first of the list.
        newest: last of the list.
    """

    __slots__ = ("_next", "deleted", "newest", "oldest", "records")

    def __init__(self) -> None:
        self.records: dict[str, _Record] = {}
        self.deleted: dict[str, _Record] = {}
        self.oldest: _Record | None = None
        self.newest: _Record | None = None
        self._next = 0

    def append(self, key: str, body: _Kept, extra: dict[str, Any] | None) -> None:
        newest = self.newest
        record = self.records[key] = self.newest = _Record(self._next, body, extra, newest)
        self._next += 1
        if newest is None:
            self.oldest = record
        else:
            newest.newer = record
        self.deleted.pop(key, None)

    def remove(self, key: str) -> bool:
        record = self.records.pop(key, None)
        if record is None:
            return False
        older, newer = record.older, record.newer
        if older is None:
            self.oldest = newer
        else:
            older.newer = newer
        if newer is None:
            self.newest = older
        else:
            newer.older = older
        record.body = record.extra = record.newer = None
        self.deleted[key] = record
        return True

    def cursor(self, key: str) -> _Record:
        """The record of an object that is there or was; KeyError if there never was one."""
        return self.records.get(key) or self.deleted[key]

    def neighbour(self, record: _Record | None, *, newer: bool) -> _Record | None:
        """The next record towards the newer or the older end; from the far end if there is none to begin with."""
        if record is None:
            return self.oldest if newer else self.newest
        if record.body is not None:
            return record.newer if newer else record.older
        # Nothing is ever inserted between two records, so what is newer than a deleted one is what follows on the first
        # that is left before it.
        older = self._left_before(record)
        if not newer:
            return older
        return self.oldest if older is None else older.newer

    def _left_before(self, record: _Record) -> _Record | None:
        """The newest record that is left among those older than a deleted one; shortens the way there for next time."""
        passed = [record]
        found = record.older
        while found is not None and found.body is None:
            passed.append(found)
            found = found.older
        for deleted in passed:
            deleted.older = found
        return found

    def flat(self) -> list[_Entry]:
        """Everything in it, in order of insertion, without links: for copies."""
        entries = [(record.number, key, record.body, record.extra) for key, record in self.records.items()]
        if self.deleted:
            entries += [(record.number, key, None, None) for key, record in self.deleted.items()]
            entries.sort(key=lambda entry: entry[0])
        return entries

    @classmethod
    def of(cls, entries: list[_Entry]) -> _Shelf:
        """A shelf with what `flat` gave."""
        shelf = cls()
        for _, key, body, extra in entries:
            if body is not None:
                shelf.append(key, body, extra)
            else:
                shelf.deleted[key] = _Record(shelf._next, None, None, shelf.newest)
                shelf._next += 1
        return shelf


class _Shelves:
    """All shelves of a store, what guards them, and how often they changed.

    Attributes:
        lock: guards everything here; re-entrant.
        changes: how many changes there have been.
        by_resource: the shelves by resource, then by parents.
    """

    __slots__ = ("_below", "by_resource", "changes", "lock")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changes = 0
        self.clear()

    def clear(self) -> None:
        self.by_resource: dict[str, dict[_Parents, _Shelf]] = {}
        # What lies below an outermost parent, so that deleting one of many threads needn't look at all of them.
        self._below: dict[str, dict[tuple[str, _Parents], None]] = {}

    def find(self, resource: str, parents: _Parents) -> _Shelf | None:
        shelves = self.by_resource.get(resource)
        return None if shelves is None else shelves.get(parents)

    def add(self, resource: str, parents: _Parents, shelf: _Shelf) -> _Shelf:
        self.by_resource.setdefault(resource, {})[parents] = shelf
        if parents:
            self._below.setdefault(parents[0], {})[resource, parents] = None
        return shelf

    def below(self, parents: _Parents) -> list[tuple[str, _Parents]]:
        """Where the shelves below these parents stand; all shelves if there are none."""
        if not parents:
            return [(resource, above) for resource, shelves in self.by_resource.items() for above in shelves]
        return [address for address in self._below.get(parents[0], ()) if address[1][: len(parents)] == parents]

    def remove(self, resource: str, parents: _Parents) -> None:
        shelves = self.by_resource[resource]
        del shelves[parents]
        if not shelves:
            del self.by_resource[resource]
        if parents:
            below = self._below[parents[0]]
            del below[resource, parents]
            if not below:
                del self._below[parents[0]]

    def flat(self) -> tuple[int, list[tuple[str, _Parents, list[_Entry]]]]:
        """Everything, without links and lock: for copies."""
        with self.lock:
            return self.changes, [
                (resource, parents, shelf.flat())
                for resource, shelves in self.by_resource.items()
                for parents, shelf in shelves.items()
            ]

    @classmethod
    def of(cls, flat: tuple[int, list[tuple[str, _Parents, list[_Entry]]]]) -> _Shelves:
        """Shelves with what `flat` gave."""
        made = cls()
        made.changes, entries = flat
        for resource, parents, shelf in entries:
            made.add(resource, parents, _Shelf.of(shelf))
        return made


class MemoryCollection:
    """The collections of `StateStore`. See `protocol.Collection`."""

    __slots__ = ("_parents", "_resource", "_shelves")

    def __init__(self, shelves: _Shelves, resource: str, parents: tuple[str, ...]) -> None:
        self._shelves = shelves
        self._resource = resource
        self._parents = parents

    @property
    def resource(self) -> str:
        """Path on the client, canonical."""
        return self._resource

    @property
    def parents(self) -> tuple[str, ...]:
        """Ids of the objects that it lies below."""
        return self._parents

    def put(self, body: Mapping[str, Any], *, key: str | None = None, extra: Mapping[str, Any] | None = None) -> None:
        """Insert an object at the end, or replace it where it stands."""
        if key is None:
            key = body.get("id")
            if not isinstance(key, str) or not key:
                raise UsageError(
                    f"What is put into {self._resource} needs a string as its id, or key=; its id is {key!r}."
                )
        # JSON goes in once and comes out often: what isn't plain is made so here, and reading is one load.
        json: Any = body if is_plain(body) else plain(body)
        kept = _kept(json)
        hidden = None if extra is None else _detached(extra)
        with self._shelves.lock:
            shelf = self._found() or self._shelves.add(self._resource, self._parents, _Shelf())
            record = shelf.records.get(key)
            if record is None:
                shelf.append(key, kept, hidden)
            else:
                record.body = kept
                if hidden is not None:
                    record.extra = hidden
            self._shelves.changes += 1

    def get(self, key: str) -> dict[str, Any] | None:
        """The object, or None."""
        with self._shelves.lock:
            shelf = self._found()
            record = shelf.records.get(key) if shelf is not None else None
            kept = record.body if record is not None else None
        return None if kept is None else _copy_of(kept)

    def extra(self, key: str) -> dict[str, Any]:
        """The hidden data beside an object, detached from it."""
        with self._shelves.lock:
            shelf = self._found()
            record = shelf.records.get(key) if shelf is not None else None
            hidden = record.extra if record is not None else None
        return _detached(hidden) if hidden else {}

    def set_extra(self, key: str, **values: Any) -> None:
        """Set some of the hidden data beside an object."""
        with self._shelves.lock:
            shelf = self._found()
            if shelf is None:
                raise KeyError(key)
            record = shelf.records[key]
            record.extra = {**(record.extra or {}), **_detached(values)}
            self._shelves.changes += 1

    def delete(self, key: str) -> bool:
        """Remove an object; whether it was there."""
        with self._shelves.lock:
            shelf = self._found()
            if shelf is None or not shelf.remove(key):
                return False
            self._shelves.changes += 1
            return True

    def was_deleted(self, key: str) -> bool:
        """Whether an object of this key was deleted here, and not put again."""
        with self._shelves.lock:
            shelf = self._found()
            return shelf is not None and key in shelf.deleted

    def page(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        limit: int | None = 20,
        order: Literal["asc", "desc"] = "desc",
        where: Callable[[dict[str, Any]], bool] | None = None,
    ) -> Page:
        """One page of the listing, newest first by default."""
        if order not in {"asc", "desc"} or (limit is not None and limit < 0):
            raise UsageError(f'A page has order "asc" or "desc" and a limit of 0 or more; got {order!r} and {limit!r}.')
        with self._shelves.lock:
            shelf = self._found()
            if shelf is None:
                if after is None and before is None:
                    return Page([], has_more=False)
                raise KeyError(before if after is None else after)
            start = None if after is None else shelf.cursor(after)
            stop = None if before is None else shelf.cursor(before)
            if stop is not None and start is None:
                page = _walk(shelf, stop, None, newer=order == "desc", limit=limit, where=where)
                page.items.reverse()
                return page
            return _walk(shelf, start, stop, newer=order == "asc", limit=limit, where=where)

    def keys(self) -> list[str]:
        """All keys, in order."""
        with self._shelves.lock:
            shelf = self._found()
            return [] if shelf is None else list(shelf.records)

    def __len__(self) -> int:
        with self._shelves.lock:
            shelf = self._found()
            return 0 if shelf is None else len(shelf.records)

    def __contains__(self, key: object) -> bool:
        with self._shelves.lock:
            shelf = self._found()
            return shelf is not None and key in shelf.records

    def __repr__(self) -> str:
        return f"<{' below '.join([self._resource, *reversed(self._parents)])}: {len(self)}>"

    def _found(self) -> _Shelf | None:
        return self._shelves.find(self._resource, self._parents)


def _walk(
    shelf: _Shelf,
    start: _Record | None,
    stop: _Record | None,
    *,
    newer: bool,
    limit: int | None,
    where: Callable[[dict[str, Any]], bool] | None,
) -> Page:
    """The objects strictly between two places, in the direction of walking."""
    items: list[dict[str, Any]] = []
    record = shelf.neighbour(start, newer=newer)
    while record is not None and record.body is not None:
        if stop is not None and (record.number >= stop.number if newer else record.number <= stop.number):
            break
        full = len(items) == limit
        if full and where is None:
            return Page(items, has_more=True)
        item = _copy_of(record.body)
        if where is None or where(item):
            if full:
                return Page(items, has_more=True)
            items.append(item)
        record = record.newer if newer else record.older
    return Page(items, has_more=False)


def _kept(body: dict[str, Any]) -> _Kept:
    """A plain object as it is kept: detached from it, and quick to copy again.

    Most objects are flat, and copying a flat dict takes a tenth of what reading it from bytes does.
    """
    return dict(body) if _IMMUTABLE.issuperset(map(type, body.values())) else marshal.dumps(body)


def _copy_of(kept: _Kept) -> dict[str, Any]:
    return kept.copy() if type(kept) is dict else marshal.loads(cast("bytes", kept))  # noqa: S302 - our own bytes


def _detached(values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that shares nothing mutable; bytes and other immutable values are not copied."""
    return {name: value if type(value) in _IMMUTABLE else copy.deepcopy(value) for name, value in values.items()}


class StateStore(StateTree):
    """Everything that an account has, in memory.

    Its attributes mirror the client's tree: ``store.files``, ``store.beta.threads.messages``; each keeps the objects of
    one resource, to look at and to fill (`Objects`). Attach one to several accounts to have them share it; `copy` it to
    start each test from the same state. Safe to use from several threads. It can be pickled.

    Attributes:
        ids: makes the id of an object that is put without one: a function of the resource's name. The account sets it.

    Example:
        >>> store = StateStore()
        >>> store.files.put({"id": "file-abc", "filename": "train.jsonl"}).purpose
        'fine-tune'
        >>> store
        <StateStore files: 1>
    """

    def __init__(self) -> None:
        self._shelves = _Shelves()

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held by every single operation, re-entrant; hold it for several that belong together."""
        return self._shelves.lock

    @property
    def changes(self) -> int:
        """How many changes there have been so far."""
        return self._shelves.changes

    def collection(self, resource: str, *parents: str) -> MemoryCollection:
        """The collection of a resource below these parents. It exists from the first ``put`` on."""
        return MemoryCollection(self._shelves, canonical(resource), parents)

    def existing(self, resource: str, *parents: str) -> MemoryCollection | None:
        """The collection if anything has ever been put into it, else None."""
        name = canonical(resource)
        with self._shelves.lock:
            found = self._shelves.find(name, parents)
        return None if found is None else MemoryCollection(self._shelves, name, parents)

    def resources(self, resource: str | None = None) -> Iterator[tuple[str, tuple[str, ...], MemoryCollection]]:
        """All collections that exist (of one resource, if given), with resource and parents."""
        shelves = self._shelves
        with shelves.lock:
            if resource is None:
                found = shelves.below(())
            else:
                name = canonical(resource)
                found = [(name, parents) for parents in shelves.by_resource.get(name, ())]
        for name, parents in found:
            yield name, parents, MemoryCollection(shelves, name, parents)

    def drop(self, resource_prefix: str, *parents: str) -> None:
        """Remove everything below an object: all collections of resources below this one, below these parents."""
        prefix = f"{canonical(resource_prefix)}."
        with self._shelves.lock:
            doomed = [address for address in self._shelves.below(parents) if address[0].startswith(prefix)]
            for resource, above in doomed:
                self._shelves.remove(resource, above)
            if doomed:
                self._shelves.changes += 1

    def clear(self) -> None:
        """Forget everything, deletions included."""
        with self._shelves.lock:
            self._shelves.clear()
            self._shelves.changes += 1

    def copy(self) -> Self:
        """An independent store with the same content. The objects themselves are frozen, hence shared."""
        twin = type(self).__new__(type(self))
        twin.__setstate__(self.__getstate__())
        twin.ids = self.ids
        return twin

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = memo[id(self)] = type(self).__new__(type(self))
        state = self.__getstate__()
        shelves = state.pop("_shelves")  # detached already: nothing in it ever changes
        twin.__setstate__({**copy.deepcopy(state, memo), "_shelves": shelves})
        twin.ids = copy.deepcopy(self.ids, memo)
        return twin

    def __getstate__(self) -> dict[str, Any]:
        others = {name: value for name, value in vars(self).items() if name != "ids"}
        return {**others, "_shelves": self._shelves.flat()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._shelves = _Shelves.of(state["_shelves"])
