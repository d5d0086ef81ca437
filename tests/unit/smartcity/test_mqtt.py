import pytest

from smartcity.ingest.loop import Backoff, SlotOptions
from smartcity.mqtt import BrokerAddress


def test_an_address_carries_credentials_and_default_ports() -> None:
    assert BrokerAddress.parse("mqtt://u:p%40ss@host") == BrokerAddress(
        "host", 1883, False, "u", "p@ss"
    )
    assert BrokerAddress.parse("mqtts://host").port == 8883
    assert "p@ss" not in repr(BrokerAddress.parse("mqtt://u:p%40ss@host"))


@pytest.mark.parametrize("url", ["embedded", "http://host", "mqtt://"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an MQTT address"):
        BrokerAddress.parse(url)


@pytest.mark.parametrize(
    ("options", "topic_filter"),
    [
        (SlotOptions(), "city/#"),
        (SlotOptions(0, 2), "$share/nhipcau/city/#"),
        (SlotOptions(0, 2, is_mqtt5=False), "city/#"),
    ],
)
def test_only_several_slots_share_a_subscription(options: SlotOptions, topic_filter: str) -> None:
    assert options.topic_filter == topic_filter
    assert SlotOptions(3).client_id == "nhipcau-ingest-3"


def test_waits_grow_and_end_with_success() -> None:
    backoff = Backoff(100, 1000)
    assert not backoff.is_waiting

    backoff.fail()
    assert backoff.is_waiting

    backoff.succeed()
    assert not backoff.is_waiting
