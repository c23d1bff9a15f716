"""How rows are measured: in interleaved rounds, so that whatever slows the machine for a while slows all alike.

A row names what it measures and what is to be reached; its function gets a `Bench` and returns a `Result`.
"""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import functools
import gc
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import fakeopenai

__all__ = [
    "ROWS",
    "Bench",
    "NotBuilt",
    "Result",
    "Row",
    "Spread",
    "duration",
    "environment",
    "need",
    "row",
    "spread",
]

Work = Callable[[], object]


class NotBuilt(Exception):
    """What a row would measure isn't there; the message says what is missing."""


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float

    def __truediv__(self, divisor: float) -> Spread:
        return Spread(self.median / divisor, self.low / divisor, self.high / divisor)


def spread(values: list[float]) -> Spread:
    """Median and quartiles of these."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


@dataclass
class Result:
    """What a row found.

    Attributes:
        value: in the unit of the row's target; its median is judged.
        magic: the same of a ``MagicMock(spec=OpenAI)``, where one can do this at all.
        seconds: what one unit of work takes the fake, where it is a time.
        note: what else is to be said.
    """

    value: Spread
    magic: Spread | None = None
    seconds: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: what it is asked for by.
        title: what is measured.
        unit: of the value: ``"a"`` for a ratio to the real client, ``"x"`` for another ratio, or a real unit.
        target: what is to be reached, in that unit.
        measure: does it.
    """

    name: str
    title: str
    unit: str
    target: float
    measure: Callable[[Bench], Result]


ROWS: dict[str, Row] = {}


def row(
    name: str, title: str, unit: str, target: float
) -> Callable[[Callable[[Bench], Result]], Callable[[Bench], Result]]:
    """Add a row to the table; see `Row`."""

    def add(measure: Callable[[Bench], Result]) -> Callable[[Bench], Result]:
        ROWS[name] = Row(name, title, unit, target, measure)
        return measure

    return add


@dataclass
class Bench:
    """How thoroughly to measure, and the tools for it.

    Attributes:
        rounds: how often everything takes its turn.
        turn: seconds that one turn takes, about.
        quick: whether this only shows that all rows run: sizes are small, and the numbers mean nothing.
        cleanup: called between the rounds: it forgets recorded calls.
    """

    rounds: int = 15
    turn: float = 0.03
    quick: bool = False
    cleanup: list[Work] = field(default_factory=list[Work])

    def sized(self, size: int) -> int:
        """A size, or a hundredth of it when quick."""
        return max(2, size // 100) if self.quick else size

    def times(self, works: Mapping[str, Work]) -> dict[str, list[float]]:
        """Seconds that each of these takes once, in each round. All are warmed up before; the order rotates."""
        repeats = {name: self._repeats(work) for name, work in works.items()}
        found: dict[str, list[float]] = {name: [] for name in works}
        names = list(works)
        for number in range(self.rounds):
            for cleanup in self.cleanup:
                cleanup()
            gc.collect()
            shift = number % len(names)
            for name in names[shift:] + names[:shift]:
                found[name].append(_timed(works[name], repeats[name]))
        self.cleanup.clear()
        return found

    def _repeats(self, work: Work) -> int:
        _timed(work, 1)
        if self.quick:
            return 1
        once = _timed(work, 1)
        return max(1, min(20_000, round(self.turn / max(once, 1e-7))))

    def against_real(self, fake: Work, real: Work, magic: Work | None = None) -> Result:
        """The fake, and a MagicMock if given, as ratios to the real client of the same round."""
        works: dict[str, Work] = {"fake": fake, "real": real}
        if magic is not None:
            works["magic"] = magic
        found = self.times(works)
        ratios = {
            name: spread([mine / real for mine, real in zip(times, found["real"], strict=True)])
            for name, times in found.items()
        }
        return Result(
            ratios["fake"],
            ratios.get("magic"),
            statistics.median(found["fake"]),
            f"a = {duration(statistics.median(found['real']))}",
        )

    def ratio(self, work: Work, base: Work, what: str) -> Result:
        """One piece of work as a ratio to another of the same round; ``what`` names the other."""
        found = self.times({"work": work, "base": base})
        ratios = [mine / other for mine, other in zip(found["work"], found["base"], strict=True)]
        median = statistics.median
        return Result(spread(ratios), None, median(found["work"]), f"{what}: {duration(median(found['base']))}")

    def processes(self, *programs: str, rounds: int | None = None) -> list[list[float]]:
        """Run each program in fresh processes, in turns; a program prints one number. One list for each program."""
        found: list[list[float]] = [[] for _ in programs]
        for number in range(1 + (1 if self.quick else rounds or max(5, self.rounds))):
            for index, program in enumerate(programs):
                command = [sys.executable, "-c", program]
                done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
                if done.returncode:
                    raise NotBuilt(done.stderr.strip().splitlines()[-1])
                if number:  # the first compiles what isn't compiled
                    found[index].append(float(done.stdout))
        return found


@functools.cache
def _bytecode() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fakeopenai-bench-")


def environment() -> dict[str, str]:
    """That of a process which is to import this fakeopenai, installed or not.

    It finds all modules compiled from its second run on, as those of an installed package are.
    """
    home = str(pathlib.Path(fakeopenai.__file__).parents[1])
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")])),
        "PYTHONPYCACHEPREFIX": _bytecode().name,
        "PYTHONDONTWRITEBYTECODE": "",
    }


def _timed(work: Work, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats


def duration(seconds: float) -> str:
    """Seconds in a readable unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def need(condition: Any, what: str) -> None:
    """Say that a row can't be measured, unless the condition holds."""
    if not condition:
        raise NotBuilt(what)
