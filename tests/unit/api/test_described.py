"""The OpenAPI document says what is answered; that it does is tried on real servers with generated requests."""

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.described import ANSWERS, answer_schema
from api.examples import ACCOUNTS, OVERVIEW
from api.problems import problem_responses
from api.rest import document
from api.schema import build_schema

SCHEMA = build_schema()._schema


def wrong(path: str, said: Any) -> list[str]:
    answered = ANSWERS[path]
    shape = answer_schema(SCHEMA, document(answered.document), narrowed=answered.narrowed)
    Draft202012Validator.check_schema(shape)
    return [error.message for error in Draft202012Validator(shape).iter_errors(said)]


@pytest.mark.parametrize("path", ANSWERS)
def test_each_example_is_as_the_schema_says(path: str) -> None:
    assert wrong(path, ANSWERS[path].example) == []


def test_the_schema_tells_what_is_not_an_answer() -> None:
    assert wrong("/customer/{gcid}", {name: OVERVIEW[name] for name in ("gcid", "phone")}) == []
    for path in ("/customer/{gcid}", "/customer/{gcid}/accounts"):
        assert wrong(path, dict(ANSWERS[path].example) | {"more": 1}) != []
    said = copy.deepcopy(ACCOUNTS)
    said["accounts"]["items"][0]["balance"]["amount"] = 12500.50
    assert wrong("/customer/{gcid}/accounts", said) != []
    assert wrong("/customer/{gcid}/accounts", {name: ACCOUNTS[name] for name in ACCOUNTS if name != "freshness"}) != []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 429, 503, 504])
def test_problems_are_described(status: int) -> None:
    (described,) = problem_responses(status).values()
    shape = described["content"]["application/problem+json"]["schema"]
    (example,) = shape["examples"]
    Draft202012Validator(shape).validate(example)
    assert example["status"] == status
