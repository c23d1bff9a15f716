"""Fetches openai's own suite, as it comes with the installed SDK's source distribution, and runs it on fakes.

It runs in a process of its own: its package is called ``tests`` too, and its event loops, warnings and plugins are its
own affair. `_sdk_suite_conftest` takes the place of its ``conftest.py``.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from typing import Any

import openai

import fakeopenai

__all__ = ["Case", "Unreachable", "fetch", "run", "unpack"]

_INI = """[pytest]
addopts = --tb=short --import-mode=prepend -p no:cacheprovider -p xdist.plugin -p pytest_asyncio.plugin
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
xfail_strict = true
filterwarnings = error
"""


class Unreachable(Exception):
    """The package index gave no source distribution; the message says why."""


@dataclass(frozen=True)
class Case:
    """How one case ended.

    Attributes:
        name: its node id.
        outcome: ``"passed"``, ``"failed"`` or ``"skipped"``.
        why: what it failed with, or why it was skipped.
    """

    name: str
    outcome: str
    why: str


def fetch(cache: pathlib.Path, version: str = openai.__version__) -> pathlib.Path:
    """The source distribution of that version, from the cache or from the package index.

    Raises:
        Unreachable: neither has it.
    """
    archive = cache / f"openai-{version}.tar.gz"
    if not archive.exists():
        # Binaries are allowed for what building the metadata takes.
        options = ["--no-deps", "--no-binary", "openai", "--timeout", "10", "--retries", "1", "--dest", str(cache)]
        command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", *options]
        done = subprocess.run([*command, f"openai=={version}"], capture_output=True, text=True, check=False)
        if not archive.exists():
            said = (done.stderr or done.stdout).strip().splitlines() or ["pip said nothing"]
            raise Unreachable(f"pip download openai=={version} --no-binary openai: {said[-1]}")
    return archive


def unpack(archive: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    """The suite's own files, below ``target``, with our conftest in place of theirs."""
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            _, _, inner = member.name.partition("/")
            if inner.startswith("tests/") and member.isfile() and not inner.startswith("tests/fixtures/"):
                member.name = inner
                safely: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
                tar.extract(member, target, **safely)
    here = pathlib.Path(__file__).parent
    shutil.copyfile(here / "_sdk_suite_conftest.py", target / "tests" / "conftest.py")
    (target / "pytest.ini").write_text(_INI, encoding="utf-8")
    return target


def run(suite: pathlib.Path, *paths: str, azure: bool = False, processes: int = 2) -> list[Case]:
    """Run the cases below these paths of an unpacked suite; how each of them ended.

    Args:
        suite: where it was unpacked.
        paths: directories or files below it.
        azure: whether the clients are Azure's.
        processes: how many share the work.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "OPENAI_"))}
    home = str(pathlib.Path(fakeopenai.__file__).parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(suite), home, environment.get("PYTHONPATH", "")]))
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    environment["FAKEOPENAI_SUITE_CLIENT"] = "azure" if azure else ""
    ended = suite / "ended.json"
    ended.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-c", "pytest.ini", "-n", str(processes), *paths]
    done = subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1} or not ended.exists():
        raise AssertionError(f"openai's suite did not run:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    found = json.loads(ended.read_text(encoding="utf-8"))
    return [Case(name, each["outcome"], each["why"]) for name, each in found.items()]
