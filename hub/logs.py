"""How every process writes its log: one line per record, text or JSON."""

import logging
from typing import Final

import structlog

# Libraries that say at every request or tick what they do.
QUIET_LOGGERS: Final = ("alembic", "apscheduler", "werkzeug", "engineio", "socketio")
TRACE_AGAIN_S: Final = 60.0


class BriefRepeats(logging.Filter):
    """Keeps every record, but the trace of the same failure only once a minute.

    A rule that breaks over each of a thousand readings a second must not fill the disk.
    """

    def __init__(self) -> None:
        super().__init__()
        self._traced: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the trace off a failure whose trace was written less than a minute ago."""
        if not record.exc_info or record.exc_info[0] is None:
            return True
        failure = (record.name, str(record.msg), record.exc_info[0].__name__)
        if record.created - self._traced.get(failure, 0.0) < TRACE_AGAIN_S:
            record.msg = f"{record.msg} ({failure[2]}, traced within the last minute)"
            record.exc_info = None
        else:
            self._traced[failure] = record.created
        return True


def configure_logging(log_format: str) -> None:
    """Set the one handler of the root logger; ``log_format`` is ``text`` or ``json``."""
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(colors=False)
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler()
    handler.addFilter(BriefRepeats())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [h for h in root.handlers if not isinstance(h, logging.StreamHandler)]
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
