"""What a poll did, table by table: counted as it goes, so that a poll that breaks off still tells how far it came."""

import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import structlog

from graph.errors import IdentityError
from graph.load import LoadReport
from ingest.connectors.page import Page
from ingest.mapping import Mapped
from ingest.quality import Tally
from ingest.rejections import Flaw, Issue, Reason, Rejection
from ingest.table import Table
from ledger.sources import Poll, SourceState

MICROSECONDS = 1_000_000
KEYS_IN_LOG = 20  # of one batch's rejections

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class TableReport:
    """Counts of one table; ``error`` is the sentence of the failure that ended it."""

    table: str
    read: int = 0
    loaded: int = 0  # records that were new or changed
    unchanged: int = 0
    ended: int = 0  # records whose rows the source has no longer
    quality: Tally = field(default_factory=Tally)
    rejected: Counter[Reason] = field(default_factory=Counter)
    issues: Counter[Issue] = field(default_factory=Counter)
    newest: datetime | None = None  # the source's own date of the newest row that was not read before
    cold: bool = False  # the first load: its rows waited for nobody
    fresh: int = 0  # rows that were not read before
    fresh_since: float = 0.0  # the sum of their dates, seconds since 1970
    error: str | None = None

    def add(self, table: Table, mapped: Mapped, loaded: LoadReport, page: Page) -> None:
        self.read += page.rows.num_rows + len(page.poison)
        self.loaded += loaded.created + loaded.changed
        self.unchanged += loaded.unchanged
        self.rejected.update(rejection.reason for rejection in mapped.rejections)
        self.rejected.update(poison.reason for poison in page.poison)
        self.rejected += Counter({Reason.UNFIT: loaded.unfit, Reason.ERASED: loaded.erased})
        self.issues += mapped.issues
        self.issues += Counter({Issue(Flaw.UNREADABLE, column): times for column, times in page.unreadable.items()})
        self.quality.add(table, mapped, datetime.now(UTC))
        if len(page.fresh):
            self.newest = page.fresh[-1].as_py()
            self.fresh += len(page.fresh)
            self.fresh_since += pc.sum(page.fresh.cast(pa.int64()).cast(pa.float64())).as_py() / MICROSECONDS


@dataclass(slots=True, kw_only=True)
class SourceReport:
    """One poll of one source."""

    system: str
    started: datetime
    tables: list[TableReport] = field(default_factory=list)
    error: str | None = None  # one sentence: why the poll did not do all that it should
    retryable: bool = False
    held: bool = False  # by the breaker, until somebody accepts what it would do
    matched: int = 0  # links between records that the resolution after the load accepted
    seconds: float = 0.0
    pushed: bool = False  # by the source, and not polled
    visible_at: datetime | None = None  # when what was loaded could be asked for

    @property
    def state(self) -> SourceState:
        if self.held:
            return SourceState.HELD
        return SourceState.DOWN if self.error else SourceState.OK

    @property
    def read(self) -> int:
        return sum(table.read for table in self.tables)

    @property
    def loaded(self) -> int:
        return sum(table.loaded for table in self.tables)

    @property
    def unchanged(self) -> int:
        return sum(table.unchanged for table in self.tables)

    @property
    def ended(self) -> int:
        return sum(table.ended for table in self.tables)

    @property
    def rejected(self) -> int:
        return sum(table.rejected.total() for table in self.tables)

    @property
    def reasons(self) -> Counter[Reason]:
        return sum((table.rejected for table in self.tables), Counter())

    @property
    def newest(self) -> datetime | None:
        return max((table.newest for table in self.tables if table.newest), default=None)

    @property
    def latency(self) -> tuple[float, int]:
        """Seconds from commit at the source to visible here, summed over rows, and the rows; first loads left out."""
        warm = [table for table in self.tables if table.fresh and not table.cold]
        rows = sum(table.fresh for table in warm)
        if self.visible_at is None or not rows:
            return 0.0, 0
        return rows * self.visible_at.timestamp() - sum(table.fresh_since for table in warm), rows

    def fail(self, fault: Exception, *, retryable: bool) -> None:
        """Note why; the first failure is the cause of those that follow."""
        if self.error is None:
            self.error, self.retryable = str(fault), retryable

    def hold(self, fault: IdentityError) -> None:
        """Note what a person has to accept."""
        self.held = True
        self.fail(fault, retryable=False)

    def as_poll(self) -> Poll:
        """The poll as the ledger stores it."""
        latency, rows = self.latency
        return Poll(
            system=self.system,
            state=self.state,
            last_read=None if self.error else self.started,
            last_change=self.newest,
            error=self.error,
            lag_seconds=latency / rows if rows else None,
            read=self.read,
            loaded=self.loaded,
            rejected=self.rejected,
            matched=self.matched,
            latency_seconds=latency,
            latency_count=rows,
            pushed=self.pushed,
        )


def log_rejections(system: str, table: str, rejected: Iterable[Rejection], secret: bytes) -> None:
    """By cause; keys are hashed with ``secret``, and of a few rows only."""
    by_cause: dict[tuple[str, str], list[Rejection]] = {}
    for rejection in rejected:
        by_cause.setdefault((rejection.reason, rejection.field), []).append(rejection)
    for (reason, missing), rejections in by_cause.items():
        keys = [_fingerprint(rejection.key, secret) for rejection in rejections[:KEYS_IN_LOG] if rejection.key]
        log.warning(
            "rows_rejected",
            system=system,
            table=table,
            reason=reason,
            field=missing,
            rows=len(rejections),
            key_hashes=keys,
        )


def _fingerprint(key: str, secret: bytes) -> str:
    """Keyed: a key may look like a phone number, and all of those can be hashed in a minute."""
    return hmac.digest(secret, key.encode(), "sha256")[:8].hex()
