"""Texts and numbers for a schema: plain and readable ones, or varied ones where there is a seed.

Each maker gets the schema, the name of the property that the value is for, and the seed or None; each raises
`Contradiction` where nothing fits. Imports leaves only.
"""

from __future__ import annotations

import datetime
import math
import random
import uuid
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from .check import Scope, check
from .merge import Contradiction
from .patterns import text, varied

__all__ = ["NUMERIC", "SCALARS", "word"]

Seed = random.Random | None

NUMERIC = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_TEXTUAL = frozenset({"minLength", "maxLength", "pattern", "format", "contentMediaType"})

_ALONE = Scope({}, exact=True)
"""Where no references are followed: the keywords of scalars don't need any."""


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    return check(value, schema, _ALONE) is None


def word(name: str, seed: Seed) -> str:
    """A short text: the name of what it is for."""
    return name or "text" if seed is None else f"{name or 'text'} {seed.randint(1, 99)}"


def _string(schema: dict[str, Any], name: str, seed: Seed) -> str:
    """A text: by its format or its pattern, or named after the property."""
    if _TEXTUAL.isdisjoint(schema):
        return word(name, seed)
    low = int(schema.get("minLength", 0))
    high = int(schema["maxLength"]) if "maxLength" in schema else None
    if high is not None and low > high:
        raise Contradiction(f"minLength ({low}) is above maxLength ({high})")
    formatted = _FORMATS.get(schema.get("format", schema.get("contentMediaType", "")))
    if formatted is not None:
        written = formatted(seed)
        if _fits(written, schema):
            return written
    pattern = schema.get("pattern")
    if pattern is None:
        written = word(name, seed)
        if len(written) < low:
            written = " ".join([written] * (low // (len(written) + 1) + 1)).ljust(low, written[0])
        return written if high is None else written[:high]
    found = text(pattern, low, high) if seed is None else varied(pattern, low, high, seed)
    if found is None:
        raise Contradiction(f"no text of {_range(low, high)} characters was found that matches {pattern!r}")
    return found


def _integer(schema: dict[str, Any], name: str, seed: Seed) -> int:
    """A whole number, 1 if it may be."""
    if seed is None and NUMERIC.isdisjoint(schema):
        return 1
    low, above, high, below = _bounds(schema)
    least = None if low is None else math.floor(low) + 1 if above else math.ceil(low)
    most = None if high is None else math.ceil(high) - 1 if below else math.floor(high)
    if least is not None and most is not None and least > most:
        raise Contradiction(f"there is no whole number from {_range(low, high)}")
    if seed is not None:
        bottom = least if least is not None else 0 if most is None else min(0, most - 100)
        near = seed.randint(bottom, bottom + 100 if most is None else most)
    else:
        near = max(1, least or 1)
        near = near if most is None else min(near, most)
    step = Fraction(str(schema.get("multipleOf", 1))).numerator or 1  # what whole multiples of a fraction are apart
    up, down = -(-near // step) * step, near // step * step
    for more in range(20):
        for candidate in (up + step * more, down - step * more):
            if _fits(candidate, schema):
                return candidate
    raise Contradiction(f"there is no multiple of {schema.get('multipleOf')} from {_range(low, high)}")


def _number(schema: dict[str, Any], name: str, seed: Seed) -> float:
    """A number, 1.5 if it may be, so that it shows that it need not be whole."""
    if seed is None and NUMERIC.isdisjoint(schema):
        return 1.5
    low, above, high, below = _bounds(schema)
    if low is not None and high is not None and (low > high or (low == high and (above or below))):
        raise Contradiction(f"there is no number from {_range(low, high)}")
    step = schema.get("multipleOf")
    for candidate in _numbers(low, high, seed) if step is None else _multiples(step, low, high, seed):
        if math.isfinite(candidate) and _fits(candidate, schema):
            return candidate
    raise Contradiction(f"no number was found from {_range(low, high)}")


def _numbers(low: float | None, high: float | None, seed: Seed) -> Iterator[float]:
    """Numbers that may do, nice ones first."""
    if seed is not None:
        bottom = low if low is not None else 0.0 if high is None else min(0.0, high - 100)
        chosen = seed.uniform(bottom, bottom + 100 if high is None else high)
        yield from (round(chosen, 2), chosen)
    yield from (1.5, 1.0)
    if low is not None and high is not None:
        middle = low + (high - low) / 2
        yield from (round(middle, 2), middle)
    if low is not None:
        yield from (float(low + 1), float(low), math.nextafter(low, math.inf))
    if high is not None:
        yield from (float(high - 1), float(high), math.nextafter(high, -math.inf))


def _multiples(step: float, low: float | None, high: float | None, seed: Seed) -> Iterator[float]:
    """Multiples that may do; not all of them are multiples in floating point, but powers of two are."""
    start = low if low is not None else high if high is not None else 0
    near = int(Fraction(str(start)) / Fraction(str(step))) + (0 if seed is None else seed.randint(0, 20))
    yield from (times * step for times in (1, *range(near, near + 40), *range(near, near - 40, -1)))


def _boolean(schema: dict[str, Any], name: str, seed: Seed) -> bool:
    """True: a false would look like nothing."""
    return True if seed is None else seed.random() < 0.5


def _null(schema: dict[str, Any], name: str, seed: Seed) -> None:
    """Null."""


SCALARS: dict[str, Callable[[dict[str, Any], str, Seed], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "null": _null,
    "number": _number,
    "string": _string,
}
"""The makers, by type."""


def _bounds(schema: dict[str, Any]) -> tuple[float | None, bool, float | None, bool]:
    """Lower bound, whether it is excluded, upper bound, whether it is excluded."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    over, under = above is True, below is True  # how draft 4 excluded the bound itself
    if above is not None and type(above) is not bool and (low is None or above >= low):
        low, over = above, True
    if below is not None and type(below) is not bool and (high is None or below <= high):
        high, under = below, True
    return low, over, high, under


def _range(low: float | None, high: float | None) -> str:
    return f"{'-∞' if low is None else low} to {'∞' if high is None else high}"


# Formats. Each gets the seed, or None for the plain text.

_MOMENT = datetime.datetime(2025, 1, 15, 9, 30, tzinfo=datetime.timezone.utc)


def _moment(seed: Seed) -> datetime.datetime:
    return _MOMENT if seed is None else _MOMENT + datetime.timedelta(seconds=seed.randrange(-(10**8), 10**8))


def _some(seed: Seed, low: int, high: int) -> int:
    return low if seed is None else seed.randint(low, high)


def _uuid(version: int) -> Callable[[Seed], str]:
    def written(seed: Seed) -> str:
        digits = 0x12345678_1234_4234_8234_123456789ABC if seed is None else seed.getrandbits(128)
        return str(uuid.UUID(int=digits, version=version))

    return written


_FORMATS: dict[str, Callable[[Seed], str]] = {
    "application/json": lambda seed: "{}",
    "base64": lambda seed: "dGV4dA==",
    "base64url": lambda seed: "dGV4dA==",
    "byte": lambda seed: "dGV4dA==",
    "date": lambda seed: _moment(seed).date().isoformat(),
    "date-time": lambda seed: _moment(seed).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "duration": lambda seed: f"PT{_some(seed, 1, 48)}H",
    "email": lambda seed: f"user{_some(seed, 1, 99)}@example.com",
    "hostname": lambda seed: f"host{_some(seed, 1, 99)}.example.com",
    "idn-email": lambda seed: f"user{_some(seed, 1, 99)}@example.com",
    "idn-hostname": lambda seed: f"host{_some(seed, 1, 99)}.example.com",
    "ipv4": lambda seed: f"192.0.2.{_some(seed, 1, 254)}",
    "ipv4interface": lambda seed: "192.0.2.1/24",
    "ipv4network": lambda seed: "192.0.2.0/24",
    "ipv6": lambda seed: f"2001:db8::{_some(seed, 1, 9999)}",
    "ipv6interface": lambda seed: "2001:db8::1/32",
    "ipv6network": lambda seed: "2001:db8::/32",
    "ipvanyaddress": lambda seed: f"192.0.2.{_some(seed, 1, 254)}",
    "ipvanyinterface": lambda seed: "192.0.2.1/24",
    "ipvanynetwork": lambda seed: "192.0.2.0/24",
    "iri": lambda seed: f"https://example.com/{_some(seed, 1, 99)}",
    "json-pointer": lambda seed: "/path",
    "json-string": lambda seed: "{}",
    "name-email": lambda seed: f"user{_some(seed, 1, 99)}@example.com",
    "regex": lambda seed: ".*",
    "time": lambda seed: _moment(seed).strftime("%H:%M:%SZ"),
    "uri": lambda seed: f"https://example.com/{_some(seed, 1, 99)}",
    "uri-reference": lambda seed: f"/path/{_some(seed, 1, 99)}",
    "url": lambda seed: f"https://example.com/{_some(seed, 1, 99)}",
    "uuid": _uuid(4),
    "uuid1": _uuid(1),
    "uuid3": _uuid(3),
    "uuid4": _uuid(4),
    "uuid5": _uuid(5),
}
