"""The composition root: settings in, connected parts out. Nothing else in the project builds these."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from api.office import Office
from api.questions import Questions
from graph.client import GraphClient
from graph.copy import Copier
from graph.decisions import Steward
from graph.explanation import Explanations
from graph.history import History
from graph.load import Loader
from graph.resolution.policy import Policy, load_policy
from graph.resolve import Resolver, ResolveReport
from graph.restore import refuse_lost
from graph.review import Review
from graph.roles import end_roles
from graph.stewardship import Stewardship
from graph.upheaval import Limit
from graph.what_if import WhatIf, refuse_adoption
from ingest.breaker import Breaker
from ingest.declared import RETENTION
from ingest.errors import ConfigError
from ingest.fields import decimals_by_currency
from ingest.run import Line
from ingest.source import Source
from ledger.ledger import Ledger
from ledger.locks import resolver_lock
from ledger.records import forget_erased
from wekeza.keys import installation_secret
from wekeza.running import with_stores
from wekeza.settings import Settings, known_sources

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a command may need, open for as long as the command runs."""

    settings: Settings
    client: GraphClient
    ledger: Ledger
    policy: Policy
    secret: bytes
    sources: dict[str, Source]

    def loader(self) -> Loader:
        return Loader(self.client, self.ledger, secret=self.secret, policy=self.policy)

    def resolver(self) -> Resolver:
        trust = {name: source.trust for name, source in self.sources.items()}
        return Resolver(self.client, self.ledger, secret=self.secret, policy=self.policy, trust=trust)

    def steward(self) -> Steward:
        return Steward(self.client, self.ledger, secret=self.secret, resolver=self.resolver())

    def office(self) -> Office:
        """What the service takes decisions with."""
        alone = self.settings.second_person_over
        stewardship = Stewardship(self.steward(), self.ledger, secret=self.secret, alone=alone)
        return Office(stewardship, self.review(), self.copier().publish)

    def history(self) -> History:
        return History(self.ledger, self.secret)

    def explanations(self) -> Explanations:
        return Explanations(self.client, self.resolver())

    def what_if(self) -> WhatIf:
        return WhatIf(self.client, self.ledger, secret=self.secret, resolver=self.resolver())

    def questions(self) -> Questions:
        """What the service needs to answer about identity."""
        return Questions(
            history=self.history(), explanations=self.explanations(), what_if=self.what_if(), policy=self.policy
        )

    def review(self) -> Review:
        return Review(self.client, secret=self.secret, policy=self.policy)

    def copier(self) -> Copier:
        return Copier(self.client, self.ledger, decimals=decimals_by_currency())

    def line(self, *, accept: bool = False) -> Line:
        """What every poll goes through; ``accept`` lets it change as much as it will."""
        least = self.settings.breaker_least
        return Line(
            loader=self.loader(),
            resolve=partial(self._resolve, limited=not accept),
            ledger=self.ledger,
            secret=self.secret,
            batch_size=self.settings.batch_size,
            retention=RETENTION | {name: timedelta(days=days) for name, days in self.settings.retention.items()},
            breaker=None if accept else Breaker(share=self.settings.breaker_ends, least=least),
        )

    def limit(self) -> Limit:
        """How much a resolution may change unasked."""
        return Limit(share=self.settings.breaker_moves, least=self.settings.breaker_least)

    async def _resolve(self, *, limited: bool) -> ResolveReport:
        """One process at a time, for all; a changed policy is adopted by the poll that meets it first.

        What that changes is in the log before.
        """
        async with resolver_lock(self.ledger):
            await end_roles(self.client, self.ledger)
            report = await self.resolver().resolve(
                self.limit() if limited else None, partial(self._announce, limited=limited)
            )
            async with self.ledger.transaction() as connection:
                await forget_erased(connection)  # which an erasure does by itself, unless it was killed
            await self.copier().publish()
            return report

    async def _announce(self, *, limited: bool) -> None:
        adopted = await self.what_if().adoption()
        log.warning("policy_changed", policy=self.policy.name, **adopted.numbers())
        if limited:
            refuse_adoption(adopted, self.policy.name, self.limit())

    def webhooks(self) -> dict[str, str]:
        """The secret of each source that sends. Raises ConfigError for one whose file names no event."""
        told = {name for name, source in self.sources.items() if "webhooks" in source.patterns}
        if unknown := sorted(self.settings.webhooks.keys() - told):
            raise ConfigError(f"No source {', '.join(unknown)} tells of events: its file needs a `webhook`.")
        return {name: secret.get_secret_value() for name, secret in self.settings.webhooks.items()}

    def dsns(self, names: Sequence[str] | None = None) -> dict[str, dict[str, str]]:
        """The DSNs of each source that is switched on, or of the named ones, by the source's names for them.

        A source is on when each of its places that it cannot do without has a DSN. Raises ConfigError for one that only
        some of them have, for a DSN of no source, and for a named source that is off.
        """
        given = {name: dsn.get_secret_value() for name, dsn in self.settings.sources.items()}
        known = {name for source in self.sources.values() for name in source.dsn_names}
        if unknown := sorted((given.keys() - known) | ({*(names or ())} - self.sources.keys())):
            raise ConfigError(f"There is no source {', '.join(unknown)}; `wekeza ingest list` lists them.")
        begun = [source for source in self.sources.values() if not given.keys().isdisjoint(source.dsn_names)]
        for source in [*begun, *(self.sources[name] for name in names or ())]:
            if missing := [name for name in source.dsn_names if name not in {*given} | source.optional_dsn_names]:
                variables = " and ".join(f"WEKEZA_SOURCES__{name.upper()}" for name in missing)
                raise ConfigError(f"{source.name} is not switched on: give {variables} its DSN.")
        on = names or [source.name for source in sorted(begun, key=lambda source: source.number)]
        return {name: {dsn: given[dsn] for dsn in self.sources[name].dsn_names if dsn in given} for name in on}


@asynccontextmanager
async def connect(settings: Settings, *, rebuilding: bool = False) -> AsyncIterator[Parts]:
    """Connect to both stores, bring their schemas up to date, and check that the secret and the graph are the ledger's.

    Raises GraphLost for an empty graph beside a ledger that is not, unless the graph is about to be rebuilt.
    """
    settings = with_stores(settings)
    assert settings.neo4j_uri is not None  # noqa: S101 - with_stores promises both
    assert settings.database_url is not None  # noqa: S101
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    secret = installation_secret(settings.data, settings.secret)
    async with (
        Ledger.connect(settings.database_url.get_secret_value()) as ledger,
        GraphClient.connect(settings.neo4j_uri, settings.neo4j_user, password) as client,
    ):
        await ledger.migrate()
        await ledger.accept_secret(secret)
        await client.apply_schema()
        if not rebuilding:
            await refuse_lost(client, ledger)
        yield Parts(
            settings=settings,
            client=client,
            ledger=ledger,
            policy=load_policy(settings.policy),
            secret=secret,
            sources=known_sources(settings),
        )
