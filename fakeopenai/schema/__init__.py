"""JSON Schema, as function tools and structured outputs use it.

Lives here: a value that a schema allows (`value_for`, in `values`), whether a value fits a schema (`problem`, in
`check`), and what the API refuses in a schema (`strict_problem` and `schema_error`, in `strict`). What all of them
stand on is in `basics`, how a misfit is put into words in `failure`; the other files serve `values`. Does not live
here: what the SDK's own types say about requests (`fakeopenai.params`).

Anybody above the leaves may import it. Imports leaves only (`errors`, `snapshot`) and the standard library.
"""

from __future__ import annotations

from .check import problem
from .strict import schema_error, strict_problem
from .values import value_for

__all__ = ["problem", "schema_error", "strict_problem", "value_for"]
