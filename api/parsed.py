"""Documents that came lately, as they were parsed: whether each is valid, and how its answers are completed.

All of it goes when the document is forgotten: whatever holds a part of a parsed document holds the whole of it.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from api.errors import ApiError, ErrorCode
from graph.bounded_cache import BoundedCache

MAX_DOCUMENT = 100_000  # characters; reading a mebibyte of them takes a fifth of a second, in which nobody is served
DOCUMENTS = 256  # remembered
DOCUMENT_BYTES = 32 << 20  # of all of them, about
TOKEN_BYTES = 1_000  # that a token takes as a part of a tree, and what is made of it: measured 600

Completions = dict[tuple[int, ...], Callable[[Any, Any], Any] | None]


@dataclass(eq=False, slots=True)
class Parsed:
    document: DocumentNode
    errors: list[GraphQLError] | None = None  # None until it was validated
    completions: Completions = field(default_factory=dict)  # by the identities of nodes, which live as long as this


class Documents:
    """Of one schema, whose rules are always the same."""

    def __init__(self, *, number: int = DOCUMENTS, size: int = DOCUMENT_BYTES) -> None:
        self._by_text = BoundedCache[str, Parsed](number=number, size=size, forgotten=self._forget)
        self._by_operation: dict[int, Parsed] = {}

    def parse(self, text: str, options: dict[str, Any]) -> Parsed:
        """Raises GraphQLSyntaxError, and ApiError for a document without end."""
        found = self._by_text.get(text)
        if found is None:
            if len(text) > MAX_DOCUMENT:
                raise ApiError(
                    ErrorCode.BAD_USER_INPUT,
                    f"A document has at most {MAX_DOCUMENT} characters: put long values into variables.",
                )
            document = parse(text, **options)
            found = Parsed(document)
            if self._by_text.put(text, found, _size(text, document)):
                self._by_operation |= {id(operation): found for operation in _operations(document)}
        return found

    def completions(self, operation: OperationDefinitionNode) -> Completions:
        """Those of an operation's document; of one that is not remembered, none that will last."""
        found = self._by_operation.get(id(operation))
        return {} if found is None else found.completions

    def _forget(self, gone: Parsed) -> None:
        for operation in _operations(gone.document):
            self._by_operation.pop(id(operation), None)


def _size(text: str, document: DocumentNode) -> int:
    """Bytes, about: a tree repeats what its document says in long texts and comments."""
    return 2 * sys.getsizeof(text) + TOKEN_BYTES * document.token_count


def _operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (it for it in document.definitions if isinstance(it, OperationDefinitionNode))


class ParsedOnce(SchemaExtension):
    """Parses and validates a document unless it is remembered."""

    def __init__(self, documents: Documents) -> None:
        super().__init__()
        self._documents = documents
        self._parsed: Parsed | None = None

    def on_parse(self) -> Iterator[None]:
        asked = self.execution_context
        assert asked.query is not None  # noqa: S101 - or there would be nothing to parse
        self._parsed = self._documents.parse(asked.query, dict(asked.parse_options))
        asked.graphql_document = self._parsed.document
        yield

    def on_validate(self) -> Iterator[None]:
        asked, parsed = self.execution_context, self._parsed
        assert parsed is not None  # noqa: S101 - what is validated was parsed
        if parsed.errors is None:
            schema: Any = asked.schema
            parsed.errors = validate_document(schema._schema, parsed.document, asked.validation_rules)
        asked.pre_execution_errors = parsed.errors
        yield
