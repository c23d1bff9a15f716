"""Measures, and prints the table."""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from typing import Any

import openai

from fakeopenai import FakeOpenAIError

from . import chat, mocking, objects, responses
from .harness import ROWS, Bench, NotBuilt, Result, Row, Spread, duration

PARTS = [module.__name__ for module in (chat, objects, responses, mocking)]
"""The order of the table. Importing these modules has filled `ROWS`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; 2 if there is no row of that name."""
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"rows, or beginnings of their names: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=15, help="how often all take their turn (15)")
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if not any(row.startswith(name) for row in ROWS)]
    if unknown:
        print(f"no row {', '.join(unknown)}; there are: {', '.join(ROWS)}", file=sys.stderr)
        return 2
    rows = [row for name, row in ROWS.items() if not options.names or name.startswith(tuple(options.names))]
    rows.sort(key=lambda row: PARTS.index(row.measure.__module__))
    if not options.json:
        print(f"openai {openai.__version__}, Python {platform.python_version()}, {options.rounds} rounds")
        print("a: the real client doing the same on an in-memory transport, in the same run. [lower, upper quartile]\n")
        print(f"{'':<62} {'fake':>24} {'MagicMock':>10} {'target':>12}  {'':<5} note")
    found: list[dict[str, Any]] = []
    for row in rows:
        rounds = 2 if options.quick else options.rounds
        outcome = measured(row, Bench(rounds=rounds, quick=options.quick))
        found.append(as_json(row, outcome))
        if not options.json:
            print(as_text(row, outcome), flush=True)
    if options.json:
        print(json.dumps(found, indent=1))
    return 0


def measured(row: Row, bench: Bench) -> Result | str:
    """What a row found, or why it found nothing."""
    try:
        return row.measure(bench)
    except NotBuilt as reason:
        return str(reason)
    except (FakeOpenAIError, ImportError, AttributeError, TypeError) as reason:
        return f"{type(reason).__name__}: {str(reason).partition(chr(10))[0]}"


def verdict(row: Row, result: Result) -> str:
    """Whether the target is reached."""
    return "ok" if result.value.median <= row.target else "OVER"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _spread(value: Spread) -> str:
    return f"{_number(value.median)} [{_number(value.low)}, {_number(value.high)}]"


def as_text(row: Row, outcome: Result | str) -> str:
    """One line of the table."""
    target = f"<= {row.target:g} {row.unit}"
    if isinstance(outcome, str):
        return f"{row.title:<62} {'n/a':>24} {'':>10} {target:>12}  {'':<5} {outcome}"
    magic = "" if outcome.magic is None else _number(outcome.magic.median)
    notes = [] if outcome.seconds is None else [duration(outcome.seconds)]
    note = "; ".join([*notes, *filter(None, [outcome.note])])
    return f"{row.title:<62} {_spread(outcome.value):>24} {magic:>10} {target:>12}  {verdict(row, outcome):<5} {note}"


def as_json(row: Row, outcome: Result | str) -> dict[str, Any]:
    """The same as data."""
    about = {"name": row.name, "title": row.title, "unit": row.unit, "target": row.target}
    if isinstance(outcome, str):
        return {**about, "verdict": "n/a", "reason": outcome}
    return {
        **about,
        "verdict": verdict(row, outcome),
        "value": vars(outcome.value),
        "magic": outcome.magic and vars(outcome.magic),
        "seconds": outcome.seconds,
        "note": outcome.note,
    }


if __name__ == "__main__":
    sys.exit(main())
