"""The only clock of the product: aware UTC inside, the province's time at the edges."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """Return the instant as wall time in the province (UTC+7, no summer time)."""
    return instant.astimezone(TZ)
