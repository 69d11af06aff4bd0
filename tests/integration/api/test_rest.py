from typing import Any

import pytest

from tests.integration.api.conftest import AMINA, AMINA_BEFORE, Api


async def test_one_answer_with_everything(api: Api) -> None:
    reply = await api.http.get(f"/customer/{AMINA_BEFORE}")
    assert reply.status_code == 200
    found: dict[str, Any] = reply.json()
    assert (found["gcid"], found["requestedId"]) == (AMINA, AMINA_BEFORE)
    assert found["name"]["value"] == "Amina Wanjiru"
    assert [account["number"] for account in found["accounts"]["items"]] == ["1100000042", "1100000043", "1100000042"]
    assert [t["key"] for t in found["transactions"]["items"]] == [f"core|transaction|{n}" for n in (3, 1, 2)]
    assert found["lastLogin"]["at"] == "2026-02-03T07:58:00Z"
    assert found["risk"]["fraudScore"] == 64.0
    assert [alert["key"] for alert in found["alerts"]["items"]] == ["fraud|alert|4"]
    assert {(f["system"], f["state"]) for f in found["freshness"]} >= {("core", "OK"), ("mobile", "DOWN")}
    assert api.graph.statements == ["cypher/read_customer.cypher"]


async def test_parts(api: Api) -> None:
    accounts = (await api.http.get(f"/customer/{AMINA}/accounts", params={"first": 2})).json()
    assert [account["key"] for account in accounts["accounts"]["items"]] == ["core|account|10", "core|account|11"]
    rest = (await api.http.get(f"/customer/{AMINA}/accounts", params={"after": accounts["accounts"]["next"]})).json()
    assert [account["key"] for account in rest["accounts"]["items"]] == ["mobile|account|1"]
    assert rest["accounts"]["next"] is None
    transactions = (await api.http.get(f"/customer/{AMINA}/transactions", params={"first": 1})).json()
    assert transactions["transactions"]["items"][0]["amount"] == {"amount": "850.00", "currency": "KES"}
    risk = (await api.http.get(f"/customer/{AMINA}/risk")).json()
    assert risk["risk"]["components"][1]["rawScore"] == 640.0


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/customer/nobody", 404, "NOT_FOUND"),
        (f"/customer/{AMINA}/transactions?first=0", 400, "BAD_USER_INPUT"),
        (f"/customer/{AMINA}/transactions?first=many", 400, "BAD_USER_INPUT"),
        (f"/customer/{AMINA}/transactions?after=mine", 400, "BAD_USER_INPUT"),
        (f"/customer/{'x' * 65}", 400, "BAD_USER_INPUT"),
        ("/nothing/here", 404, "NOT_FOUND"),
    ],
)
async def test_errors_are_problem_details(api: Api, path: str, status: int, code: str) -> None:
    reply = await api.http.get(path)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert (reply.json()["status"], reply.json()["code"]) == (status, code)


async def test_openapi_has_an_example_for_each_answer(api: Api) -> None:
    described = (await api.http.get("/openapi.json")).json()
    paths = {path: item for path, item in described["paths"].items() if path.startswith("/customer")}
    assert len(paths) == 5
    for path, item in paths.items():
        answer = await api.http.get(path.replace("{gcid}", AMINA))
        example = item["get"]["responses"]["200"]["content"]["application/json"]["example"]
        assert example.keys() == answer.json().keys(), path
