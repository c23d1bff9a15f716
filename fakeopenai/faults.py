"""What goes wrong or slowly in an account, whatever is scripted: failures that come first, and latency.

Both are kept by path on the client and hold for all that lies below it (``""``: everywhere). The backend asks here
before it looks at its scripts. Imports leaves, replies and script.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias, cast

from . import replies
from .errors import UsageError
from .operation import Operation
from .replies import Reply

__all__ = ["Failures", "Faults", "Latency", "failures_of", "latency_of"]

Latency: TypeAlias = "float | tuple[float, float]"
Failures: TypeAlias = "int | Iterable[Any]"

_STATUS = 500


def latency_of(value: Any, where: str) -> tuple[float, float]:
    """A latency as a range of seconds, from a number or a range.

    Example:
        >>> latency_of(0.5, "mock()"), latency_of((0.1, 0.2), "mock()")
        ((0.5, 0.5), (0.1, 0.2))
    """
    bounds = cast("Sequence[Any]", value if isinstance(value, list | tuple) else (value, value))
    numbers = all(isinstance(bound, int | float) and not isinstance(bound, bool) and bound >= 0 for bound in bounds)
    if len(bounds) != 2 or not numbers or bounds[0] > bounds[1]:
        raise UsageError(f"{where}: latency= takes seconds, or a range of them such as (0.1, 0.5); got {value!r}.")
    return float(bounds[0]), float(bounds[1])


def failures_of(value: Any, where: str) -> list[Reply]:
    """The failures meant by ``failures=``: so many 500s, or statuses and exceptions one by one."""
    hint = "failures= takes how many calls fail first, or a list of statuses and exceptions"
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < 100:
            raise UsageError(f"{where}: {hint}; got {value!r}. To fail with a status once, write failures=[{value!r}].")
        value = [_STATUS] * value
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise UsageError(f"{where}: {hint}; got {value!r}.")
    several: list[Any] = [*value]
    found = [replies.coerce(each, where=f"{where}: failures=") for each in several]
    for reply in found:
        if reply.kind not in {"error", "raise", "connection", "timeout"}:
            raise UsageError(f"{where}: {hint}; {reply!r} is no failure.")
    return found


class Faults:
    """The faults of one account."""

    def __init__(self) -> None:
        self._failures: list[tuple[str, list[Reply], bool]] = []
        self._latency: list[tuple[str, tuple[float, float]]] = []

    def fail(self, path: str, failures: list[Reply], *, spare: bool = False) -> None:
        """Have the next calls below a path fail, one by one; ``spare`` ones may stay unused."""
        if failures:
            self._failures.append((path, list(failures), spare))

    def delay(self, path: str, latency: tuple[float, float]) -> None:
        """Have all calls below a path take so long. A later word on the same call goes before an earlier one."""
        self._latency.append((path, latency))

    def failure(self, operation: Operation) -> Reply | None:
        """The failure that this call gets, or None."""
        for path, left, _ in self._failures:
            if left and _below(operation, path):
                return left.pop(0)
        return None

    def latency(self, operation: Operation, chance: random.Random) -> float | None:
        """How long this call takes; None if nothing is said about it."""
        for path, (least, most) in reversed(self._latency):
            if _below(operation, path):
                return least if least == most else chance.uniform(least, most)
        return None

    def unused(self) -> list[str]:
        """One line for each failure that never came about."""
        return [
            f"{path or 'any call'}: failure {reply!r}"
            for path, left, spare in self._failures
            if not spare
            for reply in left
        ]

    def reset(self) -> None:
        """Forget all."""
        self._failures.clear()
        self._latency.clear()


def _below(operation: Operation, path: str) -> bool:
    return not path or f"{operation.resource}.".startswith(f"{path}.")
