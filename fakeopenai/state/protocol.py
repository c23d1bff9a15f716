"""What a store has to offer: `Store`, `Collection` and `Page`. The least that another implementation needs.

`contract.StoreContract` tests all of it. Give a store of your own the attributes by which tests read it
(``store.files``) by deriving it from `StateTree`. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, NamedTuple, Protocol, runtime_checkable

from typing_extensions import Self

__all__ = ["SINGLE", "Collection", "Page", "Store", "canonical"]

SINGLE: Final = ""
"""The key of the only object of a resource that has no ids, such as ``admin.organization.spend_limit``."""


def canonical(resource: str) -> str:
    """The name under which a resource is kept: the API serves the objects of some under two names of the client.

    Example:
        >>> canonical("beta.responses.input_items"), canonical("beta.threads")
        ('responses.input_items', 'beta.threads')
    """
    if resource.startswith("beta.") and f"{resource}.".startswith(("beta.chat.", "beta.responses.")):
        return resource[len("beta.") :]
    return resource


class Page(NamedTuple):
    """One page of a listing.

    Attributes:
        items: fresh JSON objects.
        has_more: whether more would follow in the direction of paging.
    """

    items: list[dict[str, Any]]
    has_more: bool


class Collection(Protocol):
    """The objects of one resource below one parent, in the order in which they were put.

    A collection is a handle: it holds no objects itself and stays good when its store is cleared. What goes in and what
    comes out is detached: to change an object, `put` it again.
    """

    @property
    def resource(self) -> str:
        """Path on the client, canonical: ``"beta.threads.messages"``."""
        ...

    @property
    def parents(self) -> tuple[str, ...]:
        """Ids of the objects that it lies below, outermost first."""
        ...

    def put(self, body: Mapping[str, Any], *, key: str | None = None, extra: Mapping[str, Any] | None = None) -> None:
        """Insert an object at the end, or replace it where it stands.

        Args:
            body: the object, as JSON.
            key: what it is found by; its ``id`` by default.
            extra: hidden data to keep beside it (the bytes of a file, how far a job is). Replaces what was there;
                None leaves that as it is.
        """
        ...

    def get(self, key: str) -> dict[str, Any] | None:
        """The object, or None."""
        ...

    def extra(self, key: str) -> dict[str, Any]:
        """The hidden data beside an object, detached from it; empty if there is none, or no such object."""
        ...

    def set_extra(self, key: str, **values: Any) -> None:
        """Set some of the hidden data beside an object; the rest stays.

        Raises:
            KeyError: there is no such object.
        """
        ...

    def delete(self, key: str) -> bool:
        """Remove an object; whether it was there. What lies below it is removed by `Store.drop`."""
        ...

    def was_deleted(self, key: str) -> bool:
        """Whether an object of this key was deleted here, and not put again."""
        ...

    def page(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        limit: int | None = 20,
        order: Literal["asc", "desc"] = "desc",
        where: Callable[[dict[str, Any]], bool] | None = None,
    ) -> Page:
        """One page of the listing, newest first by default.

        Args:
            after: key of the object behind which the page begins. One that has been deleted still marks its place,
                so that deleting while paging works.
            before: key of the object in front of which the page ends. Without ``after``, the page holds the objects
                just before it, in the same order.
            limit: how many objects at most; None for all.
            order: oldest first (``"asc"``) or newest first (``"desc"``), by when they were first put.
            where: which objects belong to the listing; a cursor need not.

        Raises:
            KeyError: a cursor never was the key of an object here.
        """
        ...

    def keys(self) -> list[str]:
        """All keys, in order."""
        ...

    def __len__(self) -> int: ...

    def __contains__(self, key: object) -> bool: ...


@runtime_checkable
class Store(Protocol):
    """All collections of an account. Safe to use from several threads."""

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held by every single operation, re-entrant; hold it for several that belong together."""
        ...

    @property
    def changes(self) -> int:
        """A number that grows with every change and stays without one."""
        ...

    def collection(self, resource: str, *parents: str) -> Collection:
        """The collection of a resource below these parents. It exists from the first `Collection.put` on.

        Args:
            resource: path on the client, such as ``"files"``; the two names of one resource (see `canonical`) give
                the same collection.
            parents: ids of the parent objects, outermost first.
        """
        ...

    def existing(self, resource: str, *parents: str) -> Collection | None:
        """The collection if anything has ever been put into it, else None."""
        ...

    def resources(self, resource: str | None = None) -> Iterator[tuple[str, tuple[str, ...], Collection]]:
        """All collections that exist (of one resource, if given), with resource and parents; those emptied as well."""
        ...

    def drop(self, resource_prefix: str, *parents: str) -> None:
        """Remove everything below an object: all collections of resources below this one, below these parents.

        Example:
            >>> from fakeopenai.state import StateStore
            >>> store = StateStore()
            >>> store.collection("beta.threads.runs.steps", "thread_a", "run_a").put({"id": "step_a"})
            >>> store.drop("beta.threads", "thread_a")
            >>> store
            <StateStore: empty>
        """
        ...

    def clear(self) -> None:
        """Forget everything, deletions included."""
        ...

    def copy(self) -> Self:
        """An independent store with the same content."""
        ...
