from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import ConfigError
from ingest.source import SOURCES, load_sources
from ingest.table import is_secret

GOOD = (SOURCES / "mobile.toml").read_text(encoding="utf-8")


@pytest.fixture
def problems(tmp_path: Path) -> Callable[..., str]:
    def find(text: str, name: str = "mobile.toml") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as raised:
            load_sources(tmp_path)
        return str(raised.value)

    return find


def test_a_folder_of_files_is_the_registry(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = GOOD.replace('name = "mobile"', f'name = "{name}"', 1)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    found = load_sources(tmp_path)
    assert set(found) == {"one", "two"}
    assert (found["one"].every, found["one"].overlap) == (timedelta(seconds=30), timedelta(minutes=5))


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ('every = "30s"', 'every = "half a minute"', "every: "),
        ('every = "30s"', 'every = "30s"\ncolour = "red"', "colour: Extra inputs are not permitted"),
        ('timezone = "UTC"', 'timezone = "Africa/Wakanda"', "timezone: "),
        ('kind = "login"', 'kind = "logon"', "table logins: kind: 'logon' is not one of account, activity"),
        ('entity = "devices"', 'entity = "phones"', "keys.device.entity: 'phones' is no [[table]] of this source"),
        ("at = '\"OccurredAt\"'", "when = '\"OccurredAt\"'", "table logins: map.when: unknown here"),
        ("successful = '\"IsSuccessful\"'\n", "", "table logins: map.successful: a login needs it"),
        ("type = '\"DeviceType\"'\n", "", "columns.DeviceType: nothing uses it"),
        ('DeviceType = "operational"\n', "", "columns.DeviceType: is used, so declare it"),
        ('DeviceType = "operational"', 'DeviceType = "secret"', "columns.DeviceType: "),
        ("Phone = '\"PhoneNumber\"'", "Fax = '\"PhoneNumber\"'", "identifiers.Fax: unknown here"),
        ("Phone = '\"PhoneNumber\"'", "NameBirth = '\"PhoneNumber\"'", "identifiers.NameBirth: unknown here"),
        ("Phone = '\"PhoneNumber\"'", "Phone = {value = '\"PhoneNumber\"', since = '1'}", "since: Extra inputs"),
        ("Phone = '\"PhoneNumber\"'", "Phone = {from = '\"PhoneNumber\"'}", "value: Field required"),
        (
            "Phone = '\"PhoneNumber\"'",
            "Phone = {value = '\"PhoneNumber\"', to = 'now('}",
            "identifiers.Phone.0.to: Parser Error",
        ),
        ("type = '\"DeviceType\"'", "type = 'upper(\"DeviceType\"'", "map.type: Parser Error"),
        ('DeviceType = "operational"', 'PinHash = "pii"', "columns.PinHash: its name says that it holds a secret"),
        ('every = "30s"', 'every = "30s"\ncdc = { manage = true }', "cdc: goes with the pattern cdc"),
        ('every = "30s"', 'every = "30s"\ncdc = { drop = true }', "cdc.drop: Extra inputs are not permitted"),
        ('key = "DeviceId"', 'key = "DeviceId"\nplace = "other"', "place: 'other' is not one of [places]"),
        ('key = "DeviceId"', 'key = "DeviceId"\nwhere = "nope("', "where or each: Parser Error"),
        ('every = "30s"', 'every = "30s"\nfolder = {}', "folder: goes together with the pattern files"),
        ('pattern = "database"', 'pattern = "files"', "folder: goes together with the pattern files"),
        (
            'entity = "devices"',
            'hide = true, entity = "devices"',
            "keys.device.hide: must be as [[table]] 'devices' says",
        ),
        ('key = "DeviceId"', 'key = "DeviceId"\nhide = true', "keys.device.hide: must be as [[table]] 'devices' says"),
        ('every = "30s"', 'every = "30s"\naccounts = "copy"', "accounts: goes together with tables of kind account"),
        ('every = "30s"', 'every = "30s"\nwindow = "22:00-25:00"', "window: "),
        ('field = "of"', 'field = "about"', "references.about: unknown here"),
        ("[table.decode.status]\nActive", "[table.decode.state]\nActive", "decode.state: unknown here"),
        ('name = "devices"', 'name = "users"', "table users: there are two of this name"),
        ("at = '\"OccurredAt\"'", 'at = \'"OccurredAt"', "cannot be read: "),
    ],
)
def test_a_wrong_file_says_where(problems: Callable[..., str], right: str, wrong: str, problem: str) -> None:
    assert right in GOOD
    found = problems(GOOD.replace(right, wrong, 1))
    assert "mobile.toml: " in found
    assert problem in found


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("generated_reports_*.csv", "generated_reports", "from: write the names of its files"),
        ("generated_reports_*.csv", "../*.csv", "from: write the names of its files"),
        ('key = "id"', 'key = "id"\nwatermark = "updated_at"', "each file is read once"),
        ('key = "id"', 'key = "id"\ndeletes = "1h"', "each file is read once"),
        ('settle = "30s"', 'manifest = "../other.json"', "folder.manifest: "),
        ('delimiter = ";"', 'delimiter = ";;"', "dialect.delimiter: "),
        ('delimiter = ";"', 'encoding = "utf-9"', "dialect.encoding: "),
    ],
)
def test_files_have_rules_of_their_own(problems: Callable[..., str], right: str, wrong: str, problem: str) -> None:
    text = (SOURCES / "reporting.toml").read_text(encoding="utf-8")
    assert right in text
    assert problem in problems(text.replace(right, wrong, 1), "reporting.toml")


