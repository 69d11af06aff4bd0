"""The scenario: five events in three live systems, each timed from its commit to the answer that shows it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from samples.bank import Bank
from samples.cores import COMPREHENSIVE, Core
from samples.live import LiveActivity
from samples.newcomer import NewPerson
from wekeza.answers import Api, ApiBusy

LOOK_AGAIN_SECONDS = 0.25
PATIENCE_SECONDS = 90.0  # a poll comes every 30 s; each step promises less than a minute

FIND_HER = """
query Her($phone: String!) {
  customerByIdentifier(kind: PHONE, value: $phone) {
    gcid
    sourceRecords { key }
    accounts { edges { node { number } } }
    transactions(first: 50) { edges { node { reference } } }
    lastLogin { at }
    alerts { edges { node { key } } }
    risk { fraudScore }
  }
}
"""


class ScenarioFailed(Exception):
    """A step could not be made or did not show in time; the message says which."""


class _NotYet(Exception):
    """The answer does not show the step: look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event: what happened in which system, and how to see it in her answer."""

    title: str
    system: str
    committed_at: datetime
    shows: Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    step: Step
    gcid: str
    seconds: float  # from the source's commit to the answer


class Scenario:
    """Runs the five events for one new person, a customer of ``core``, and watches the API for each."""

    def __init__(self, bank: Bank, api: Api, person: NewPerson, core: Core = COMPREHENSIVE) -> None:
        self._live = LiveActivity(bank, core)
        self._core = core
        self._api = api
        self._person = person
        self.key = ""  # of her core record, once she is there

    def steps(self) -> Iterator[Step]:
        """Each event happens when its step is asked for, so that the one before has been seen.

        Raises ScenarioFailed if core knows her document or address already.
        """
        try:
            opened = self._live.create_customer(self._person)
        except ValueError as fault:
            raise ScenarioFailed(str(fault)) from fault
        self.key = opened.record.key
        yield Step(
            title=f"core opens customer {opened.record.id} with account {opened.account.number}",
            system=self._core.name,
            committed_at=opened.committed_at,
            shows=lambda her: _has(her, "accounts", "number", opened.account.number),
        )
        log_in = self._live.log_in(opened)
        yield Step(
            title=f"mobile enrols user {log_in.record.id}, who logs in from a new device",
            system="mobile",
            committed_at=log_in.committed_at,
            shows=lambda her: _knows(her, log_in.record.key) and her["lastLogin"] is not None,
        )
        transacted = self._live.transact(opened, log_in)
        yield Step(
            title=f"core books transaction {transacted.booking.reference}, seen by mobile",
            system=self._core.name,
            committed_at=transacted.committed_at,
            shows=lambda her: _has(her, "transactions", "reference", transacted.booking.reference),
        )
        alerted = self._live.raise_alert(opened, transacted)
        yield Step(
            title=f"fraud raises an alert on {transacted.booking.reference} about {alerted.record.id}",
            system="fraud",
            committed_at=alerted.committed_at,
            shows=lambda her: _knows(her, alerted.record.key) and _has(her, "alerts", "key", _alert(alerted.alert.id)),
        )
        yield Step(
            title="the risk score she has from now on",
            system="fraud",
            committed_at=alerted.committed_at,
            shows=lambda her: her["risk"] is not None and her["risk"]["fraudScore"] is not None,
        )

    def watch(self, step: Step, tick: Callable[[], None]) -> Seen:
        """Ask for her until the step shows; ``tick`` is called between looks. Raises ScenarioFailed after 90 s."""
        looks = Retrying(
            stop=stop_after_delay(PATIENCE_SECONDS),
            wait=wait_fixed(LOOK_AGAIN_SECONDS),
            retry=retry_if_exception_type((_NotYet, ApiBusy)),
            before_sleep=lambda _: tick(),
        )
        try:
            her = looks(self._look, step)
        except RetryError as fault:
            raise ScenarioFailed(f"After {PATIENCE_SECONDS:.0f} s the answer does not show: {step.title}.") from fault
        return Seen(step=step, gcid=her["gcid"], seconds=(datetime.now(UTC) - step.committed_at).total_seconds())

    def _look(self, step: Step) -> dict[str, Any]:
        """Her answer, which shows the step."""
        found: list[dict[str, Any]] = self._api.query(FIND_HER, phone=self._person.phone)["customerByIdentifier"]
        for her in found:
            if _knows(her, self.key) and step.shows(her):
                return her
        raise _NotYet


def _nodes(her: dict[str, Any], connection: str) -> list[dict[str, Any]]:
    return [edge["node"] for edge in her[connection]["edges"]]


def _has(her: dict[str, Any], connection: str, name: str, value: str) -> bool:
    return any(node[name] == value for node in _nodes(her, connection))


def _knows(her: dict[str, Any], key: str) -> bool:
    return any(record["key"] == key for record in her["sourceRecords"])


def _alert(alert_id: str) -> str:
    return f"fraud|alerts|{alert_id}"
