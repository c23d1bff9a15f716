"""The fake answers as the API was recorded to: at least so many of the leaf paths of really recorded answers agree.

The recordings and the program that compares with them stand beside a checkout (``../shared/recorded``, see the README
there), not in the project; without them these tests are skipped.
"""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

import fakeopenai

THRESHOLDS: dict[str, tuple[str, str, float]] = {
    # What: class of exchange, operations that begin with this, and the least percentage of leaf paths that agree.
    "chat completions": ("exchange", "chat.completions.", 99.0),
    "chat completions, created": ("exchange", "chat.completions.create", 99.0),
    "legacy completions": ("exchange", "completions.create", 99.0),
}
"""One row for each promise; it is raised as the fake gets better, and never lowered."""


@pytest.fixture(scope="module")
def exchanges(shared: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """How each recorded exchange compares: its operation, class, number of leaf paths and the part that agrees."""
    checker = shared / "recorded" / "check.py"
    if not checker.exists():
        pytest.skip(f"no recordings beside this checkout: {checker}")
    found = tmp_path_factory.mktemp("recorded") / "found.json"
    home = str(pathlib.Path(fakeopenai.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))}
    command = [sys.executable, str(checker), "--json", str(found)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert found.exists(), f"{checker} did not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return list(json.loads(found.read_text(encoding="utf-8")))


@pytest.mark.parametrize("promise", THRESHOLDS)
def test_answers_agree_with_recorded_ones(exchanges: list[dict[str, Any]], promise: str) -> None:
    """Of the leaf paths of these exchanges, as many agree as the table promises."""
    kind, prefix, least = THRESHOLDS[promise]
    chosen = [each for each in exchanges if each["class"] == kind and each["operation"].startswith(prefix)]
    leaves = sum(each["leaves"] for each in chosen)
    agreeing = sum(each["score"] * each["leaves"] for each in chosen)
    assert leaves, f"no exchange of class {kind!r} for {prefix!r}"
    wrong = [(each["id"], each["operation"], each["wrong"]) for each in chosen if each["score"] < 1]
    assert 100 * agreeing / leaves >= least, f"{100 * agreeing / leaves:.2f} % of {leaves} agree; wrong: {wrong}"
