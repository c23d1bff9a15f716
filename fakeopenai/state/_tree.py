"""The attributes of a store: ``store.files``, ``store.beta.threads``. They are looked up in the operation table.

`_tree.pyi`, which is generated, describes them to type checkers. `StateStore` derives from this; other stores may, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .layout import children
from .objects import Group, Objects, node
from .protocol import Store

__all__ = ["StateTree"]


class StateTree:
    """Gives a `Store` its attributes. Derive a store of your own from it to have ``fake.state.files`` and the like.

    Attributes:
        ids: makes the id of an object that is put without one: a function of the resource's name. None: it needs one.
    """

    ids: Callable[[str], str] | None = None

    def __getattr__(self, name: str) -> Objects[Any, Any] | Group:
        return node(cast("Store", self), "", name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *children("")]

    def __repr__(self) -> str:
        counts: dict[str, int] = {}
        for resource, _, collection in cast("Store", self).resources():
            counts[resource] = counts.get(resource, 0) + len(collection)
        listed = ", ".join(f"{resource}: {count}" for resource, count in counts.items() if count)
        return f"<{type(self).__name__} {listed}>" if listed else f"<{type(self).__name__}: empty>"
