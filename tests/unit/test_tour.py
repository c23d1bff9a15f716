"""``python -m fakeopenai``: the tour runs what it shows, in a moment, and looks good in a terminal."""

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fakeopenai import __main__ as tour
from fakeopenai.__main__ import STEPS, WIDTH, Style, main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """What the tour writes."""
    written: list[str] = []
    tour.tour(written.append)
    return written


def results(lines: list[str]) -> str:
    """What the steps have printed."""
    return "\n".join(line.removeprefix(">").strip() for line in lines if line.startswith(">"))


def test_every_step_shows_what_it_runs(lines: list[str]) -> None:
    """The code on the page is the source of the functions that are called."""
    page = "\n".join(lines)
    assert len(STEPS) == 9
    for step in STEPS:
        assert step.title in page
        for shown in step.shown:
            assert "\n".join(f"    {line}".rstrip() for line in tour.source_of(shown)) in page


@pytest.mark.parametrize(
    "result",
    [
        "A fox jumps over a dog.",
        "This is a default reply.",
        "gpt-4o 1 ['only for gpt-4o']",
        "gpt-5 2 ['one', 'two']",
        "['user', 'assistant', 'tool', 'tool']",
        "And hello again!",
        "City(name='Oslo', inhabitants=700000)",
        "At last. 3 attempts [7.0, 7.0]",
        "NotFoundError 404 model_not_found",
        "Remember me.\n[True]\nNotFoundError",
        "Bearer *** Short.",
        "- model='gpt-5-mini'\n+ model='gpt-5'",
    ],
)
def test_results(lines: list[str], result: str) -> None:
    """Each step comes out as the page promises."""
    assert result in results(lines)


def test_it_fits_a_terminal_and_is_plain(lines: list[str]) -> None:
    """No line is wider than 100 characters, none ends in blanks, and nothing is coloured unless asked for."""
    assert max(map(len, lines)) <= WIDTH == 100
    assert not [line for line in lines if line != line.rstrip() or "\x1b" in line or "\t" in line]


def test_colours_change_nothing_but_colours(lines: list[str]) -> None:
    """With colours, the same lines come, around escape sequences."""
    import re

    coloured: list[str] = []
    tour.tour(coloured.append, colour=True)
    assert any("\x1b[" in line for line in coloured)
    bare = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in coloured]
    assert bare[:-2] == lines[:-2]  # the last two lines hold the time it took


def test_a_style_without_text_writes_no_escapes() -> None:
    """An empty line stays empty."""
    assert Style(colour=True).result("") == ""


def test_it_is_done_in_three_seconds() -> None:
    """The command, start of Python included, is quick, and writes plain text into a pipe."""
    began = time.perf_counter()
    run = subprocess.run([sys.executable, "-m", "fakeopenai"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "9 steps, all of them run just now" in run.stdout
    assert "\x1b" not in run.stdout
    assert time.perf_counter() - began < 30  # 3 s on an idle machine; a busy one shall not fail


def test_the_coverage_page_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m fakeopenai coverage`` prints every operation."""
    assert main(["coverage"]) == 0
    assert "chat.completions.create" in capsys.readouterr().out


@pytest.mark.parametrize(("argument", "status"), [("--help", 0), ("turbo", 2)])
def test_anything_else_says_what_there_is(argument: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command is an error that lists the known ones."""
    assert main([argument]) == status
    assert "python -m fakeopenai coverage" in capsys.readouterr().err


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours, unless NO_COLOR says otherwise."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    for no_colour in (False, True):
        if no_colour:
            monkeypatch.setenv("NO_COLOR", "1")
        terminal = Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        assert main([]) == 0
        assert ("\x1b[" in terminal.getvalue()) is not no_colour
