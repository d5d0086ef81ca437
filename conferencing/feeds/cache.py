"""Feeds kept in memory for as long as no conference anywhere has changed."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from flask import current_app

EXTENSION: Final = "conferencing.feed_cache"
MAX_BYTES: Final = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CachedFeed:
    """A feed at one state of the database.

    ``seq`` is the journal's and answers at once; ``marker`` stands for all conferences and tells
    whether what the journal has gained since concerns any of them.
    """

    seq: int
    marker: str
    etag: str
    document: bytes | None = None
    changed_at: datetime | None = None


class FeedCache:
    """The most recently asked feeds, within a bound of memory."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._feeds: OrderedDict[str, CachedFeed] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: str) -> CachedFeed | None:
        """Return what is remembered of a feed."""
        with self._lock:
            found = self._feeds.get(key)
            if found is not None:
                self._feeds.move_to_end(key)
            return found

    def keep(self, key: str, feed: CachedFeed) -> None:
        """Remember a feed; the longest unasked ones go when there are too many bytes."""
        with self._lock:
            self._forget(key)
            self._feeds[key] = feed
            self._bytes += _size(feed)
            while self._bytes > self._max_bytes and self._feeds:
                self._forget(next(iter(self._feeds)))

    def _forget(self, key: str) -> None:
        gone = self._feeds.pop(key, None)
        if gone is not None:
            self._bytes -= _size(gone)


def _size(feed: CachedFeed) -> int:
    return 500 + len(feed.document or b"")


def feed_cache() -> FeedCache:
    """Return the cache of the running application."""
    cache: FeedCache = current_app.extensions.setdefault(EXTENSION, FeedCache())
    return cache
