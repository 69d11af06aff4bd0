"""Settings: the environment first, then ``wekeza.toml``, then the servers that run in the data directory.

A source is switched on by its DSN: ``WEKEZA_SOURCES__<NAME>`` in the environment, or ``[sources]`` in the file; one of
several databases has ``<NAME>_<DATABASE>`` for each of the others. Outside this machine all need verified TLS. All
problems are listed at once; an unknown ``WEKEZA_`` name is one of them, for a typing error must not become a default.
"""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.declared import RETENTION, DataClass
from ingest.source import SOURCES, Source, load_sources
from local.directories import data_directory
from wekeza.transport import Plaintext, is_here, refuse_plaintext_bolt, secured

# Read before the settings are, by local/ and by this module.
MIN_SECRET = 24  # characters of a webhook's secret
OTHER_NAMES = {"WEKEZA_CACHE", "WEKEZA_CONFIG"}


class SettingsError(Exception):
    """One message that names every problem."""


def _listed(value: Any) -> Any:
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator may choose; field ``x`` is the variable ``WEKEZA_X``, but for the two stores' usual names."""

    model_config = SettingsConfigDict(
        env_prefix="WEKEZA_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    data: Path = Field(default_factory=data_directory, description="everything that is kept")
    neo4j_uri: str | None = Field(None, validation_alias=AliasChoices("NEO4J_URI", "neo4j_uri"))
    neo4j_user: str = Field("neo4j", validation_alias=AliasChoices("NEO4J_USER", "neo4j_user"))
    neo4j_password: SecretStr | None = Field(None, validation_alias=AliasChoices("NEO4J_PASSWORD", "neo4j_password"))
    database_url: SecretStr | None = Field(None, validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    sources: dict[str, SecretStr] = Field(default_factory=dict, description="DSN by system name")
    webhooks: dict[str, SecretStr] = Field(
        default_factory=dict, description="the secret with which a source signs what it sends, by system name"
    )
    events: SecretStr | None = Field(
        None, description="a Kafka that is told what happens to customers, kafka://host:port/"
    )
    source_files: Path | None = Field(None, description="a folder of source files of your own, besides ours")
    plaintext_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)] = Field(
        frozenset(), description="hosts of a private network, with a comma between: they need no TLS"
    )
    secret: SecretStr | None = Field(None, description="names the records; kept in the data directory if not given")
    policy: str = Field("guarded", description="a file in graph/policies")
    poll_seconds: Annotated[float, Field(gt=0)] | None = Field(None, description="overrides `every` of all sources")
    batch_size: Annotated[int, Field(ge=1, le=20_000)] = Field(5_000, description="rows in one step")
    breaker_ends: Annotated[float, Field(ge=0, le=1)] = Field(
        0.02, description="the share of a table's records that may end in one run unasked"
    )
    breaker_moves: Annotated[float, Field(ge=0, le=1)] = Field(
        0.01, description="the share of all customers that may lose records in one resolution unasked"
    )
    breaker_least: Annotated[int, Field(ge=0)] = Field(20, description="so many may, however small the shares")
    retention: dict[DataClass, Annotated[int, Field(ge=1, le=36_500)]] = Field(
        default_factory=lambda: {name: age.days for name, age in RETENTION.items()},
        description="days that rows which became no record are kept, by the classes of their columns",
    )
    host: Annotated[str, Field(min_length=1)] = Field("127.0.0.1", description="where the API listens")
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(8_000, description="the next free one is taken if it is not")
    tls_certificate: Path | None = Field(None, description="of the API, with its chain, as PEM; needs tls_key")
    tls_key: Path | None = Field(None, description="the certificate's private key, as PEM")
    jwks_url: str | None = Field(None, description="the keys of the bank's own issuer; our tokens are refused then")
    token_issuer: str | None = Field(None, description="what its tokens must say under iss; needs jwks_url")
    token_audience: str = Field("wekeza-api", description="what its tokens must say under aud")
    requests_per_second: Annotated[float, Field(gt=0)] = Field(200.0, description="of one caller, in the long run")
    purpose_required: bool = Field(False, description="whoever reads identifiers in clear sends X-Purpose")
    browser_jar: Path | None = Field(None, description="a Neo4j Browser to serve at /browser; local servers have one")
    second_person_over: Annotated[int, Field(ge=0)] = Field(
        10, description="a decision over the API that changes more customers waits for a second person"
    )
    audit_seconds: Annotated[float, Field(gt=0)] = Field(
        60, description="from one signed head of the audit to the next"
    )
    people: Annotated[int, Field(ge=20, le=1_000_000)] = Field(2_000, description="size of the sample bank")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())


