"""Signs of life that long-running work leaves in the database."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base


class Heartbeat(Base):
    """The last sign of life under a name, such as ``worker``."""

    __tablename__ = "hub_heartbeat"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(String(200), default="")
