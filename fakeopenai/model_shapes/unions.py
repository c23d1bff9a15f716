"""The shapes of types that may be one of several, and which of them a value means."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import override

from ..defaults import Level
from ..errors import UsageError
from .models import ListShape, ModelShape, unknown
from .run import UNSET, WAY_OUT, Run, is_list, is_made_dict, is_made_list, mapping, meant
from .shapes import FREE, AtomShape, MapShape, Mismatch, Path, Shape

__all__ = ["UnionShape"]

_TAGS = ("type", "object", "role", "status", "mode", "event")


class UnionShape(Shape):
    """One of several types. Null is not among them: whether it is possible belongs to the field."""

    __slots__ = ("_tag", "lists", "members", "models")

    def __init__(self, type_: Any, members: list[Shape], tag: str | None) -> None:
        super().__init__(type_)
        self.members = members
        self.models = [member for member in members if isinstance(member, ModelShape)]
        self.lists = [member for member in members if isinstance(member, ListShape)]
        self._tag: str | tuple[str, dict[Any, list[ModelShape]]] | None = tag

    @property
    def tag(self) -> tuple[str, dict[Any, list[ModelShape]]]:
        """The key that tells the models apart, and the models by its values; ``("", {})`` if there is none."""
        if not isinstance(self._tag, tuple):
            if self._tag:
                names = [self._tag]
            else:
                first = self.models[0].fields if len(self.models) > 1 else {}
                ordered = dict.fromkeys([*_TAGS, *first])
                names = [name for name in ordered if first and all(model.literals(name) for model in self.models)]
            nothing: tuple[str, dict[Any, list[ModelShape]]] = ("", {})
            self._tag = max(map(self._by, names), key=lambda found: len(found[1]), default=nothing)
        return self._tag

    def _by(self, tag: str) -> tuple[str, dict[Any, list[ModelShape]]]:
        table: dict[Any, list[ModelShape]] = {}
        for model in self.models:
            for value in model.literals(tag):
                table.setdefault(value, []).append(model)
        return tag, table

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return self._first(within).minimal(within)

    @override
    def default(self, within: tuple[Shape, ...] = ()) -> Any:
        return self._first(within).default(within)

    def _first(self, within: tuple[Shape, ...]) -> Shape:
        return next((member for member in self.members if member not in within), self.members[0])

    @override
    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        partial = mapping(upper)
        if partial is not None:
            member = self.pick(partial, lower, run)
            if member is None:
                return run.json(partial)
            return member.merge(lower if self._holding(lower) is member else UNSET, upper, run)
        if self.lists and is_list(upper):
            elements = list(upper)
            return self._list_for(elements).merge(UNSET, elements, run)
        atom = next((member for member in self.members if isinstance(member, AtomShape)), FREE)
        return atom.merge(lower, upper, run)

    @override
    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        member = self._holding(value)
        return value if member is None else member.overlay(value, level, run)

    def _holding(self, value: Any) -> Shape | None:
        """The member that a complete object or list is."""
        if self.lists and is_made_list(value):
            return self._list_for(value)
        return self.pick(value, UNSET, None) if is_made_dict(value) else None

    def _list_for(self, elements: list[Any]) -> ListShape:
        """The member that a list means: the one in which most elements fit."""

        def misfits(member: ListShape) -> int:
            item = member.item
            models = item.models if isinstance(item, UnionShape) else [item] if isinstance(item, ModelShape) else []
            partials = [mapping(element) for element in elements]
            if not models:
                return sum(not item.fits(element) for element in elements)
            return sum(p is None or min(model.strangers(p) for model in models) > 0 for p in partials)

        return self.lists[0] if len(self.lists) == 1 else min(self.lists, key=misfits)

    def pick(self, partial: Mapping[str, Any], lower: Any, run: Run | None) -> Shape | None:
        """The member that an object means, or None to keep it as it is.

        Args:
            partial: the object.
            lower: what the field holds in the layers below.
            run: for errors; without one, and where the layer is our own, nothing is an error.
        """
        checked = run is not None and run.checked
        models = self.models
        tag, table = self.tag
        given = partial.get(tag) if tag else None
        if isinstance(given, enum.Enum):
            given = given.value
        if given is not None:
            models = (table.get(given) if isinstance(given, (str, int)) else None) or [
                model for model in models if tag in model.fields and not model.literals(tag)
            ]
            if len(models) == 1:
                return models[0]
        open_member = next((member for member in self.members if isinstance(member, MapShape) or member.free), None)
        if not models:
            if checked and run is not None and (right := meant(given, table)):
                raise UsageError(
                    f"There is no {tag} {given!r} {run.where()}; did you mean {right!r}?{WAY_OUT}",
                    operation=run.operation,
                )
            return open_member
        models = [model for model in models if _constants_fit(model, partial)] or models
        fitting = [model for model in models if not model.strangers(partial)]
        if not fitting:
            nearest_first = sorted(models, key=lambda model: model.strangers(partial))
            if open_member is None and checked and run is not None and len(models) > 1:
                strange = next(key for key in partial if key not in nearest_first[0].known)
                raise unknown(strange, nearest_first, run)
            return open_member or nearest_first[0]
        held = self._holding(lower)
        if isinstance(held, ModelShape) and held in fitting:
            return held
        return max(fitting, key=lambda model: model.coverage(partial))

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if any(member.fits(value) for member in self.members):
            return
        member = self._holding(value)
        if member is None:
            yield Mismatch(path, self, value)
        else:
            yield from member.mismatches(value, path)

    @override
    def __str__(self) -> str:
        shown = [str(member) for member in self.members]
        return " or ".join(shown if len(shown) <= 6 else [*shown[:5], f"{len(shown) - 5} more"])


def _constants_fit(model: ModelShape, partial: Mapping[str, Any]) -> bool:
    return all(not (constants := model.literals(key)) or value in constants for key, value in partial.items())
