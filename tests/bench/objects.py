"""Rows of what an account holds: pages, the life of one object, and how all that grows."""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import functools
from typing import Any

from fakeopenai import FakeOpenAI

from .chat import traced
from .harness import Bench, Result, Spread, duration, row, spread
from .real import by_verb, json_bytes, mocked

_AT = 1_700_000_000


def _file(index: int) -> dict[str, Any]:
    return {
        "id": f"file-{index:024d}",
        "object": "file",
        "bytes": 120_000,
        "created_at": _AT + index,
        "filename": f"mydata{index}.jsonl",
        "purpose": "fine-tune",
        "status": "processed",
    }


def _filled(count: int) -> FakeOpenAI:
    fake = FakeOpenAI()
    for index in range(count):
        fake.state.files.put(_file(index))
    return fake


@row("paging", "1,000 stored files by auto-paging, 100 a page", "a", 0.04)
def paging(bench: Bench) -> Result:
    """Both sides make 1,000 models and ask ten times."""
    count = bench.sized(1000)
    fake = _filled(count)

    def answer(request: Any) -> Any:
        after = request.url.params.get("after")
        return pages[after](request)

    pages: dict[str | None, Any] = {}
    after = None
    for start in range(0, count, 100):
        data = [_file(index) for index in range(start, min(start + 100, count))]
        more = start + 100 < count
        pages[after] = json_bytes(
            {"object": "list", "data": data, "first_id": data[0]["id"], "last_id": data[-1]["id"], "has_more": more}
        )
        after = data[-1]["id"]
    real = mocked(answer)

    def walk(client: Any) -> int:
        return sum(1 for _ in client.files.list(limit=100, order="asc"))

    assert walk(fake) == walk(real) == count
    bench.cleanup.append(fake.calls.clear)
    return bench.against_real(lambda: walk(fake), lambda: walk(real))


@row("life", "create + retrieve + update + delete of one object", "a", 0.1)
def life(bench: Bench) -> Result:
    """A vector store comes, is looked at, renamed and goes."""
    fake = FakeOpenAI()
    made = fake.vector_stores.create(name="a")
    gone = fake.vector_stores.delete(made.id).model_dump(mode="json")
    body = made.model_dump(mode="json")
    real = mocked(by_verb({"POST": body, "GET": body, "DELETE": gone}))

    def run(client: Any) -> None:
        store = client.vector_stores.create(name="a")
        client.vector_stores.retrieve(store.id)
        client.vector_stores.update(store.id, name="b")
        client.vector_stores.delete(store.id)

    bench.cleanup.append(fake.calls.clear)
    return bench.against_real(lambda: run(fake), lambda: run(real))


def _flat(bench: Bench, run: Any) -> Result:
    """The slower of two larger stores over one that just fills a page."""
    stores = {f"{count:,}": _filled(count) for count in (20, bench.sized(1000) + 20, bench.sized(100_000) + 20)}
    bench.cleanup += [fake.calls.clear for fake in stores.values()]
    found = bench.times({name: functools.partial(run, fake) for name, fake in stores.items()})
    ratios = [max(many, some) / few for few, some, many in zip(*found.values(), strict=True)]
    medians = {name: spread(times).median for name, times in found.items()}
    note = ", ".join(f"{name}: {duration(seconds)}" for name, seconds in medians.items())
    return Result(spread(ratios), None, max(medians.values()), note)


@row("retrieve-flat", "files.retrieve, up to 100,000 stored over 20", "x", 1.5)
def retrieve_flat(bench: Bench) -> Result:
    """Looking one up doesn't depend on how many there are."""
    return _flat(bench, lambda fake: fake.files.retrieve("file-000000000000000000000005"))


@row("list-flat", "files.list(limit=20), up to 100,000 stored over 20", "x", 1.5)
def list_flat(bench: Bench) -> Result:
    """A page costs the same wherever it comes from; with ten stored, it would only be a smaller page."""
    return _flat(bench, lambda fake: fake.files.list(limit=20))


@row("object-memory", "memory per stored small object", "KiB", 2)
def object_memory(bench: Bench) -> Result:
    """Created as a client does it; the record of the call is forgotten."""
    fake = FakeOpenAI()

    def create(index: int) -> None:
        fake.vector_stores.create(name=f"store {index}")
        fake.calls.clear()

    traced(50, create)
    return Result(spread([traced(bench.sized(2000), create) for _ in range(3)]))


_TOUCH = """
import sys
from fakeopenai import FakeOpenAI
from fakeopenai.operation import operations
list(FakeOpenAI().files.list())
areas = {operation.area for operation in operations().values()} - {"files"}
found = {name.split(".")[2] for name in sys.modules if name.startswith("fakeopenai.operations.")}
print(len(areas & found))
"""


@row("touch", "other areas imported by the first touch of files", "areas", 0)
def touch(bench: Bench) -> Result:
    """The first use of an area imports no module of operations of another."""
    (found,) = bench.processes(_TOUCH, rounds=1)
    return Result(Spread(found[0], found[0], found[0]))
