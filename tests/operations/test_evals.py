"""Runs of evals: what they count, and how they fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakeopenai import FakeOpenAI

Needs = Callable[[str], None]


@pytest.fixture(autouse=True)
def _needed(needs: Needs) -> None:
    needs("evals.runs.output_items.list")


def _run(fake: Any) -> Any:
    evaluation = fake.evals.create(
        data_source_config={"type": "custom", "item_schema": {"type": "object"}},
        testing_criteria=[{"type": "string_check", "name": "same", "input": "a", "reference": "a", "operation": "eq"}],
    )
    source = {"type": "file_content", "content": [{"item": {"question": "1"}}, {"item": {"question": "2"}}]}
    return fake.evals.runs.create(evaluation.id, data_source={"type": "jsonl", "source": source})


def test_a_run_counts_no_items_that_nobody_can_list() -> None:
    """What was counted and what is listed agree, there is no error, and the report is the run's."""
    fake: Any = FakeOpenAI()
    run = _run(fake)
    done = fake.advance(run, to="completed")
    listed = fake.evals.runs.output_items.list(run.id, eval_id=run.eval_id).data
    assert (done.result_counts.total, listed) == (0, [])
    assert done.error is None
    assert done.report_url.endswith(f"{run.eval_id}?run_id={run.id}")


def test_a_run_counts_the_items_that_a_test_has_put_there() -> None:
    """By their status, whatever the data source had."""
    fake: Any = FakeOpenAI()
    run = _run(fake)
    for status in ("pass", "pass", "fail", "error"):
        fake.state.evals.runs.output_items.put({"status": status}, run.eval_id, run.id)
    counts = fake.advance(run, to="completed").result_counts
    assert (counts.total, counts.passed, counts.failed, counts.errored) == (4, 2, 1, 1)
    listed = fake.evals.runs.output_items.list(run.id, eval_id=run.eval_id).data
    assert [item.status for item in listed] == ["pass", "pass", "fail", "error"]


def test_counts_that_a_test_gives_are_kept() -> None:
    """Without items, those of the run stand."""
    fake: Any = FakeOpenAI()
    counts = {"total": 3, "passed": 3, "failed": 0, "errored": 0}
    fake.state.evals.put({"id": "eval_1"})
    fake.state.evals.runs.put({"id": "evalrun_1", "status": "in_progress", "result_counts": counts}, "eval_1")
    assert fake.evals.runs.retrieve("evalrun_1", eval_id="eval_1").result_counts.to_dict() == counts


def test_a_failed_run_says_why() -> None:
    """A run that fails has an error, and others have none."""
    fake: Any = FakeOpenAI()
    assert fake.advance(_run(fake), to="failed").error.code == "internal_error"
    assert fake.advance(_run(fake), to="canceled").error is None
