"""A smooth curve through measured points that never swings past them.

Monotone cubic interpolation (Fritsch and Carlson, 1980): between two readings of a rising river
the curve rises, and no peak appears that nobody measured.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise


class Curve:
    """y over x; constant before the first and after the last point."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        """Take points in rising order of x.

        Raises:
            ValueError: fewer than two points, or x not rising.
        """
        if len(points) < 2 or any(b[0] <= a[0] for a, b in pairwise(points)):
            raise ValueError("a curve needs two points or more, in rising order")
        self._xs = [x for x, _ in points]
        self._ys = [y for _, y in points]
        self._slopes = _slopes(self._xs, self._ys)

    def __call__(self, x: float) -> float:
        """Height of the curve at x."""
        if x <= self._xs[0]:
            return self._ys[0]
        if x >= self._xs[-1]:
            return self._ys[-1]
        i = bisect_right(self._xs, x) - 1
        width = self._xs[i + 1] - self._xs[i]
        t = (x - self._xs[i]) / width
        return (
            (1 + 2 * t) * (1 - t) ** 2 * self._ys[i]
            + t * (1 - t) ** 2 * width * self._slopes[i]
            + t * t * (3 - 2 * t) * self._ys[i + 1]
            + t * t * (t - 1) * width * self._slopes[i + 1]
        )

    def first_reaching(self, y: float) -> float:
        """The smallest x at which the curve is at or above y, to a millionth of its length.

        Raises:
            ValueError: it never is.
        """
        start = next((i for i, height in enumerate(self._ys) if height >= y), None)
        if start is None:
            raise ValueError(f"the curve never reaches {y}")
        low, high = self._xs[max(start - 1, 0)], self._xs[start]
        while high - low > 1e-6 * (self._xs[-1] - self._xs[0]):
            middle = (low + high) / 2
            low, high = (low, middle) if self(middle) >= y else (middle, high)
        return high


def _slopes(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    secants = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(zip(xs, ys, strict=True))]
    inner = [_between(before, after) for before, after in pairwise(secants)]
    return [secants[0], *inner, secants[-1]]


def _between(before: float, after: float) -> float:
    # A turning point is flat; elsewhere the harmonic mean keeps the curve monotone.
    return 0.0 if before * after <= 0 else 2 * before * after / (before + after)
