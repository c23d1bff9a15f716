"""Clocks: real and virtual time, latencies and waits."""

from __future__ import annotations

import copy
import datetime
import pickle
import threading
import time
from collections.abc import Callable

import anyio
import pytest

from fakeopenai.clock import Clock, SystemClock, VirtualClock
from fakeopenai.errors import UsageError


def test_the_system_clock_tells_the_real_time() -> None:
    """It reads the time anew at each call, through ``time.time``, so that time-travelling libraries work."""
    before = time.time()
    assert before <= SystemClock().now() <= time.time()


def test_the_system_clock_follows_a_patched_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freezing ``time.time`` freezes the clock."""
    monkeypatch.setattr(time, "time", lambda: 12.5)
    assert SystemClock().now() == 12.5


async def test_the_system_clock_sleeps_a_latency_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scripted latency goes to the real sleep functions, and is no wait."""
    slept: list[float] = []

    async def asleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(anyio, "sleep", asleep)
    clock = SystemClock()
    clock.sleep(0.25)
    await clock.asleep(0.5)
    assert slept == [0.25, 0.5]
    assert clock.sleeps == []


def test_waits_are_noted_and_never_slept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A back-off of an hour takes no time and can be asserted on."""

    def refuse(_: float) -> None:
        raise AssertionError("slept")

    monkeypatch.setattr(time, "sleep", refuse)
    clock = SystemClock()
    clock.wait(3600)
    clock.wait(0.5)
    assert clock.sleeps == [3600, 0.5]


def test_virtual_time_stands_still() -> None:
    """It begins at a fixed moment and only moves when it is told to."""
    clock = VirtualClock()
    assert clock.now() == clock.now() == 1735689600.0
    assert VirtualClock(start=5).now() == 5.0


async def test_virtual_time_moves_by_sleeps_waits_and_advance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would take time moves the clock by as much; only waits are noted down."""
    monkeypatch.setattr(time, "sleep", None)
    clock = VirtualClock(start=100)
    clock.sleep(1)
    await clock.asleep(2)
    clock.wait(3)
    clock.advance(4)
    assert clock.now() == 110
    assert clock.sleeps == [3]


@pytest.mark.parametrize("clock", [SystemClock(), VirtualClock()], ids=["system", "virtual"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_sleeping_lets_other_tasks_run(clock: Clock, backend: str) -> None:
    """``asleep`` is a checkpoint, however short and on whichever event loop."""
    order: list[str] = []

    async def other() -> None:
        order.append("other")

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(other)
            await clock.asleep(0)
            await clock.asleep(0)  # trio runs the tasks of one round in any order
            order.append("main")

    anyio.run(main, backend=backend)
    assert order == ["other", "main"]


def test_a_start_can_be_a_datetime() -> None:
    """A moment may be written as a datetime, with any time zone."""
    zone = datetime.timezone(datetime.timedelta(hours=2))
    assert VirtualClock(datetime.datetime(1970, 1, 1, 3, tzinfo=zone)).now() == 3600.0


def test_a_naive_datetime_is_refused() -> None:
    """It would be another moment on every machine."""
    with pytest.raises(UsageError, match=r"another moment on every machine; give it a time zone: start\.replace"):
        VirtualClock(datetime.datetime(2025, 1, 1))


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan")])
def test_time_does_not_go_back(seconds: float) -> None:
    """A negative step is a mistake."""
    clock = VirtualClock(start=0)
    with pytest.raises(UsageError, match="time can't go back"):
        clock.advance(seconds)
    assert clock.now() == 0


def test_threads_lose_no_time() -> None:
    """Steps of several threads add up."""
    clock = VirtualClock(start=0)
    threads = [threading.Thread(target=lambda: [clock.wait(1) for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == len(clock.sleeps) == 4000


def pickled(clock: VirtualClock) -> VirtualClock:
    """As it arrives in another process."""
    return pickle.loads(pickle.dumps(clock))  # type: ignore[no-any-return]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_a_copy_is_independent(duplicate: Callable[[VirtualClock], VirtualClock]) -> None:
    """A copied account has a clock of its own."""
    clock = VirtualClock(start=10)
    clock.wait(1)
    twin = duplicate(clock)
    twin.wait(5)
    assert (clock.now(), clock.sleeps) == (11, [1])
    assert (twin.now(), twin.sleeps) == (16, [1, 5])


def test_a_clock_of_your_own_needs_three_methods() -> None:
    """Waits are noted by the base class."""

    class Metronome(Clock):
        def now(self) -> float:
            return float(len(self.sleeps))

        def sleep(self, seconds: float) -> None:
            raise NotImplementedError

        async def asleep(self, seconds: float) -> None:
            raise NotImplementedError

    clock = Metronome()
    clock.wait(9)
    assert clock.now() == 1
