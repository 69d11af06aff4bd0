import pytest

from ingest.connectors.brokers import client_settings
from ingest.errors import SourceUnavailable


def test_a_dsn_is_told_to_kafkas_client() -> None:
    assert client_settings("kafka://a:9092,b:9093/") == {
        "bootstrap.servers": "a:9092,b:9093",
        "client.id": "wekeza",
        "log_level": 0,
    }
    told = client_settings(
        "kafka://us%40er:p%3Ass@a:9092/?security.protocol=SASL_SSL&sasl.mechanism=SCRAM-SHA-512&ssl.ca.location=/ca.pem"
    )
    assert told == {
        "bootstrap.servers": "a:9092",
        "client.id": "wekeza",
        "log_level": 0,
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "us@er",
        "sasl.password": "p:ss",
        "ssl.ca.location": "/ca.pem",
    }


@pytest.mark.parametrize(
    "dsn",
    [
        "kafka://hush@",
        "kafka://hush",
        "kafka://u:hush@a",
        "kafka://u:hush@a:9092,b/",
        "kafka://u:hush@a:port/",
        "kafka://u:hush@a:9092/topic",
        "amqp://u:hush@a:9092/",
        "kafka://u:hush@a:9092/?ssl.endpoint.identification.algorithm=none",
        "kafka://u:hush@a:9092/?enable.ssl.certificate.verification=false",
        "kafka://u:hush@[a:9092/",
        "hush",
    ],
)
def test_what_is_no_dsn_is_said_and_not_repeated(dsn: str) -> None:
    with pytest.raises(SourceUnavailable, match="write kafka://") as raised:
        client_settings(dsn)
    assert "hush" not in str(raised.value)