def test_the_name_is_the_files(problems: Callable[..., str]) -> None:
    assert "name: is 'mobile', but the file is called 'movil'" in problems(GOOD, "movil.toml")


def test_all_problems_of_all_files_are_told_at_once(problems: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("name = 1", encoding="utf-8")
    found = problems(GOOD.replace('"LoginActivity"', "7").replace("trust = 0.7", "trust = 7"))
    assert {"mobile.toml: table.2.from", "mobile.toml: trust", "other.toml: title"} <= {
        line.removeprefix("  - ").rsplit(": ", 1)[0] for line in found.splitlines()
    }


def test_an_amount_needs_a_currency_and_a_score_its_scale(problems: Callable[..., str]) -> None:
    core = (SOURCES / "comprehensive.toml").read_text(encoding="utf-8")
    found = problems(core.replace("currency = '\"Currency\"'\n", "", 1), "comprehensive.toml")
    assert "table accounts: map.currency: an amount needs it" in found
    fraud = (SOURCES / "fraud.toml").read_text(encoding="utf-8")
    assert "table alerts: scale: goes together with map.raw_score" in problems(
        fraud.replace('scale = "0-1000"\n', "", 1), "fraud.toml"
    )


def test_a_closed_list_means_only_what_the_record_knows(problems: Callable[..., str]) -> None:
    core = (SOURCES / "comprehensive.toml").read_text(encoding="utf-8")
    found = problems(core.replace('Deposit = "credit"', 'Deposit = "in"'), "comprehensive.toml")
    assert "decode.direction: in is not one of credit, debit" in found


@pytest.mark.parametrize(
    "column", ["PasswordHash", "pin_hash", "PIN", "client_secret", "access_token", "ApiKey", "CVV"]
)
def test_a_column_that_is_called_like_a_secret_is_one(column: str) -> None:
    assert is_secret(column)


@pytest.mark.parametrize("column", ["KraPin", "kra_pin", "TaxPIN", "Spinner", "shipping_key", "Tokenised", "OptInSMS"])
def test_a_tax_number_and_a_word_within_a_word_are_no_secret(column: str) -> None:
    assert not is_secret(column)


SERVICE = (SOURCES / "openbanking.toml").read_text(encoding="utf-8")
REGISTER = (SOURCES / "erms.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "right", "wrong", "problem"),
    [
        (SERVICE, 'parameter = "cursor", ', "", "rest.paging.parameter: cursor needs it"),
        (SERVICE, ', token = "oauth/token"', "", "rest.auth.token: oauth needs it"),
        (SERVICE, 'pattern = "rest"', 'pattern = "database"', "rest: goes together with the pattern rest"),
        (SERVICE, 'since = "updated_since", ', "", "resource.since: goes together with a watermark"),
        (SERVICE, 'nested = ["scopes"]', 'nested = ["scope"]', "resource: 'scope' is none of its columns"),
        (SERVICE, 'events = ["payment.completed"]', "events = []", "webhook.events: "),
        (SERVICE, 'to = "account.number"', 'to = "customer.number"', "of a transaction it cannot lead to"),
        (REGISTER, 'to = "customer.number"', 'to = "account.number"', "of a score it cannot lead to account.number"),
    ],
)
def test_a_wrong_file_of_a_service_says_where(
    problems: Callable[..., str], file: str, right: str, wrong: str, problem: str
) -> None:
    assert right in file
    name = "openbanking.toml" if file is SERVICE else "erms.toml"
    assert problem in problems(file.replace(right, wrong, 1), name)


def test_a_score_is_somebody_s(problems: Callable[..., str]) -> None:
    references = REGISTER[REGISTER.index("[[table.references]]") : REGISTER.index("[table.decode.level]")]
    alone = REGISTER.replace(references, "").replace('CustomerNumber = "operational"\nNationalId = "pii"\n', "")
    assert "table profiles: map.customer: a score needs it" in problems(alone, "erms.toml")


LOG = 'pattern = "cdc", database = "d", timezone = "UTC"'


@pytest.mark.parametrize(
    ("engine", "places", "problem"),
    [
        ("mysql", "", "engine: only postgresql is followed by cdc"),
        ("postgresql", f'other = {{ {LOG}, engine = "postgresql" }}', "only one of them can be followed by cdc"),
    ],
)
def test_one_place_can_be_followed(problems: Callable[..., str], engine: str, places: str, problem: str) -> None:
    text = GOOD.replace('pattern = "database"', 'pattern = "cdc"', 1).replace('"postgresql"', f'"{engine}"', 1)
    assert problem in problems(text.replace("[[table]]", f"[places]\n{places}\n\n[[table]]", 1))
