"""Which resources keep objects, of which types and below which parents: what the operation table says about state.

A resource keeps objects if one can be asked for again (retrieved, updated, deleted, listed, or created and then acted
upon), or if it is created below another object. ``fine_tuning.jobs.events``, which the client lists by a method
(``list_events``), and the like are resources here as well. Imports the operation table and leaves; `objects` and
`_stub` import it, and any store or operation may.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

import openai
import pydantic
from typing_extensions import TypeAliasType

from fakeopenai.errors import UsageError
from fakeopenai.operation import Operation, operations, resolve

from .protocol import canonical

ModelClass: TypeAlias = type[pydantic.BaseModel]

__all__ = ["Kept", "children", "home_of", "is_installed", "kept"]

_BY_ID = {"retrieve", "update", "delete"}


class Kept:
    """What the table says about the objects of one resource.

    Attributes:
        resource: path on the client.
        parents: names of the ids of the objects above, outermost first: ``("thread_id",)``.
        key: name of the id in the path of one object, such as ``"message_id"``; ``""`` where no path has one.
        single: whether there is one object without an id.
        types: dotted names of the types in which the API gives the objects; the first is the one they are read as. A
            name may be several separated by ``" | "``.
    """

    __slots__ = ("__dict__", "key", "parents", "resource", "single", "types")

    def __init__(
        self, resource: str, parents: tuple[str, ...], key: str, types: tuple[str, ...], *, single: bool = False
    ) -> None:
        self.resource = resource
        self.parents = parents
        self.key = key
        self.types = types
        self.single = single

    def __repr__(self) -> str:
        return f"<Kept {self.resource}: {self.type_name}>"

    @property
    def type_name(self) -> str:
        """Name of the type that the objects are read as: ``"FileObject"``."""
        return " or ".join(name.rpartition(".")[2] for name in self.types[0].split(" | "))

    @functools.cached_property
    def home(self) -> str:
        """Dotted name of the type that the objects are read as: the first that the installed SDK has."""
        return next((name for name in self.types if is_installed(name)), self.types[0])

    @functools.cached_property
    def type(self) -> Any:
        """The type that the objects are read as, imported when first asked for: a model class, or a union of some."""
        return self._resolved(self.home)

    @functools.cached_property
    def models(self) -> tuple[ModelClass, ...]:
        """The model classes of all types in which the API gives the objects."""
        installed = [name for name in self.types if is_installed(name)] or [self.home]
        return tuple(model for name in installed for model in _models(self._resolved(name)))

    @functools.cached_property
    def fields(self) -> dict[str, str]:
        """The fields of an object, by name, with the name in JSON."""
        return {name: info.alias or name for model in _models(self.type) for name, info in model.model_fields.items()}

    @property
    def id_field(self) -> str | None:
        """The field that an object is found by: what its path says (``"version"``), else ``"id"``; None if it has none.

        The files of an environment, which have no ids, are found by their ``"path"``.
        """
        return next((name for name in (self.key, "id", "path") if name in self.fields), None)

    def _resolved(self, name: str) -> Any:
        try:
            return functools.reduce(lambda left, right: left | right, map(resolve, name.split(" | ")))
        except (ImportError, AttributeError) as error:
            raise UsageError(
                f"The installed openai {openai.__version__} has no {self.resource}: it lacks the type {name}. "
                "Install a newer one to use it."
            ) from error


def is_installed(name: str) -> bool:
    """Whether the installed SDK has a type, given by its dotted name or several of them."""
    try:
        return all(resolve(part) is not None for part in name.split(" | "))
    except (ImportError, AttributeError):
        return False


def _models(type_: Any) -> Iterator[ModelClass]:
    """The model classes in a type: itself, or the members of a union."""
    origin = get_origin(type_)
    if origin is Annotated:
        yield from _models(get_args(type_)[0])
    elif origin in {Union, types.UnionType}:
        for member in get_args(type_):
            yield from _models(member)
    elif isinstance(type_, type) and issubclass(type_, pydantic.BaseModel):
        yield type_
    elif isinstance(type_, TypeAliasType):
        yield from _models(type_.__value__)


@functools.lru_cache(maxsize=1)
def kept() -> dict[str, Kept]:
    """All resources that keep objects, by their paths on the client."""
    by_resource: dict[str, list[Operation]] = {}
    aside: dict[str, list[Operation]] = {}
    for operation in operations().values():
        name = _listed_aside(operation)
        (aside if name else by_resource).setdefault(name or operation.resource, []).append(operation)
    found = {resource: _kept(resource, members) for resource, members in by_resource.items()}
    given = {entry.types[0] for entry in found.values() if entry is not None}
    for resource, members in aside.items():
        # `vector_stores.file_batches.list_files` is a view of the objects of another resource.
        if not any(member.cast_to in given for member in members):
            found[resource] = _kept(resource, members)
    return {resource: entry for resource, entry in found.items() if entry is not None}


def _listed_aside(operation: Operation) -> str:
    """The resource that a method such as ``list_events`` or ``get_character`` stands for; ``""`` if it is its own."""
    if not operation.method.startswith(("list_", "get_")):
        return ""
    last = [part for part in operation.path.split("/") if "{" not in part][-1]
    return "" if last == operation.resource.rpartition(".")[2] else f"{operation.resource}.{last}"


def _kept(resource: str, members: list[Operation]) -> Kept | None:
    """What a resource with these operations keeps; None if nothing."""
    one = [operation for operation in members if operation.kind in _BY_ID and operation.path.endswith("}")]
    made = [operation for operation in members if operation.kind == "create"]
    listed = [operation for operation in members if operation.kind == "list" and operation.page]
    single = [
        operation for operation in members if operation.kind in {"retrieve", "update"} and _gives_model(operation)
    ]
    if one:
        parents, key = one[0].path_params[:-1], one[0].path_params[-1]
    elif listed or made:
        parents, key = (listed or made)[0].path_params, ""
        if not listed and not parents and not _acted_upon(made[0], members):
            return None
    elif single:
        return Kept(resource, single[0].path_params, "", _types(single), single=True)
    else:
        return None
    retrieved = [operation for operation in one if operation.kind == "retrieve"]
    updated = [operation for operation in one if operation.kind == "update"]
    created = [operation for operation in made if not operation.page]
    given = _types([*retrieved, *listed, *created, *updated])
    return Kept(resource, parents, key, given) if given else None


def _acted_upon(create: Operation, members: Iterable[Operation]) -> bool:
    return any(operation.path.startswith(f"{create.path}/{{") for operation in members)


def _gives_model(operation: Operation) -> bool:
    return operation.cast_to.startswith("openai.types.")


def _types(members: Iterable[Operation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(operation.cast_to for operation in members if _gives_model(operation)))


@functools.cache
def children(path: str) -> dict[str, str]:
    """What stands below a path on the client (``""`` for the client itself): resources by attribute.

    Each leads to objects, or to resources that do. An alias leads to the resource that it stands for.
    """
    from fakeopenai._table import ALIASES

    prefix = f"{path}." if path else ""
    paths = [*kept(), *(alias for alias, resource in ALIASES.items() if resource in kept())]
    names = dict.fromkeys(name[len(prefix) :].partition(".")[0] for name in paths if name.startswith(prefix))
    return {name: ALIASES.get(prefix + name, prefix + name) for name in names}


def home_of(type_name: str) -> str | None:
    """The resource whose objects are read as a type of this name, or None; for messages."""
    found = (entry.resource for entry in kept().values() if entry.type_name == type_name)
    return next((resource for resource in found if canonical(resource) == resource), None)
