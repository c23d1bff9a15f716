# What the tests use of jsonschema, which has no types of its own.

from collections.abc import Iterator
from typing import Any

class ValidationError(Exception):
    message: str
    json_path: str

class Draft202012Validator:
    def __init__(self, schema: Any, *, registry: Any = ...) -> None: ...
    def iter_errors(self, instance: Any) -> Iterator[ValidationError]: ...
    def validate(self, instance: Any) -> None: ...
    def is_valid(self, instance: Any) -> bool: ...
