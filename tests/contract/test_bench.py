"""The bench runs: every row finds a number, or says why it can't. The numbers themselves are nobody's test."""

import json

import pytest

from tests.bench.__main__ import main
from tests.bench.harness import spread


def test_the_quick_bench_measures_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row of the table ends with a value and a verdict."""
    assert main(["--quick", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 20
    assert [(row["name"], row["reason"]) for row in rows if row["verdict"] == "n/a"] == []
    assert all(row["value"]["low"] <= row["value"]["median"] <= row["value"]["high"] for row in rows)


def test_the_table_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    """A line names what was measured, the ratio with its quartiles, the target and the verdict."""
    assert main(["--quick", "client"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith("making a client")
    assert "<= 0.3 a" in line
    assert "a = " in line


def test_an_unknown_row_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A typo in a row's name says which rows there are."""
    assert main(["crate"]) == 2
    assert "no row crate; there are: create-3" in capsys.readouterr().err


def test_a_spread_of_one_value_is_that_value() -> None:
    """Rows that can be measured once only have no quartiles of their own."""
    assert vars(spread([3.0])) == {"median": 3.0, "low": 3.0, "high": 3.0}
