"""The contracts of events as they are committed, for those who write to the topics or hear them."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.architecture.tree import ROOT
from wekeza.contracts import contracts

FOLDER = ROOT / "docs" / "events"


def test_the_committed_contracts_are_those_that_are_heard_and_told() -> None:
    """Write docs/events anew with `wekeza ingest contracts docs/events`, and review it: others rely on it."""
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()} == contracts()


@pytest.mark.parametrize("name", contracts())
def test_they_are_json_schemas_that_need_the_envelope(name: str) -> None:
    schema = json.loads(contracts()[name])
    Draft202012Validator.check_schema(schema)
    envelope = {"Id", "EventType", "SchemaVersion", "OccurredAt", "SourceSystem"}
    assert all(envelope <= set(event["required"]) for event in _events(schema))


@pytest.mark.parametrize("name", contracts())
def test_every_event_is_in_the_guide(name: str) -> None:
    guide = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    types = {it for event in _events(json.loads(contracts()[name])) for it in _types(event)}
    assert {it for it in {name.removesuffix(".json"), *types} if f"`{it}`" not in guide} == set()


def _events(schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "anyOf" not in schema:
        return [schema]
    return [schema["$defs"][it["$ref"].rpartition("/")[2]] for it in schema["anyOf"]]


def _types(event: dict[str, Any]) -> list[str]:
    said = event["properties"]["EventType"]
    return list(said.get("enum", [said.get("const")]))
