"""The laws of identity over random histories on real stores: inserts, corrections, departures, returns, claims,
decisions, undos, suppressions, erasures, changes of policy, crashes at each point of the step protocol, rebuilds.

`make test` runs 50 histories, `make test-nightly` 500 (TEST_HISTORIES).
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from graph.records import CustomerRecord
from graph.resolution.eligibility import Standing
from graph.resolution.model import Verdict
from graph.resolution.policy import load_policy
from tests.fixtures.servers import TestServers
from tests.integration.graph.bank import identifier
from tests.integration.graph.expected import RAW, Expected
from tests.integration.graph.histories import History
from tests.integration.graph.stores import Stores
from tests.unit.graph.resolution.worlds import BORN, GUARDED, KEYS, LOW, NAMES, PARTIES, POLICIES

pytestmark = pytest.mark.scaled

HISTORIES = int(os.environ.get("TEST_HISTORIES", "50"))
OPERATIONS = 14
EXTENDED = load_policy("extended").model_copy(update=LOW)
KEPT_APART = EXTENDED.model_copy(update={"exclusive": ("NationalId",), "hub": 2})
ADOPTED = [GUARDED.model_copy(update=LOW), *POLICIES, EXTENDED, KEPT_APART]
keys = st.sampled_from(KEYS[:7])
points = st.sampled_from([None, None, None, "appended", "applied", "committed"])


@st.composite
def sayings(draw: st.DrawFn, key: str) -> CustomerRecord:
    raws = draw(st.lists(st.sampled_from(RAW), max_size=3, unique=True))
    return CustomerRecord(
        key=key,
        full_name=draw(st.sampled_from(NAMES)),
        birth_date=draw(st.sampled_from(BORN)),
        party_type=draw(st.sampled_from(PARTIES)),
        identifiers=tuple(
            identifier(kind, raw, verified=kind not in ("Phone", "Email") or draw(st.integers(0, 3)) > 0)
            for kind, raw in raws
        ),
    )


class Histories(RuleBasedStateMachine):
    stores: Stores

    @initialize(policy=st.sampled_from(ADOPTED))
    def begin(self, policy: object) -> None:
        ledger = self.stores.run(self.stores.reset())
        self.history = History(self.stores, ledger, Expected(policy=policy))  # type: ignore[arg-type]  # a Policy
        self.due = False

    @property
    def known(self) -> list[str]:
        return sorted(self.history.expected.born)

    def settle(self, resolve: bool) -> None:
        """Resolve and check, or leave what is due to the next operation."""
        self.due = not resolve
        if resolve:
            self.stores.run(self.history.resolve())
            self.stores.run(self.history.check())

    @rule(data=st.data(), key=keys, crash_at=points, resolve=st.integers(0, 3))
    def say(self, data: st.DataObject, key: str, crash_at: str | None, resolve: int) -> None:
        self.stores.run(self.history.say(data.draw(sayings(key)), crash_at))
        self.settle(resolve > 0)

    @precondition(lambda self: self.history.expected.records)
    @rule(data=st.data(), crash_at=points, resolve=st.integers(0, 3))
    def leave(self, data: st.DataObject, crash_at: str | None, resolve: int) -> None:
        self.stores.run(self.history.leave(data.draw(st.sampled_from(sorted(self.history.expected.records))), crash_at))
        self.settle(resolve > 0)

    @precondition(lambda self: len(self.history.expected.last) > len(self.history.expected.records))
    @rule(data=st.data(), crash_at=points)
    def come_back(self, data: st.DataObject, crash_at: str | None) -> None:
        it = self.history.expected
        key = data.draw(st.sampled_from(sorted(it.last.keys() - it.records.keys())))
        self.stores.run(self.history.say(it.last[key], crash_at))
        self.settle(True)

    @precondition(lambda self: any(len(versions) > 1 for versions in self.history.past.values()))
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        old = [version for versions in self.history.past.values() for version in versions[:-1]]
        self.stores.run(self.history.redeliver(data.draw(st.sampled_from(old))))

    @precondition(lambda self: not self.due and self.history.expected.records)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """L6: a correction, or a departure, taken back leaves every id as it was."""
        it = self.history.expected
        key = data.draw(st.sampled_from(sorted(it.records)))
        record, before = it.records[key], dict(it.memberships)
        if data.draw(st.booleans()):
            self.stores.run(self.history.say(data.draw(sayings(key))))
        else:
            self.stores.run(self.history.leave(key))
        self.settle(True)
        self.stores.run(self.history.say(record))
        self.settle(True)
        assert it.memberships == before

    @precondition(lambda self: len(self.history.expected.born) > 1)
    @rule(data=st.data(), verdict=st.sampled_from(Verdict))
    def decide(self, data: st.DataObject, verdict: Verdict) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.known), min_size=2, max_size=4, unique=True))
        cut = 1 if verdict is Verdict.SAME else data.draw(st.integers(1, len(chosen) - 1))
        right = chosen[cut:2] if verdict is Verdict.SAME else chosen[cut:]
        self.stores.run(self.history.decide(verdict, frozenset(chosen[:cut]), frozenset(right)))
        self.settle(True)

    @rule(standing=st.sampled_from(Standing), value=st.sampled_from(RAW))
    def stand(self, standing: Standing, value: tuple[str, str]) -> None:
        self.stores.run(self.history.stand(standing, *value))
        self.settle(True)

    @rule(number=st.integers(1, 6))
    def undo(self, number: int) -> None:
        self.stores.run(self.history.undo(number))
        self.settle(True)

    @precondition(lambda self: self.history.expected.born)
    @rule(data=st.data(), release=st.booleans())
    def erase(self, data: st.DataObject, release: bool) -> None:
        key = data.draw(st.sampled_from(self.known))
        self.stores.run(self.history.erase(key))
        self.settle(True)
        if release:
            self.stores.run(self.history.release_erased(key))

    @rule(policy=st.sampled_from(ADOPTED))
    def adopt(self, policy: object) -> None:
        self.stores.run(self.history.adopt(policy))  # type: ignore[arg-type]  # a Policy
        self.settle(True)

    @rule(crash_at=points)
    def resolve(self, crash_at: str | None) -> None:
        self.stores.run(self.history.resolve(crash_at))
        self.settle(True)

    @rule()
    def rebuild(self) -> None:
        self.stores.run(self.history.rebuild())
        self.settle(True)

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.stores.run(self.history.check_the_past())
            self.stores.run(self.stores.leave())


@pytest.fixture
def stores(servers: TestServers, ledger_dsn: str) -> Iterator[Stores]:
    opened = Stores(servers, ledger_dsn)
    yield opened
    opened.close()


def test_the_laws_hold_over_random_histories(stores: Stores) -> None:
    Histories.stores = stores
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=OPERATIONS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            print_blob=True,
        ),
    )
