"""The compiler over the real statements and a small catalogue: selection in, text and parameters out."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import StatementError
from graph.projection import PLANS, Compiler, Expression, Inline, Instant, Page, Projection, Rows, Selection, Value
from graph.statements import statement

CUSTOMER = Rows("read_customer", "Customer")
CATALOGUE: Mapping[str, Mapping[str, Projection]] = {
    "Customer": {
        "gcid": Value("customer.gcid"),
        "since": Instant("customer.since"),
        "phone": Inline("Golden", {"value": "customer.phone", "at": "customer.phone_updated_at"}, needs=("value",)),
        "systems": Rows("project_customer_systems"),
        "last_login": Rows("project_customer_last_login", "Login", one=True),
        "accounts": Page("project_customer_accounts", "Account", position=("text",)),
    },
    "Golden": {"value": Value("value"), "at": Instant("at")},
    "Login": {"key": Value("login.key")},
    "Account": {
        "number": Value("account.number"),
        "balance": Inline(
            "Money", {"minor": "account.balance_minor", "currency": "account.currency"}, needs=("minor",)
        ),
        "transactions": Page("project_account_transactions", "Transaction", position=("instant", "text")),
    },
    "Money": {
        "amount": Expression("project_money_amount", {"minor": "minor", "currency": "currency"}),
        "currency": Value("currency"),
    },
    "Transaction": {"at": Instant("transaction.at")},
}


def field(name: str, *children: Selection, key: str | None = None, **arguments: Any) -> Selection:
    return Selection(name, key or name, children, arguments)


def asked(*children: Selection) -> Selection:
    return field("customer", *children, gcid="an id")


def page(name: str, key: str, *nodes: Selection, first: int, after: Any = None) -> Selection:
    return field(name, field("edges", field("node", *nodes)), key=key, first=first, after=after)


def text(*children: Selection) -> str:
    return Compiler(CATALOGUE).plan(CUSTOMER, asked(*children)).text


def projection(*children: Selection) -> str:
    """What was put in the place of the marker."""
    before, after = (part.replace("$gcid", "$gcid_0") for part in statement("read_customer").split("/*fields*/"))
    composed = text(*children)
    assert composed.startswith(before)
    assert composed.endswith(after)
    return composed.removeprefix(before).removesuffix(after)


def test_properties_and_times() -> None:
    assert projection(field("gcid"), field("since")) == "`gcid`: customer.gcid, `since`: toString(customer.since)"


def test_nothing_selected_is_an_empty_map() -> None:
    assert projection() == ""


def test_an_inline_object_is_null_without_what_it_needs() -> None:
    assert projection(field("phone", field("value"), field("at"))) == (
        "`phone`: CASE WHEN customer.phone IS NOT NULL THEN "
        "{`value`: customer.phone, `at`: toString(customer.phone_updated_at)} END"
    )


def test_rows_of_plain_values_and_of_objects() -> None:
    assert projection(field("systems")) == f"`systems`: COLLECT {{ {statement('project_customer_systems')} }}"
    login = statement("project_customer_last_login").replace("/*fields*/", "`key`: login.key")
    assert projection(field("last_login", field("key"))) == f"`last_login`: head(COLLECT {{ {login} }})"


def test_a_page_carries_its_cursor_beside_the_node() -> None:
    composed = projection(page("accounts", "accounts.a", field("number"), first=3))
    assert "RETURN {node: {`number`: account.number}, cursor: [account.key]} AS item" in composed
    assert "LIMIT $first_1 + 1" in composed


def test_an_expression_takes_its_operands_through_the_enclosing_object() -> None:
    composed = projection(page("accounts", "accounts.a", field("balance", field("amount")), first=3))
    assert "toString(abs(account.balance_minor)" in composed
    assert "$minor" not in composed
    assert "$currency" not in composed


def test_each_occurrence_has_parameters_of_its_own() -> None:
    selection = asked(
        page("accounts", "accounts.few", field("number"), first=1),
        page(
            "accounts",
            "accounts.many",
            page("transactions", "transactions.x", field("at"), first=7, after=["2026-01-01T00:00:00Z", "k"]),
            first=100,
            after=["a key"],
        ),
    )
    plan = Compiler(CATALOGUE).plan(CUSTOMER, selection)
    assert plan.parameters(selection) == {
        "gcid_0": "an id",
        "first_1": 1,
        "after_1": None,
        "first_2": 100,
        "after_2": ["a key"],
        "first_3": 7,
        "after_3": ["2026-01-01T00:00:00Z", "k"],
    }
    assert all(f"${name}" in plan.text for name in plan.parameters(selection))


def test_plans_are_shared_by_selections_that_differ_in_values_only() -> None:
    compiler = Compiler(CATALOGUE)
    one, other = (asked(page("accounts", "accounts.a", field("number"), first=n)) for n in (1, 2))
    assert compiler.plan(CUSTOMER, one) is compiler.plan(CUSTOMER, other)
    assert compiler.plan(CUSTOMER, one).parameters(other)["first_1"] == 2


def test_plans_are_bounded() -> None:
    compiler = Compiler(CATALOGUE)
    first = compiler.plan(CUSTOMER, asked(field("gcid")))
    for n in range(PLANS):
        compiler.plan(CUSTOMER, asked(field("gcid", key=f"k{n}")))
    assert compiler.plan(CUSTOMER, asked(field("gcid"))) is not first


def test_two_node_selections_of_one_page_are_one_map() -> None:
    both = field(
        "accounts",
        field("edges", field("node", field("number")), field("node", field("balance", field("currency")))),
        key="accounts.a",
        first=1,
        after=None,
    )
    assert projection(both).count("node: {") == 1


@given(st.text(max_size=20), st.integers(), st.lists(st.text(max_size=5), max_size=2))
def test_no_value_ever_enters_the_text(gcid: str, first: int, after: list[str]) -> None:
    plain = asked(page("accounts", "accounts.a", field("number"), first=1))
    given_ = field("customer", page("accounts", "accounts.a", field("number"), first=first, after=after), gcid=gcid)
    compiler = Compiler(CATALOGUE)
    assert compiler.plan(CUSTOMER, given_).text == compiler.plan(CUSTOMER, plain).text


@pytest.mark.parametrize("of", ["customer.gcid}) DETACH DELETE", "a.b.c", "1x", "", "customer.`x`"])
def test_a_projection_names_a_variable_or_a_property_and_nothing_else(of: str) -> None:
    with pytest.raises(StatementError):
        Compiler({"Customer": {"bad": Value(of)}}).plan(CUSTOMER, asked(field("bad")))


def test_a_statement_without_a_marker_cannot_be_composed() -> None:
    with pytest.raises(StatementError, match="read_statistics"):
        Compiler(CATALOGUE).plan(Rows("read_statistics", "Customer"), field("statistics"))
