"""What is served below ``beta``: where its behaviours stand. The rest of it is the generic engine's.

Assistants and their tools are in `assistants`, threads and messages in `threads`, runs in `runs`, their steps in
`run_steps`.
"""

from __future__ import annotations

from . import assistants, run_steps, runs, threads

__all__ = ["assistants", "run_steps", "runs", "threads"]
