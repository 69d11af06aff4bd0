"""Random histories of records of every copied kind, published now and then: the copy is what one from nothing would be.

`make test` runs a few, `make test-nightly` fifty (a tenth of TEST_HISTORIES).
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.business import AccountRecord, ScoreRecord, SightingRecord, TransactionRecord
from graph.errors import BadDecision, Conflict, NotFound
from graph.proposals import Same, Undo
from graph.records import CustomerRecord, Departure, SourceRecord
from tests.fixtures.servers import TestServers
from tests.integration.graph.bank import DAY, account, customer, identifier, sighting, transaction
from tests.integration.graph.copies import ask_graph, copier, read_copy
from tests.integration.graph.place import WHY, Place
from tests.integration.graph.stores import Stores

pytestmark = pytest.mark.scaled

HISTORIES = max(int(os.environ.get("TEST_HISTORIES", "50")) // 10, 1)
OPERATIONS = 12
ENDED: dict[str, type[SourceRecord]] = {
    "core|account": AccountRecord,
    "core|transaction": TransactionRecord,
    "mobile|transfer": SightingRecord,
    "fraud|score": ScoreRecord,
}
few = st.integers(0, 2)
owners = st.sampled_from([None, *(f"core|customer|{number}" for number in range(3))])
values = st.sampled_from(
    [identifier("Phone", f"071200000{n}", verified=verified) for n in range(2) for verified in (True, False)]
    + [identifier("NationalId", f"2345678{n}") for n in range(2)]
)
records = st.one_of(
    st.builds(
        lambda number, name, held: customer(f"core|customer|{number}", name, *held),
        few,
        st.sampled_from(["Jane Wanjiru", "Peter Otieno", None]),
        st.lists(values, max_size=3, unique_by=lambda value: value.key),
    ),
    st.builds(
        lambda number, owner, balance: account(f"core|account|{number}", f"010{number}", owner, balance_minor=balance),
        few,
        owners,
        st.sampled_from([None, -5, 150_000]),
    ),
    st.builds(
        lambda number, to, reference: transaction(
            f"core|transaction|{number}", f"TX{reference}", account=f"core|account|{to}"
        ),
        few,
        few,
        few,
    ),
    st.builds(
        lambda number, of, channel, minutes: sighting(
            f"mobile|transfer|{number}", f"TX{of}", channel=channel, at=DAY + timedelta(minutes=minutes)
        ),
        few,
        few,
        st.sampled_from(["mobile", "ussd"]),
        few,
    ),
    st.builds(
        lambda system, number, who, score, minutes: ScoreRecord(
            key=f"{system}|score|{number}",
            customer=f"core|customer|{who}",
            at=DAY + timedelta(minutes=minutes),
            raw_score=score,
            raw_scale="0-100",
            score=score,
            level=f"{score:.0f}",
        ),
        st.sampled_from(["fraud", "credit"]),
        few,
        few,
        st.sampled_from([10.0, 50.0, 90.0]),
        few,
    ),
)
operations = st.one_of(
    st.tuples(st.just("say"), st.lists(records, min_size=1, max_size=4, unique_by=lambda record: record.key)),
    st.tuples(st.just("leave"), few),
    st.tuples(st.just("end"), st.tuples(st.sampled_from(sorted(ENDED)), few)),
    st.tuples(st.just("erase"), few),
    st.tuples(st.just("same"), few),
    st.tuples(st.just("undo"), st.integers(1, 3)),
    st.tuples(st.just("publish"), st.sampled_from([None, "copied", "moved"])),
)


class Crash(Exception):
    """The process died here."""


class History(Place):
    """A place where time goes on; what cannot be done is not done."""

    minutes = 0

    async def take(self, what: str, how: object) -> None:
        self.minutes += 1
        match what, how:
            case "say", list():
                await self.tell(*(self._now(record) for record in how))
            case "leave", int():
                await self.tell(Departure(f"core|customer|{how}", at=DAY + timedelta(minutes=self.minutes)))
            case "end", (str(entity), int(number)):
                await self.tell(Departure(f"{entity}|{number}", kind=ENDED[entity]))
            case "publish", str() | None:
                await self._publish(how)
            case _:
                assert isinstance(how, int)
                await self._steward(what, how)

    async def _publish(self, crash_at: str | None) -> None:
        def die(point: str) -> None:
            if point == crash_at:
                raise Crash

        if crash_at:
            try:
                await copier(self.graph, self.ledger, die).publish()
            except Crash:
                return
        await copier(self.graph, self.ledger).publish()

    async def _steward(self, what: str, number: int) -> None:
        key = f"core|customer|{number}"
        try:
            if what == "erase":
                await self.steward.erase(key, **WHY)
            elif what == "same":
                await self.steward.decide(Same(key, f"core|customer|{(number + 1) % 3}"), **WHY)
            else:
                await self.steward.decide(Undo(number), **WHY)
        except (NotFound, BadDecision, Conflict):
            return

    def _now(self, record: SourceRecord) -> SourceRecord:
        at = DAY + timedelta(minutes=self.minutes)
        return replace(record, updated_at=at) if isinstance(record, CustomerRecord) else record


@pytest.fixture(scope="module")
def stores(servers: TestServers, ledger_dsn: str) -> Iterator[Stores]:
    opened = Stores(servers, ledger_dsn)
    yield opened
    opened.close()


def test_the_copy_is_what_one_from_nothing_would_be(stores: Stores) -> None:
    async def live(history: list[tuple[str, object]]) -> None:
        place = History(stores.client, await stores.reset(), stores.driver)
        try:
            for what, how in history:
                await place.take(what, how)
            await copier(place.graph, place.ledger).publish()
            followed = await read_copy(place.ledger)
            assert followed == await ask_graph(place.driver)
            assert (await copier(place.graph, place.ledger).publish(from_nothing=True)).changed == 0
        finally:
            await stores.leave()

    @settings(
        max_examples=HISTORIES,
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(operations, min_size=6, max_size=OPERATIONS))
    def run(history: list[tuple[str, object]]) -> None:
        stores.run(live(history))

    run()
