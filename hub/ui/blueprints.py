"""The blueprint of a half: its subjects keep their templates beside their code."""

from functools import cache
from io import BytesIO
from pathlib import Path

from flask import Blueprint
from jinja2 import BaseLoader, BytecodeCache, FileSystemLoader, PrefixLoader
from jinja2.bccache import Bucket


class HalfBlueprint(Blueprint):
    """One blueprint for all pages of a half.

    A template ``timeline.html`` in the folder ``templates`` of any subject is named
    ``<half>/timeline.html``; a name stands for one file in the whole half.
    """

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        self._templates = PrefixLoader({name: FileSystemLoader(_folders(self.root_path))})

    @property
    def jinja_loader(self) -> BaseLoader:
        """The templates of all subjects under the half's name."""
        return self._templates


@cache
def _folders(root: str) -> tuple[Path, ...]:
    return tuple(sorted(Path(root).rglob("templates")))


class CompiledTemplates(BytecodeCache):
    """Keeps what a process has compiled, for every application it makes."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the template as it was compiled, unless its source has changed."""
        if bucket.key in self._compiled:
            bucket.load_bytecode(BytesIO(self._compiled[bucket.key]))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template just compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
