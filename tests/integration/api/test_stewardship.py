"""Decisions over GraphQL on real servers: the graph before and after as sets, nothing decided that should not be."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from neo4j import AsyncDriver

from api.tokens import Role
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.stewards import JOHN, Desk, four, mutation, open_desk
from tests.integration.graph.office import OTHER_PHONE, PHONE, Office, key, record


@pytest.fixture
async def at(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Desk]:
    async with open_desk(Office(graph, ledger, driver), ledger) as opened:
        yield opened


async def test_same_and_its_undo(at: Desk) -> None:
    before = await four(at)
    taken = await at.do("judgeSame", a=key("a"), b=key("c"))
    assert (taken["state"], taken["decision"], taken["preview"]) == ("TAKEN", 1, None)
    assert taken["events"] == [
        {"what": "merged", "gcid": before["a"], "others": sorted({before["a"], before["c"]}), "records": 2}
    ]
    assert await at.office.parts() == {"abcd"}
    assert await at.office.rows("MATCH (d:Decision) RETURN d.id, d.verdict, d.by, d.reason") == {
        (1, "same", "wanja", "seen both passports")
    }
    assert at.published == 1
    undone = await at.do("undoDecision", decision=1)
    assert [event["what"] for event in undone["events"]] == ["split"]
    assert await at.office.gcids() == before
    assert await at.office.decisions() == set()


async def test_different_by_a_pair_and_by_sides(at: Desk) -> None:
    await at.office.load(*(record(name, JOHN, PHONE) for name in "abc"))
    taken = await at.do("judgeDifferent", left=[key("a")], right=[key("b"), key("c")])
    assert (await at.office.parts(), taken["events"][0]["what"]) == ({"a", "bc"}, "split")
    await at.do("undoDecision", decision=1)
    await at.do("judgeDifferent", a=key("a"), b=key("b"))
    assert await at.office.parts() == {"a", "bc"}, "whose sides are those of when they were apart last"
    for wrong in ({"a": key("a")}, {"left": [key("a")]}, {"a": key("a"), "b": key("b"), "left": [key("a")]}, {}):
        assert await at.refused("judgeDifferent", **wrong) == "BAD_USER_INPUT"


async def test_suppress_and_release(at: Desk) -> None:
    await at.office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    taken = await at.do("suppressValue", kind="PHONE", value="0712 000 001")
    assert (taken["suppressed"], await at.office.parts()) == ("steward_suppressed", {"a", "b"})
    taken = await at.do("releaseValue", kind="PHONE", value="0712 000 001")
    assert (taken["suppressed"], await at.office.parts()) == (None, {"ab"})


async def test_correct_a_field(at: Desk) -> None:
    gcids = await four(at)
    previewed = await at.do("correctField", gcid=gcids["a"], field="NAME", value="Joan Doe", dryRun=True)
    assert await at.office.golden(gcids["a"], "name") == JOHN
    await at.do("correctField", gcid=gcids["a"], field="NAME", value="Joan Doe", basedOn=previewed["basis"])
    assert await at.office.golden(gcids["a"], "name") == "Joan Doe"
    stale = {"gcid": gcids["a"], "field": "NAME", "value": "Joan Doe", "basedOn": previewed["basis"]}
    assert await at.refused("correctField", **stale) == "CONFLICT"
    assert await at.refused("correctField", gcid=gcids["a"], field="BIRTH_DATE", value="soon") == "BAD_USER_INPUT"


async def test_a_preview_writes_nothing_and_tells_what_the_decision_then_does(at: Desk) -> None:
    before = await four(at)
    graph, steps = await at.office.rows(WHOLE), await at.office.count_steps()
    previewed = await at.do("judgeSame", a=key("a"), b=key("c"), dryRun=True, idempotencyKey="one")
    assert (await at.office.rows(WHOLE), await at.office.count_steps(), at.published) == (graph, steps, 0)
    assert (previewed["state"], previewed["decision"], previewed["events"]) == ("PREVIEW", None, [])
    preview = previewed["preview"]
    assert (preview["customersChanged"], preview["customersBefore"], preview["customersAfter"]) == (2, 2, 1)
    assert {(it["record"], it["before"], it["after"]) for it in preview["changed"]} == {
        (key(name), before["c"], before["a"]) for name in "cd"
    }
    taken = await at.do("judgeSame", a=key("a"), b=key("c"), basedOn=previewed["basis"], idempotencyKey="one")
    assert [it["what"] for it in preview["events"]] == [it["what"] for it in taken["events"]] == ["merged"]


WHOLE = "MATCH (n) WHERE NOT n:WekezaTests RETURN elementId(n), properties(n)['key'], labels(n)[0], size(keys(n))"


async def test_a_stale_basis_is_a_conflict_and_nothing_is_decided(at: Desk) -> None:
    await four(at)
    basis = (await at.do("judgeSame", a=key("a"), b=key("c"), dryRun=True))["basis"]
    await at.office.load(record("e", JOHN, OTHER_PHONE))
    steps = await at.office.count_steps()
    assert await at.refused("judgeSame", a=key("a"), b=key("c"), basedOn=basis) == "CONFLICT"
    assert await at.refused("judgeSame", a=key("a"), b=key("d"), basedOn=basis) == "CONFLICT"
    assert await at.refused("judgeSame", a=key("a"), b=key("c"), basedOn="noise") == "CONFLICT"
    assert (await at.office.decisions(), await at.office.count_steps()) == (set(), steps)
    again = await at.do("judgeSame", a=key("a"), b=key("c"), dryRun=True)
    assert (await at.do("judgeSame", a=key("a"), b=key("c"), basedOn=again["basis"]))["state"] == "TAKEN"


async def test_a_request_that_is_repeated_is_answered_and_not_done_again(at: Desk) -> None:
    await four(at)
    basis = (await at.do("judgeSame", a=key("a"), b=key("c"), dryRun=True))["basis"]
    given = {"a": key("a"), "b": key("c"), "idempotencyKey": "mine", "basedOn": basis}
    first = await at.do("judgeSame", **given)
    steps = await at.office.count_steps()
    assert await at.do("judgeSame", **given) == first
    assert await at.office.count_steps() == steps
    assert await at.refused("judgeSame", **given | {"b": key("d")}) == "CONFLICT"
    assert await at.refused("judgeSame", **given, reason="another") == "CONFLICT"
    assert await at.refused("judgeDifferent", a=key("a"), b=key("c"), idempotencyKey="mine") == "CONFLICT"
    await at.do("undoDecision", decision=1, idempotencyKey="mine", by="another person")
    assert await at.do("judgeSame", **given) == first, "what came of it, whatever came after"
    assert await at.office.decisions() == set()


async def test_a_pair_that_was_judged_different_is_answered_again_by_its_key(at: Desk) -> None:
    await at.office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    given = {"a": key("a"), "b": key("b"), "idempotencyKey": "k"}
    assert await at.do("judgeDifferent", **given) == await at.do("judgeDifferent", **given)
    assert len(await at.office.decisions()) == 1


async def test_a_crash_before_the_graph_has_it_leaves_the_key_free(at: Desk) -> None:
    """Key and decision are one ledger transaction: the step is void, and so is the key."""
    await four(at)

    def crash(point: str) -> None:
        if point == "appended":
            raise ZeroDivisionError

    terms = {"a": key("a"), "b": key("c"), "idempotencyKey": "mine"}
    steward, at.office.steward._on_point = at.office.steward, crash
    assert await at.refused("judgeSame", **terms) == "INTERNAL"
    steward._on_point = None
    assert await at.office.decisions() == set()
    assert (await at.do("judgeSame", **terms))["state"] == "TAKEN"
    assert await at.office.parts() == {"abcd"}


async def test_a_crash_after_the_graph_has_it_is_answered_with_what_was_done(at: Desk) -> None:
    await four(at)

    def crash(point: str) -> None:
        if point == "committed":
            raise ZeroDivisionError

    terms = {"a": key("a"), "b": key("c"), "idempotencyKey": "mine"}
    at.office.steward._on_point = crash
    assert await at.refused("judgeSame", **terms) == "INTERNAL"
    at.office.steward._on_point = None
    taken = await at.do("judgeSame", **terms)
    assert (taken["decision"], [event["what"] for event in taken["events"]]) == (1, ["merged"])
    assert (await at.office.parts(), len(await at.office.decisions())) == ({"abcd"}, 1)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STEWARD])
async def test_nobody_but_stewards_decides_or_sees_what_there_is(at: Desk, role: Role) -> None:
    await at.office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    assert await at.refused("judgeDifferent", a=key("a"), b=key("b"), role=role) == "FORBIDDEN"
    assert await at.refused("approveDecision", id="1", role=role) == "FORBIDDEN"
    for query in ("{ reviewQueue { edges { cursor } } }", "{ pendingDecisions { edges { cursor } } }"):
        body = await at.post(query, role=role)
        assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await at.office.parts() == {"ab"}


async def test_who_decides_is_who_the_token_names(at: Desk) -> None:
    """There is no argument that says otherwise, and none is let through."""
    await four(at)
    for name in ("by", "subject", "role"):
        query = mutation("judgeSame").replace("(a: $a", f'({name}: "director", a: $a')
        body = await at.post(query, a=key("a"), b=key("c"), reason="x")
        assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_USER_INPUT"]
    schema = (await at.post("{ __schema { mutationType { fields { name args { name } } } } }"))["data"]
    named = {arg["name"] for field in schema["__schema"]["mutationType"]["fields"] for arg in field["args"]}
    assert not named & {"by", "subject", "role", "steward", "author", "approver"}
    assert await at.office.decisions() == set()


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown record": ("judgeSame", {"a": key("a"), "b": key("nobody")}, "NOT_FOUND"),
    "a record against itself": ("judgeSame", {"a": key("a"), "b": key("a")}, "BAD_USER_INPUT"),
    "no reason": ("judgeSame", {"a": key("a"), "b": key("c"), "reason": " "}, "BAD_USER_INPUT"),
    "a reason without end": ("judgeSame", {"a": key("a"), "b": key("c"), "reason": "x" * 501}, "BAD_USER_INPUT"),
    "a key without end": ("judgeSame", {"a": key("a"), "b": key("c"), "idempotencyKey": "x" * 101}, "BAD_USER_INPUT"),
    "an empty key": ("judgeSame", {"a": key("a"), "b": key("c"), "idempotencyKey": ""}, "BAD_USER_INPUT"),
    "no text": ("judgeSame", {"a": key("a") + "\x00", "b": key("c")}, "BAD_USER_INPUT"),
    "a value that is none": ("suppressValue", {"kind": "PHONE", "value": "12"}, "BAD_USER_INPUT"),
    "an unknown decision": ("undoDecision", {"decision": 7}, "NOT_FOUND"),
    "an unknown customer": ("correctField", {"gcid": "x", "field": "NAME", "value": "Jo Do"}, "NOT_FOUND"),
    "an unknown item": ("resolveReview", {"item": "x", "choice": "KEEP"}, "NOT_FOUND"),
    "Cypher": ("judgeSame", {"a": "x'}) DETACH DELETE n //", "b": key("a")}, "NOT_FOUND"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_decided(at: Desk, what: str) -> None:
    await four(at)
    name, given, code = REFUSED[what]
    assert await at.refused(name, **given) == code
    assert (await at.office.parts(), await at.office.decisions()) == ({"ab", "cd"}, set())


async def test_a_contradiction_is_a_conflict(at: Desk) -> None:
    await four(at)
    await at.do("judgeDifferent", left=[key("a")], right=[key("c")])
    assert await at.refused("judgeSame", a=key("a"), b=key("c")) == "CONFLICT"


async def test_every_mutation_is_in_the_chain_before_it_is_done_and_with_whom_it_names(at: Desk) -> None:
    before = await four(at)
    await at.do("judgeSame", a=key("a"), b=key("c"))
    assert await at.refused("judgeSame", a=key("a"), b=key("nobody")) == "NOT_FOUND"
    assert [(row.subject, row.operation, tuple(row.fields), set(row.gcids)) for row in await at.audited()] == [
        ("wanja", "mutation", ("judgeSame",), set()),
        ("wanja", "mutation", ("judgeSame",), {before["a"], before["c"]}),
        ("wanja", "mutation", ("judgeSame",), set()),
    ]


async def test_without_the_chain_nothing_is_decided(at: Desk) -> None:
    await four(at)
    async with at.ledger.transaction() as connection:
        await connection.execute("ALTER TABLE audit RENAME TO hidden")
    assert await at.refused("judgeSame", a=key("a"), b=key("c")) == "UNAVAILABLE"
    assert (await at.office.parts(), await at.office.decisions()) == ({"ab", "cd"}, set())
