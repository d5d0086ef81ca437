"""Both catalogues know every message of the sources, and English leaves none out."""

import re

import pytest
from babel.messages.catalog import Catalog

from tools import catalogues

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.extracted()


@pytest.mark.parametrize("locale", catalogues.LOCALES)
def test_a_catalogue_has_what_the_sources_have(locale: str, template: Catalog) -> None:
    wanted = {catalogues.key(message) for message in catalogues.messages(template)}
    found = {catalogues.key(message) for message in catalogues.messages(catalogues.read(locale))}

    assert sorted(wanted - found) == [], "run make i18n"
    assert sorted(found - wanted) == [], "run make i18n"


@pytest.mark.parametrize("locale", catalogues.LOCALES)
def test_every_message_is_translated(locale: str) -> None:
    all_messages = catalogues.messages(catalogues.read(locale))
    open_ones = [catalogues.key(m) for m in all_messages if not m.string or not all(m.string)]

    assert open_ones == []


def test_translations_keep_their_placeholders() -> None:
    wrong = [
        catalogues.key(message)
        for message in catalogues.messages(catalogues.read("en"))
        if isinstance(message.id, str)
        and sorted(PLACEHOLDER.findall(message.id))
        != sorted(PLACEHOLDER.findall(str(message.string)))
    ]

    assert wrong == []
