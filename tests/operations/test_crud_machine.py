"""The generic engine against a plain model: random calls through a synchronous and an asynchronous client at once.

The model is what anybody would write in ten lines: ordered dicts of objects and of their children. After every call the
answer has to be the model's, and a call that is refused must leave the account as it was.
"""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

NAMES = st.sampled_from(["a", "b", "c", None])
METADATA = st.dictionaries(st.sampled_from(["k", "l"]), st.sampled_from(["1", "2"]), max_size=2)
ORDER = st.sampled_from(["asc", "desc"])


class Engine(RuleBasedStateMachine):
    """Vector stores as parents, their files as children."""

    stores = Bundle("stores")
    gone = Bundle("gone")

    @initialize()
    def _begin(self) -> None:
        self.fake = FakeOpenAI(lifecycle="manual")
        self.other = FakeAsyncOpenAI(backend=self.fake.backend)
        self.loop = asyncio.new_event_loop()
        self.model: dict[str, dict[str, Any]] = {}
        self.children: dict[str, dict[str, dict[str, Any]]] = {}

    def teardown(self) -> None:
        """Close the loop of the asynchronous client."""
        if hasattr(self, "loop"):
            self.loop.close()

    def _call(self, path: str, *args: Any, asynchronous: bool, **kwargs: Any) -> Any:
        """Call an operation through either client."""
        endpoint: Any = self.other if asynchronous else self.fake
        for name in path.split("."):
            endpoint = getattr(endpoint, name)
        result = endpoint(*args, **kwargs)
        return self.loop.run_until_complete(_awaited(result)) if asynchronous else result

    @rule(target=stores, name=NAMES, metadata=METADATA, asynchronous=st.booleans())
    def create(self, name: str | None, metadata: dict[str, str], asynchronous: bool) -> str:
        """A new store carries what was sent."""
        sent: dict[str, Any] = {"metadata": metadata} if name is None else {"name": name, "metadata": metadata}
        made = self._call("vector_stores.create", asynchronous=asynchronous, **sent)
        assert made.id not in self.model
        self.model[made.id] = {"name": name, "metadata": metadata}
        self.children[made.id] = {}
        return str(made.id)

    @rule(store=stores, name=NAMES, metadata=st.none() | METADATA, asynchronous=st.booleans())
    def update(self, store: str, name: str | None, metadata: dict[str, str] | None, asynchronous: bool) -> None:
        """Values that are sent replace those before; null clears."""
        changed = self._call("vector_stores.update", store, asynchronous=asynchronous, name=name, metadata=metadata)
        self.model[store] = {"name": name, "metadata": metadata or {}}
        assert {"name": changed.name, "metadata": changed.metadata} == self.model[store]

    @rule(store=stores, asynchronous=st.booleans())
    def retrieve(self, store: str, asynchronous: bool) -> None:
        """A store is what it was last said to be, and counts its files."""
        found = self._call("vector_stores.retrieve", store, asynchronous=asynchronous)
        assert {"name": found.name, "metadata": found.metadata} == self.model[store]
        assert found.file_counts.total == len(self.children[store])

    @rule(target=gone, store=consumes(stores), asynchronous=st.booleans())
    def delete(self, store: str, asynchronous: bool) -> str:
        """A deleted store takes its files with it."""
        assert self._call("vector_stores.delete", store, asynchronous=asynchronous).deleted
        del self.model[store], self.children[store]
        return store

    @rule(store=gone, path=st.sampled_from(["retrieve", "update", "delete", "files.list"]), asynchronous=st.booleans())
    def miss(self, store: str, path: str, asynchronous: bool) -> None:
        """What was deleted is a 404 from every side, and nothing changes."""
        before = self.fake.state.changes
        with pytest.raises(openai.NotFoundError):
            self._call(f"vector_stores.{path}", store, asynchronous=asynchronous)
        assert self.fake.state.changes == before

    @rule(store=stores, key=st.integers(0, 9), letter=st.sampled_from("xy"), asynchronous=st.booleans())
    def attach(self, store: str, key: int, letter: str, asynchronous: bool) -> None:
        """A file is put into a store, or put again where it stands."""
        file_id = f"file-{key}"
        self._call(
            "vector_stores.files.create",
            store,
            asynchronous=asynchronous,
            file_id=file_id,
            attributes={"letter": letter},
        )
        self.children[store][file_id] = {"letter": letter}

    @rule(store=stores, key=st.integers(0, 9), asynchronous=st.booleans())
    def detach(self, store: str, key: int, asynchronous: bool) -> None:
        """A file is taken out if it is there, and missed if not."""
        file_id = f"file-{key}"
        if self.children[store].pop(file_id, None) is not None:
            self._call("vector_stores.files.delete", file_id, vector_store_id=store, asynchronous=asynchronous)
            return
        with pytest.raises(openai.NotFoundError):
            self._call("vector_stores.files.delete", file_id, vector_store_id=store, asynchronous=asynchronous)

    @rule(limit=st.integers(1, 4), order=ORDER, asynchronous=st.booleans())
    def iterate(self, limit: int, order: str, asynchronous: bool) -> None:
        """Auto-paging gives every store once, in order."""
        ids = list(self.model) if order == "asc" else list(self.model)[::-1]
        page = self._call("vector_stores.list", asynchronous=asynchronous, limit=limit, order=order)
        if asynchronous:
            assert self.loop.run_until_complete(_collected(page)) == ids
        else:
            assert [each.id for each in page] == ids

    @rule(store=stores, cursor=st.integers(0, 9), limit=st.integers(1, 4), order=ORDER, forward=st.booleans())
    def page(self, store: str, cursor: int, limit: int, order: str, forward: bool) -> None:
        """One page after or before a random cursor holds the objects there, and says whether more would follow."""
        ids = list(self.children[store]) if order == "asc" else list(self.children[store])[::-1]
        key = f"file-{cursor}"
        if key not in ids:
            return  # one that was deleted marks its place: test_lists has that
        place = ids.index(key)
        rest = ids[place + 1 :] if forward else ids[:place]
        expected = rest[:limit] if forward else rest[max(0, len(rest) - limit) :]
        asked: dict[str, Any] = {"after" if forward else "before": key, "limit": limit, "order": order}
        page: Any = self.fake.vector_stores.files.list(store, **asked)
        assert [each.id for each in page.data] == expected
        assert page.has_more is (len(rest) > limit)
        assert [each.attributes for each in page.data] == [self.children[store][each] for each in expected]

    @rule(store=stores, limit=st.sampled_from([-1, 0, 101, 10_000]))
    def refuse(self, store: str, limit: int) -> None:
        """A limit out of bounds is refused."""
        with pytest.raises(openai.BadRequestError):
            self.fake.vector_stores.files.list(store, limit=limit)

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        """No object is left over, none is missing."""
        if hasattr(self, "fake"):
            assert [store.id for store in self.fake.state.vector_stores] == list(self.model)
            held = {
                parents[0]: files.keys()
                for _, parents, files in self.fake.state.resources("vector_stores.files")
                if len(files)
            }
            assert held == {store: list(files) for store, files in self.children.items() if files}


async def _awaited(result: Any) -> Any:
    """What an asynchronous call gives; lists are made into their first page by awaiting them, too."""
    return await result


async def _collected(page: Any) -> list[str]:
    return [each.id async for each in page]


Engine.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestEngine = Engine.TestCase
