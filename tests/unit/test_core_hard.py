"""Hard use of the core: threads, cancellation, odd arguments, credentials, records that must not change."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fakeopenai import FakeOpenAI, params

ASK: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}


# ---------------------------------------------------------------------------------------------------------- threads


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("eager_threads")
def test_first_calls_of_a_process_may_come_from_many_threads_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of the SDK's types when an operation is first called is not seen by others while half read."""
    reader = params._READER
    fresh = type(reader)(optional=reader._optional, lenient=reader._lenient, ruled=reader._ruled)
    monkeypatch.setattr(params, "_READER", fresh)
    monkeypatch.setattr(params, "_VALIDATORS", {})
    fake = FakeOpenAI()
    start = threading.Barrier(8)
    refusals: list[Exception] = []

    def ask() -> None:
        start.wait()
        try:
            fake.chat.completions.create(**ASK)
        except Exception as refusal:  # noqa: BLE001 - whatever it is, it is what the test is about
            refusals.append(refusal)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refusals
    assert len(fake.calls) == 8
