"""The GraphQL schema: types, limits, and errors that say what to do without saying too much."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    SchemaExtension,
    ValidationCache,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.errors import INTERNAL_MESSAGE, ErrorCode, coded
from api.projected import answer
from api.query import Query
from api.types.scalars import SCALARS
from graph.errors import IdentityError

SDL = Path(__file__).with_name("schema.graphql")
MAX_DEPTH = 12
MAX_ALIASES = 100
MAX_TOKENS = 2_000
DOCUMENTS = 256  # remembered by the parser and by the validator

log = structlog.get_logger("api")


class CodedErrors(SchemaExtension):
    """Every error carries a code of ours; what is not meant for the caller is replaced by one sentence."""

    def on_operation(self) -> Iterator[None]:
        yield
        result: Any = self.execution_context.result
        if getattr(result, "errors", None):
            result.errors = [_shown(error) for error in result.errors]


def _shown(error: GraphQLError) -> GraphQLError:
    fault = coded(error.original_error)
    if fault is not None:
        code, message = fault.code, str(fault)
    elif error.original_error is None:  # the document or its variables: graphql-core's own words
        code, message = ErrorCode.BAD_USER_INPUT, error.message
    else:
        code, message = ErrorCode.INTERNAL, INTERNAL_MESSAGE
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions={"code": code.value})


class ApiSchema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log what is our fault, by type and place: never the document, its variables, or what quotes them."""
        for error in errors:
            fault = error.original_error
            if fault is not None and coded(fault) is None:
                place = ".".join(str(part) for part in error.path or () if not isinstance(part, int))
                reason = str(fault) if isinstance(fault, IdentityError) else None  # ours quote no personal data
                log.error("graphql_failed", fault=type(fault).__name__, reason=reason, field=place, at=_where(fault))


def _where(fault: BaseException) -> str | None:
    """File and line that raised: what a traceback is needed for, without the values that it may show."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else None


EXTENSIONS: tuple[Callable[[], SchemaExtension], ...] = (
    CodedErrors,
    lambda: ParserCache(maxsize=DOCUMENTS),
    lambda: ValidationCache(maxsize=DOCUMENTS),
    lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
    lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
    lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
)


def build_schema() -> ApiSchema:
    return ApiSchema(
        query=Query,
        config=StrawberryConfig(default_resolver=answer, scalar_map=SCALARS),
        extensions=EXTENSIONS,
    )


def export_schema() -> str:
    """The schema as SDL; ``api/schema.graphql`` holds it, and a test compares the two."""
    return build_schema().as_str() + "\n"
