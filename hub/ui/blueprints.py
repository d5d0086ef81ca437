"""The blueprint of a half: its subjects keep their templates beside their code."""

from pathlib import Path

from flask import Blueprint
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader


class HalfBlueprint(Blueprint):
    """One blueprint for all pages of a half.

    A template ``timeline.html`` in the folder ``templates`` of any subject is named
    ``<half>/timeline.html``; a name stands for one file in the whole half.
    """

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        folders = sorted(Path(self.root_path).rglob("templates"))
        self._templates = PrefixLoader({name: FileSystemLoader(folders)})

    @property
    def jinja_loader(self) -> BaseLoader:
        """The templates of all subjects under the half's name."""
        return self._templates
