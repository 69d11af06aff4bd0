import pytest
from psycopg.conninfo import conninfo_to_dict

from wekeza.transport import Plaintext, is_here, refuse_plaintext_bolt, secured


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "", "/var/run/postgresql", "db"]
)
def test_this_machine_and_what_is_vouched_for_need_no_tls(host: str) -> None:
    assert is_here(host, {"db"})


@pytest.mark.parametrize("host", ["10.0.0.1", "128.0.0.1", "localhost.example.org", "db", "::2", "0.0.0.0"])  # noqa: S104
def test_everything_else_does(host: str) -> None:
    assert not is_here(host)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:hush@127.0.0.1:5432/d",
        "postgresql://u:hush@localhost/d?sslmode=disable",
        "host=/run/postgresql dbname=d",
        "postgresql:///d",
        "mysql://u:hush@[::1]/d",
        "mysql://u:hush@far/d?ssl_ca=/a/b.pem",
        "mssql://u:hush@far/d?ssl=verify",
        "https://id:hush@far/api",
        "http://id:hush@127.0.0.1:8310/api",
        "no dsn at all",
        "file:///drop/reports",
        "file://elsewhere/drop",  # whoever reads it refuses it
    ],
)
def test_what_is_here_or_verified_stays_as_it_is(dsn: str) -> None:
    assert secured(dsn) == dsn


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:hush@far/d",
        "host=far dbname=d",
        "host=localhost hostaddr=10.0.0.1",
        "host=localhost,far",
        "service=x",
    ],
)
def test_postgresql_elsewhere_is_verified_against_the_systems_authorities(dsn: str) -> None:
    said = conninfo_to_dict(secured(dsn))
    assert (said["sslmode"], said["sslrootcert"]) == ("verify-full", "system")


def test_authorities_that_are_named_are_kept() -> None:
    said = conninfo_to_dict(secured("postgresql://far/d?sslrootcert=/ca.pem"))
    assert (said["sslmode"], said["sslrootcert"]) == ("verify-full", "/ca.pem")


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mssql"])
def test_other_engines_elsewhere_are_verified(scheme: str) -> None:
    assert secured(f"{scheme}://u:p@far/d") == f"{scheme}://u:p@far/d?ssl=verify"


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:hush@far/d?sslmode=require",
        "postgresql://u:hush@far/d?sslmode=disable",
        "host=far password=hush sslmode=verify-ca",
        "mysql://u:hush@far/d?ssl=off",
        "mssql://u:hush@far/d?ssl=require",
    ],
)
def test_less_than_verified_is_refused_and_no_password_repeated(dsn: str) -> None:
    with pytest.raises(Plaintext, match="to far is not verified") as raised:
        secured(dsn)
    assert "hush" not in str(raised.value)
    assert secured(dsn, {"far"}) == dsn


@pytest.mark.parametrize("uri", ["bolt://far:7687", "neo4j://far", "neo4j+ssc://far", "bolt+ssc://10.0.0.1"])
def test_bolt_elsewhere_needs_a_verified_certificate(uri: str) -> None:
    with pytest.raises(Plaintext, match=r"write neo4j\+s://"):
        refuse_plaintext_bolt(uri)
    refuse_plaintext_bolt(uri, {"far", "10.0.0.1"})
    refuse_plaintext_bolt("neo4j+s://far")
    refuse_plaintext_bolt("bolt://127.0.0.1:7687")


def test_a_service_elsewhere_is_asked_over_https_only() -> None:
    with pytest.raises(Plaintext, match="the connection to far is not encrypted: write https://") as fault:
        secured("http://id:hush@far/api")
    assert "hush" not in str(fault.value)
    assert secured("http://id:hush@far/api", {"far"}) == "http://id:hush@far/api"


@pytest.mark.parametrize(
    "dsn",
    [
        "kafka://127.0.0.1:9092/",
        "kafka://u:hush@localhost:9092,[::1]:9093/?security.protocol=SASL_PLAINTEXT",
        "kafka://far:9093/?security.protocol=SSL",
        "kafka://u:hush@far:9093,other:9093/?security.protocol=SASL_SSL&ssl.ca.location=/ca.pem",
    ],
)
def test_a_broker_that_is_here_or_verified_stays_as_it_is(dsn: str) -> None:
    assert secured(dsn) == dsn


def test_a_broker_elsewhere_is_verified() -> None:
    assert secured("kafka://far:9093/") == "kafka://far:9093/?security.protocol=SSL"
    assert secured("kafka://u:p@127.0.0.1:1,far:9093/?sasl.mechanism=PLAIN") == (
        "kafka://u:p@127.0.0.1:1,far:9093/?sasl.mechanism=PLAIN&security.protocol=SASL_SSL"
    )
    assert secured("kafka://far:9093/", {"far"}) == "kafka://far:9093/"


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SASL_PLAINTEXT", "nonsense"])
def test_a_broker_elsewhere_is_not_reached_in_plaintext(protocol: str) -> None:
    with pytest.raises(Plaintext, match="far is not encrypted") as raised:
        secured(f"kafka://u:hush@127.0.0.1:1,far:9093/?security.protocol={protocol}")
    assert "hush" not in str(raised.value)
