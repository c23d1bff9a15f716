"""What has been called: the record of each call, the logs that hold them, and the assertions on those.

- `record`: one call, its headers and its files (`Call`, `Headers`, `RecordedFile`).
- `log`: calls in a row, of an account or of one operation, with the assertions (`CallLog`).
- `failures`: how a log is shown, and what its assertions say when they fail; not imported until one does.

Comparing and laying out differences is done in `fakeopenai.matching` and `fakeopenai.diff`. Imports leaves only.
"""

from .log import CallLog
from .record import Call

__all__ = ["Call", "CallLog"]
