"""Time, as an account sees it: what the time is, latency that is slept, and waits that are only noted down.

Each account has one clock. Nothing here decides when to wait: back-offs, pollers and latencies call the clock. It
counts in float seconds; who needs the API's whole seconds rounds down. Imports only the errors.
"""

from __future__ import annotations

import abc
import datetime
import threading
import time
from typing import Any

from typing_extensions import override

from .errors import UsageError

__all__ = ["Clock", "SystemClock", "VirtualClock"]

_START = 1_735_689_600.0  # 2025-01-01T00:00:00Z


class Clock(abc.ABC):
    """What a fake takes its time from. Derive from it to have time pass as you like.

    Attributes:
        sleeps: every wait that the SDK or the code under test asked for and that was spared it (retry back-offs, poll
            intervals), in seconds and in order. A latency that the test itself scripted is not among them.
    """

    def __init__(self) -> None:
        self.sleeps: list[float] = []

    @abc.abstractmethod
    def now(self) -> float:
        """The present moment in unix seconds."""

    @abc.abstractmethod
    def sleep(self, seconds: float) -> None:
        """Let a scripted latency pass, in synchronous code."""

    @abc.abstractmethod
    async def asleep(self, seconds: float) -> None:
        """Let a scripted latency pass, in asynchronous code (asyncio or trio); always lets other tasks run."""

    def wait(self, seconds: float) -> None:
        """Note down a back-off or poll interval. Never sleeps."""
        self.sleeps.append(seconds)


class SystemClock(Clock):
    """The computer's own time. A scripted latency takes as long as it says; waits take none."""

    @override
    def now(self) -> float:
        return time.time()

    @override
    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    @override
    async def asleep(self, seconds: float) -> None:
        await _asleep(seconds)


class VirtualClock(Clock):
    """A clock that only moves when something sleeps or waits, or when it is told to. Nothing takes real time.

    Args:
        start: the first moment, in unix seconds or as a datetime with a time zone; by default the beginning of 2025.

    Example:
        >>> clock = VirtualClock(start=1_000)
        >>> clock.wait(0.5)
        >>> clock.advance(60)
        >>> clock.now(), clock.sleeps
        (1060.5, [0.5])
    """

    def __init__(self, start: float | datetime.datetime = _START) -> None:
        super().__init__()
        if isinstance(start, datetime.datetime):
            if start.tzinfo is None:
                raise UsageError(
                    f"VirtualClock(start={start!r}) would be another moment on every machine; "
                    "give it a time zone: start.replace(tzinfo=datetime.timezone.utc)"
                )
            start = start.timestamp()
        self._now = float(start)
        self._lock = threading.Lock()

    @override
    def now(self) -> float:
        return self._now

    @override
    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    @override
    async def asleep(self, seconds: float) -> None:
        self.advance(seconds)
        await _asleep(0)

    @override
    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        if not seconds >= 0:  # NaN included
            raise UsageError(f"time can't go back: advance() takes 0 or more seconds, not {seconds!r}")
        with self._lock:
            self._now += seconds

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._lock = threading.Lock()


async def _asleep(seconds: float) -> None:
    import anyio  # a dependency of openai itself, which sleeps by it too: right under asyncio and trio alike

    await anyio.sleep(seconds)
