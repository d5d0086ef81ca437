"""One search box over everything; each feature contributes a provider."""

from hub.search.providers import Hit, SearchProvider, add_search

__all__ = ["Hit", "SearchProvider", "add_search"]
