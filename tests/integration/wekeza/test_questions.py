"""The commands that ask, against real stores: what a person reads, and one sentence for what cannot be answered."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from neo4j import AsyncDriver
from typer.testing import CliRunner

from graph.client import GraphClient
from graph.errors import BadDecision, IdentityError, NotFound
from graph.records import CustomerRecord
from graph.restore import GraphLost
from graph.what_if import BadPolicy
from ledger.ledger import Ledger
from tests.fixtures.servers import WIPE, TestServers
from tests.integration.graph.bank import batch, customer
from tests.integration.graph.place import ID, MAIL, NOBODY, OTHER_ID, PHONE, A, B, C, D
from wekeza.cli import app
from wekeza.questions import questions
from wekeza.settings import read_settings
from wekeza.wiring import connect

Ask = Callable[..., str]
PEOPLE = (
    customer(A, "John Doe", ID, PHONE),
    customer(B, "John Doe", ID, PHONE, MAIL),
    customer(C, "John Doe", MAIL),
    customer(D, "John Doe", OTHER_ID, PHONE),
)


@pytest.fixture
def ask(
    servers: TestServers, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Ask:
    """``ask("why", a, b)``: what the command says; what it refuses is raised."""
    monkeypatch.setenv("NEO4J_URI", servers.neo4j_uri)
    monkeypatch.setenv("NEO4J_USER", servers.neo4j_user)
    monkeypatch.setenv("NEO4J_PASSWORD", servers.neo4j_password)
    monkeypatch.setenv("DATABASE_URL", ledger_dsn)
    monkeypatch.setenv("WEKEZA_DATA", str(tmp_path_factory.getbasetemp() / "questions"))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app if words[0] == "resolve" else questions, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


async def tell(*records: CustomerRecord) -> dict[str, str]:
    """Load and resolve by the product's own wiring; answers the GCIDs by key."""
    async with connect(read_settings()) as parts:
        await parts.loader().load(batch(*records))
        await parts.resolver().resolve()
        outlook = await parts.resolver().look([record.key for record in records])
        return dict(outlook.conclusion.view.memberships)


@pytest.mark.usefixtures("graph", "ledger")
def test_every_question_is_answered_in_words(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    gcids = asyncio.run(tell(*PEOPLE))
    first = gcids[A]

    def said(*words: str) -> str:
        return ask(*words) + capsys.readouterr().out

    assert "one customer" in said("why", A, B)
    assert "it would join two national ids" in said("why", A, D)
    assert f"{first} has 3 records" in said("construction", first)
    assert f"Without Email {MAIL.masked}" in said("bridges", first)
    history = said("history", first)
    assert f"{first} is a customer." in history
    assert "which loaded core" in history
    assert "had no records" in said("history", first, "--as-of", "2001-01-01")
    assert f"{A} held it from" in said("holders", "Phone", "0712 000 001")
    assert "2 customers before, 3 after" in said("what-if", "suppress", "Email", MAIL.value)
    assert "2 customers before, 1 after" in said("what-if", "policy", "plain")
    assert "2 customers before, 3 after" in said("what-if", "delete", B)
    assert "Nothing would change." in said("what-if", "policy", "guarded")
    assert "To decide: nothing." in said("review")
    assert "resolve" in said("runs", "--limit", "1")
    everything = "".join(said(*words) for words in (("why", A, D), ("history", first), ("bridges", first)))
    for value in (ID, PHONE, MAIL):
        assert value.value not in everything

    asyncio.run(tell(replace(PEOPLE[1], key="core|customer|e", full_name="Mary Wanjiku", identifiers=(ID, PHONE))))
    assert "To decide: 1 inside." in said("review", "--reason", "inside", "--limit", "5")


@pytest.mark.usefixtures("graph", "ledger")
@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("why", A, NOBODY), NotFound),
        (("history", NOBODY), NotFound),
        (("construction", NOBODY), NotFound),
        (("bridges", "no id"), NotFound),
        (("holders", "Shoe", "44"), BadDecision),
        (("what-if", "undo", "77"), NotFound),
        (("what-if", "policy", "caps=3"), BadPolicy),
        (("what-if", "policy", "plain", "guarded"), BadPolicy),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_cannot_be_answered_is_one_sentence(ask: Ask, words: tuple[str, ...], fault: type[IdentityError]) -> None:
    with pytest.raises(fault) as raised:
        ask(*words)
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("graph", "ledger")
def test_a_changed_policy_says_what_it_changes_before_it_is_adopted(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(tell(*PEOPLE, customer("core|customer|e", "DOE John")))
    assert "Nothing would change." in ask("resolve", "--dry-run")
    for policy, before, after in (("plain", 3, 2), ("extended", 2, 1)):
        monkeypatch.setenv("WEKEZA_POLICY", policy)
        foreseen = f"{before} customers before, {after} after; 1 record would change id (20.00%)"
        assert foreseen in ask("resolve", "--dry-run")
        told = ask("resolve")
        assert foreseen in told
        assert "1 merged" in told
        assert "customers before" not in ask("resolve")


async def test_an_empty_graph_beside_a_ledger_that_remembers_is_refused(
    ask: Ask, graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    await tell(*PEOPLE)
    async with driver.session() as session:
        await (await session.run(WIPE)).consume()
    with pytest.raises(GraphLost, match="wekeza rebuild"):
        await tell(*PEOPLE)
