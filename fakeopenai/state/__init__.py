"""The account's store: what its objects are kept in, and the typed tree by which tests read and fill it.

- `protocol`: what a store has to offer (`Store`, `Collection`, `Page`), and `canonical` names.
- `memory`: the one that is attached by default (`StateStore`).
- `layout`: which resources keep objects, of which types, below which parents; read from the operation table.
- `objects`, `_tree`: ``store.files``, ``store.beta.threads.messages``, for the authors of tests.
- `contract`: tests for stores of your own; not imported here, since it needs pytest.

Nothing here knows what the API does with the objects: integrity, errors and life cycles are the operations' business.
Imports leaves only; the backend, the operations and the clients import it.
"""

from ._tree import StateTree
from .layout import Kept, kept
from .memory import StateStore
from .objects import Group, Objects
from .protocol import SINGLE, Collection, Page, Store, canonical

__all__ = [
    "SINGLE",
    "Collection",
    "Group",
    "Kept",
    "Objects",
    "Page",
    "StateStore",
    "StateTree",
    "Store",
    "canonical",
    "kept",
]
