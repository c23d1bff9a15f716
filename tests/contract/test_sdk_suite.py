"""openai's own suite passes with fakes in the place of its clients.

All of ``tests/api_resources`` of the installed SDK's source distribution runs, sync and async, with strictly validated
responses and without. Their http mock is played by scripting the fake, so that those cases count too.
"""

import collections
import pathlib
import re

import openai
import pytest

from tests.contract._sdk_suite import Case, Unreachable, fetch, run, unpack

EXCEPTIONS: dict[str, str] = {}
"""A pattern for the names of cases, and why they can't pass."""


@pytest.fixture(scope="module")
def suite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The suite of the installed SDK, unpacked; its archive is fetched once and kept in pytest's cache."""
    cache = getattr(request.config, "cache", None)
    kept = tmp_path_factory.mktemp("sdist") if cache is None else cache.mkdir("openai-sdist")
    try:
        archive = fetch(kept)
    except Unreachable as reason:
        pytest.skip(str(reason))
    return unpack(archive, tmp_path_factory.mktemp("openai"))


def excepts(pattern: str, case: Case) -> bool:
    """Whether the pattern excepts this failure."""
    return case.outcome == "failed" and re.search(pattern, case.name) is not None


def unexpected(cases: list[Case]) -> list[Case]:
    """The failures that nothing excepts."""
    failed = [case for case in cases if case.outcome == "failed"]
    return [case for case in failed if not any(excepts(pattern, case) for pattern in EXCEPTIONS)]


def report(failures: list[Case]) -> str:
    """The failures grouped by the first line of what they say, the largest group first."""
    groups: dict[str, list[str]] = collections.defaultdict(list)
    for case in failures:
        first = case.why.partition("\n")[0]
        groups[re.sub(r"0x[0-9a-f]+|\d+", "#", first)[:300]].append(case.name)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return "\n".join(f"{len(names)} x {why}\n      {names[0]}\n      {names[-1]}" for why, names in ordered)


def test_openais_own_suite_passes(suite: pathlib.Path) -> None:
    """Every case of ``tests/api_resources`` passes, but for those that are excepted by name and reason."""
    cases = run(suite, "tests/api_resources")
    counts = collections.Counter(case.outcome for case in cases)
    failures = unexpected(cases)
    print(f"openai {openai.__version__}: {dict(counts)}, {len(failures)} unexpected")  # shown with -s or on failure
    assert counts["passed"] > 1000
    assert not failures, report(failures)
    stale = [pattern for pattern in EXCEPTIONS if not any(excepts(pattern, case) for case in cases)]
    assert not stale, f"excepted, but nothing of that name fails: {stale}"


def test_openais_own_suite_passes_on_azure_clients(suite: pathlib.Path) -> None:
    """The areas that Azure serves pass with Azure's clients, whose requests travel by another path."""
    areas = (
        "chat",
        "test_completions.py",
        "test_embeddings.py",
        "test_files.py",
        "responses",
        "audio",
        "test_images.py",
    )
    present = [path for area in areas if (suite / (path := f"tests/api_resources/{area}")).exists()]
    cases = run(suite, *present, azure=True)
    failures = unexpected(cases)
    assert sum(case.outcome == "passed" for case in cases) > 100
    assert not failures, report(failures)
