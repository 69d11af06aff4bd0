"""Finding customers by what one knows of them."""

import pytest

from tests.integration.api.conftest import AMINA, BRIAN, Api


async def test_by_identifier_in_any_written_form(api: Api) -> None:
    query = (
        "query($kind: IdentifierKind!, $value: String!) { customerByIdentifier(kind: $kind, value: $value) { gcid } }"
    )
    for written in ("0712345678", "+254 712-345-678", "254712345678"):
        assert (await api.data(query, kind="PHONE", value=written))["customerByIdentifier"] == [
            {"gcid": AMINA},
            {"gcid": BRIAN},
        ]
    assert (await api.data(query, kind="NATIONAL_ID", value="29874561"))["customerByIdentifier"] == [{"gcid": AMINA}]
    claimed = await api.data(query, kind="PHONE", value="0700000000")
    assert claimed["customerByIdentifier"] == [{"gcid": AMINA}]  # Brian only claims it
    assert await api.code(query, kind="PHONE", value="12") == "BAD_USER_INPUT"


@pytest.mark.parametrize("text", ["amina wanjiru", "AMI", "Wanjiro", "wanjiru amina"])
async def test_search_forgives(api: Api, text: str) -> None:
    query = "query($text: String!) { searchCustomers(text: $text) { edges { node { gcid } } } }"
    found = await api.data(query, text=text)
    assert [edge["node"]["gcid"] for edge in found["searchCustomers"]["edges"]] == [AMINA]


async def test_search_folds_accents_and_knows_no_operators(api: Api) -> None:
    query = "query($text: String!) { searchCustomers(text: $text) { edges { node { gcid } } } }"
    found = await api.data(query, text="otieno")
    assert [edge["node"]["gcid"] for edge in found["searchCustomers"]["edges"]] == [BRIAN]
    assert (await api.data(query, text='name:* AND "NOT /x/'))["searchCustomers"]["edges"] == []
    assert await api.code(query, text="*:*") == "BAD_USER_INPUT"
    assert await api.code(query, text="x" * 101) == "BAD_USER_INPUT"
