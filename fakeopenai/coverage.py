"""What the fake does for each operation of the API, as a page: ``python -m fakeopenai coverage [--markdown]``.

Nothing here is typed by hand: the operations come from the table, how deep each is from the registry of behaviours and
from the generic engine.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import openai

from .operation import Operation, installed, operations
from .operations import own_behaviour

__all__ = ["Covered", "covered", "main", "markdown", "text"]

Depth = Literal["own", "state", "shape", "none"]

DEPTHS: Final[dict[Depth, str]] = {
    "own": "behaviour of its own",
    "state": "generic state: objects are kept, changed, listed and deleted",
    "shape": "shape only: what the response type says, with what the request echoes",
    "none": "not in the installed openai",
}


class Covered(NamedTuple):
    """One line of the page.

    Attributes:
        operation: the operation.
        depth: how deep the fake goes.
    """

    operation: Operation
    depth: Depth


def covered() -> list[Covered]:
    """Every operation of the table, and how deep the fake goes in it with the installed SDK."""
    return [Covered(operation, _depth(operation)) for operation in operations().values()]


def _depth(operation: Operation) -> Depth:
    from .operations.verbs import depth_of

    if not installed(operation):
        return "none"
    return "own" if own_behaviour(operation) is not None else depth_of(operation)


def _summary(rows: Sequence[Covered]) -> str:
    answered = sum(row.depth != "none" for row in rows)
    return f"{answered} of {len(rows)} operations answer, on openai {openai.__version__}."


def _counts(rows: Iterable[Covered]) -> list[tuple[Depth, int]]:
    counts = Counter(row.depth for row in rows)
    return [(depth, counts[depth]) for depth in DEPTHS if counts[depth]]


def text(rows: Sequence[Covered]) -> str:
    """The page for a terminal: a line for each operation."""
    width = max((len(row.operation.name) for row in rows), default=0)
    lines = [
        f"{row.operation.name:{width}}  {row.depth:5}  {row.operation.verb:6} {row.operation.path}" for row in rows
    ]
    legend = [f"  {depth:5} {count:4}  {DEPTHS[depth]}" for depth, count in _counts(rows)]
    return "\n".join([*lines, "", _summary(rows), *legend])


def markdown(rows: Sequence[Covered]) -> str:
    """The page for the documentation: a table for each area."""
    lines = ["# Coverage", "", _summary(rows), "", "| depth | operations | |", "|---|---|---|"]
    lines += [f"| {depth} | {count} | {DEPTHS[depth]} |" for depth, count in _counts(rows)]
    for area in dict.fromkeys(row.operation.area for row in rows):
        lines += ["", f"## {area}", "", "| operation | route | depth |", "|---|---|---|"]
        lines += [
            f"| `{operation.name}` | `{operation.verb} {operation.path}` | {depth} |"
            for operation, depth in rows
            if operation.area == area
        ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the page.

    Args:
        argv: the arguments after ``coverage``; those of the process by default.

    Returns:
        The exit status: 0.
    """
    parser = argparse.ArgumentParser(
        prog="python -m fakeopenai coverage", description="What the fake does for each operation of the API."
    )
    parser.add_argument("--markdown", action="store_true", help="as Markdown, for a page of documentation")
    parser.add_argument(
        "--depth", choices=list(DEPTHS), help="only the operations of this depth", action="append", default=[]
    )
    parser.add_argument("--area", help="only the operations below this path of the client, such as vector_stores")
    options = parser.parse_args(argv)
    rows = covered()
    if options.area is not None:
        rows = [row for row in rows if f"{row.operation.name}.".startswith(f"{options.area}.")]
        if not rows:
            parser.error(f"there is no operation below {options.area!r}")
    if options.depth:
        rows = [row for row in rows if row.depth in options.depth]
    sys.stdout.write(f"{markdown(rows) if options.markdown else text(rows)}\n")
    return 0