def known_sources(settings: Settings) -> dict[str, Source]:
    """Ours and those of the operator's own folder, by name. Raises ConfigError with every problem of every file."""
    if settings.source_files is None:
        return load_sources()
    if not settings.source_files.is_dir():
        raise SettingsError(f"WEKEZA_SOURCE_FILES: {settings.source_files} is not a folder.")
    return load_sources(SOURCES, settings.source_files)


def settings_file() -> Path:
    return Path(os.environ.get("WEKEZA_CONFIG", "wekeza.toml"))


def read_settings() -> Settings:
    """Read the environment over the file. Raises SettingsError with every problem in it."""
    problems = _unknown_names()
    try:
        settings = Settings()
    except ValidationError as fault:
        problems += [f"{'.'.join(map(str, error['loc']))}: {error['msg'].lower()}" for error in fault.errors()]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        problems.append(f"{settings_file()} cannot be read: {fault}")
    else:
        if (settings.neo4j_uri is None) != (settings.database_url is None):
            problems.append("NEO4J_URI and DATABASE_URL go together: set both (your servers) or neither (local ones)")
        problems += _open_doors(settings)
        problems += [
            f"webhooks: the secret of {name} has fewer than {MIN_SECRET} characters"
            for name, secret in settings.webhooks.items()
            if len(secret.get_secret_value()) < MIN_SECRET
        ]
        settings, unverified = _secured(settings)
        problems += unverified
        if not problems:
            return settings
    raise SettingsError("These settings are wrong:\n" + "\n".join(f"  - {problem}" for problem in problems))


def _open_doors(settings: Settings) -> Iterator[str]:
    """What would let tokens and answers travel readably, or let in whoever can pretend to be the issuer."""
    hosts = settings.plaintext_hosts
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        yield "tls_certificate and tls_key go together: set both or neither"
    for name, file in (("tls_certificate", settings.tls_certificate), ("tls_key", settings.tls_key)):
        if file is not None and not file.is_file():
            yield f"{name}: {file} is no file"
    if settings.tls_certificate is None and not is_here(settings.host, hosts):
        yield (
            f"host: {settings.host} can be reached from other machines: set tls_certificate and tls_key, or name it in "
            "WEKEZA_PLAINTEXT_HOSTS if its network is private to you"
        )
    if (settings.jwks_url is None) != (settings.token_issuer is None):
        yield "jwks_url and token_issuer go together: set both or neither"
    if settings.jwks_url is not None and not _is_trusted(settings.jwks_url, hosts):
        yield "jwks_url: is no https address: keys that somebody could change on the way prove nothing"


def _is_trusted(url: str, plaintext_hosts: frozenset[str]) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_here(host, plaintext_hosts)))


def _secured(settings: Settings) -> tuple[Settings, list[str]]:
    """The settings with verified TLS wherever it is needed and not refused, and a problem for each refusal."""
    problems: list[str] = []
    hosts = settings.plaintext_hosts

    def secure(variable: str, dsn: SecretStr) -> SecretStr:
        try:
            return SecretStr(secured(dsn.get_secret_value(), hosts))
        except Plaintext as fault:
            problems.append(f"{variable}: {fault}")
            return dsn

    if settings.neo4j_uri:
        try:
            refuse_plaintext_bolt(settings.neo4j_uri, hosts)
        except Plaintext as fault:
            problems.append(f"NEO4J_URI: {fault}")
    sources = {name: secure(f"WEKEZA_SOURCES__{name.upper()}", dsn) for name, dsn in settings.sources.items()}
    database_url = settings.database_url and secure("DATABASE_URL", settings.database_url)
    events = settings.events and secure("WEKEZA_EVENTS", settings.events)
    return settings.model_copy(update={"sources": sources, "database_url": database_url, "events": events}), problems


def _unknown_names() -> list[str]:
    known = {f"WEKEZA_{field.upper()}" for field in Settings.model_fields} | OTHER_NAMES
    return [
        f"{name} is not a setting: the names are listed by `wekeza settings`"
        for name in sorted(os.environ)
        if name.startswith("WEKEZA_") and name.split("__")[0] not in known
    ]
