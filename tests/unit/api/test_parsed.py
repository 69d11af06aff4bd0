"""What is remembered of documents is bounded in number and in bytes, and goes with its document."""

import gc
import tracemalloc
from typing import Any

import pytest
from graphql import OperationDefinitionNode

from api.parsed import MAX_DOCUMENT, Documents
from api.schema import MAX_TOKENS, build_schema

LENGTH = 40_000
BAD = "BAD_USER_INPUT"


def first_of(documents: Documents, text: str) -> OperationDefinitionNode:
    operation = documents.parse(text, {}).document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def test_a_document_is_parsed_once() -> None:
    documents = Documents()
    assert documents.parse("{ a }", {}) is documents.parse("{ a }", {})
    assert documents.parse("{ a }", {}) is not documents.parse("{ b }", {})


def test_what_is_known_of_a_document_goes_with_it() -> None:
    documents = Documents(number=2)
    first = first_of(documents, "{ a }")
    documents.completions(first)[1,] = None
    assert documents.completions(first) == {(1,): None}
    for text in ("{ b }", "{ c }"):
        documents.parse(text, {})
    assert documents.completions(first) == {}
    assert documents.completions(first_of(documents, "{ a }")) == {}


LONG = {
    "one long text": lambda n: f'{{ a(b: "{n}{"x" * LENGTH}") }}',
    "a long comment": lambda n: "{ a } #" + str(n) + "x" * LENGTH,
    "many tokens": lambda n: f"{{ a{n} " + "a " * (MAX_TOKENS - 10) + "}",
}


@pytest.mark.parametrize("what", LONG)
def test_long_documents_are_bounded_in_bytes(what: str) -> None:
    size = 1 << 19
    documents = Documents(size=size)
    tracemalloc.start()
    try:
        for n in range(20):
            documents.parse(LONG[what](n), {})
        gc.collect()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < 1.2 * size


async def test_a_schema_validates_once_and_says_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    schema, asked = build_schema(), "{ nonsense }"

    async def told() -> list[dict[str, Any]]:
        return [dict(error.formatted) for error in (await schema.execute(asked)).errors or ()]

    before = await told()
    monkeypatch.setattr("api.parsed.validate_document", None)
    assert await told() == before != []


async def test_a_document_without_end_is_not_read() -> None:
    result = await build_schema().execute("{ __typename } #" + "x" * MAX_DOCUMENT)
    told = {(error.message, (error.extensions or {})["code"]) for error in result.errors or ()}
    assert told == {(f"A document has at most {MAX_DOCUMENT} characters: put long values into variables.", BAD)}
