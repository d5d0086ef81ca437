"""How many files a telemetry packet passes: what one has to open to follow it to its INSERT."""

from typing import Final

from tests.architecture.ways import followed
from tests.integration.smartcity_ingest.conftest import Place, level

# The socket is read in two files more: smartcity.ingest.link and smartcity.ingest.loop.
READING: Final = 2
# Fifteen before the subjects were laid out; decoders are one file per payload format.
MOST: Final = 12


def test_a_packet_passes_few_files_before_its_insert(place: Place) -> None:
    engine = place.session.get_bind()
    with followed(engine, "smartcity.ingest.writer", "smartcity_observation") as way:  # type: ignore[arg-type]
        place.tell(level(1.0))
    assert way.is_over
    assert len(way.modules) + READING <= MOST, way.modules
