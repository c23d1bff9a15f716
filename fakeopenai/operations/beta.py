"""What is served below ``beta``: where its behaviours stand. The rest of it is the generic engine's.

Assistants and their tools are in `assistants`, threads and messages in `threads`, runs and their steps in `runs`.
"""

from __future__ import annotations

from . import assistants, runs, threads

__all__ = ["assistants", "runs", "threads"]
