"""The services that tests rely on are really there and separate."""

import psycopg
import pytest
from paho.mqtt import publish, subscribe

from hub.embedded_broker import find_mosquitto
from tests.services import postgres


@pytest.mark.postgres
def test_two_databases_of_one_cluster_know_nothing_of_each_other(
    postgres_server: postgres.Server,
) -> None:
    first, second = postgres_server.empty_database(), postgres_server.empty_database()

    with psycopg.connect(_address(first), autocommit=True) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    with psycopg.connect(_address(second)) as connection:
        row = connection.execute("SELECT to_regclass('only_here')").fetchone()

    assert row == (None,)
    for url in (first, second):
        postgres_server.drop_database(url)


@pytest.mark.broker
def test_mosquitto_keeps_and_delivers_a_retained_message(
    mosquitto_url: str, topic_prefix: str
) -> None:
    assert find_mosquitto() is not None
    port = int(mosquitto_url.rpartition(":")[2])
    topic = f"{topic_prefix}/lamp"

    publish.single(topic, b"on", qos=1, retain=True, hostname="127.0.0.1", port=port)
    message = subscribe.simple(topic, qos=1, hostname="127.0.0.1", port=port)  # type: ignore[no-untyped-call]

    assert message.payload == b"on"


def _address(url: str) -> str:
    return url.replace("+psycopg", "")
