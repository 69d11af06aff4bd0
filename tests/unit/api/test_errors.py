import pytest
from graphql import build_schema, graphql_sync
from hypothesis import given
from hypothesis import strategies as st

from api.errors import STATUS, ErrorCode, without_values

SCHEMA = build_schema(
    "enum Kind { PHONE } type Query { customer(gcid: ID!, first: Int, kind: Kind): Query name: String }"
)
VALUES = ("0712345678", "+254712345678", "jane.doe@example.org", "29874561", "it's 0712345678", 'say "0712345678"')
PLACES = (
    '{{ customer(gcid: "x", first: {0}) {{ name }} }}', "{{ customer(gcid: {0}, kind: {0}) {{ name }} }}",
    '{{ customer(gcid: [{0}, {{a: {0}}}]) {{ name }} }}', "{{ {0} }}", "{0}", "{{ name(first: {0}) }}",
    '{{ customer(gcid: "x", kind: {0}) {{ name }} }}', "{{ name @include(if: {0}) }}",
)  # fmt: skip


def messages(query: str, variables: dict[str, object] | None = None) -> str:
    return "\n".join(
        without_values(error.message) for error in graphql_sync(SCHEMA, query, variable_values=variables).errors or ()
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", VALUES)
def test_messages_about_documents_quote_no_value(place: str, value: str) -> None:
    for spelled in (value, '"' + value.replace('"', '\\"') + '"', f'"""{value}"""'):
        said = messages(place.format(spelled))
        assert said or value.isdigit()  # some are numbers where one may stand
        assert "0712345678" not in said
        assert value not in said


@pytest.mark.parametrize("value", VALUES)
def test_messages_about_variables_quote_no_value(value: str) -> None:
    query = "query($gcid: ID!, $first: Int, $kind: Kind) { customer(gcid: $gcid, first: $first, kind: $kind) { name } }"
    wrong: tuple[dict[str, object], ...] = (
        {"gcid": {"a": value}}, {"gcid": [value]}, {"gcid": "x", "first": value}, {"gcid": "x", "kind": value},
    )  # fmt: skip
    for variables in wrong:
        said = messages(query, variables)
        assert "$" in said
        assert value not in said
        assert "0712345678" not in said


def test_names_stay_for_they_say_what_to_do() -> None:
    assert "'phone' on type 'Query'" in messages("{ phone }")
    assert "'Query.customer(gcid:)' of type 'ID!'" in messages("{ customer { name } }")
    assert "'Kind' enum" in messages('{ customer(gcid: "x", kind: FAX) { name } }')


@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    without_values(text)


def test_every_code_has_a_status() -> None:
    assert set(STATUS) == set(ErrorCode)
