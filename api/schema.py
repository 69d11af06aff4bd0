"""The GraphQL schema: types, limits, and errors that say what to do without saying too much."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from functools import cache, partial
from pathlib import Path
from typing import Any

import strawberry
import structlog
from graphql import FieldNode, GraphQLError, OperationDefinitionNode
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import (
    AddValidationRules,
    DisableIntrospection,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
    SchemaExtension,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.authorisation import Authorised
from api.completion import completing
from api.errors import INTERNAL_MESSAGE, ApiError, ErrorCode, Forbidden, coded, without_values
from api.kept import KeptOverTime
from api.mutation import Mutation
from api.parsed import Documents, ParsedOnce
from api.projected import answer, projected_fields
from api.query import Query
from api.subscription import Subscription
from api.types.context import Context, Stranger
from api.types.scalars import SCALARS
from graph.errors import IdentityError, SamePerson

SDL = Path(__file__).with_name("schema.graphql")
MAX_DEPTH = 12
MAX_ALIASES = 100
MAX_TOKENS = 2_000

UNASKED: dict[type[Exception], str] = {  # of a document that nothing can be made of
    MissingQueryError: "There is no document: send one as 'query'.",
    CannotGetOperationTypeError: "The document has no such operation: name one of its own in 'operationName'.",
    InvalidOperationTypeError: "Such an operation is not taken this way: POST it.",
}

log = structlog.get_logger("api")


def _cause(error: GraphQLError) -> Exception | None:
    """What went wrong beneath; None if graphql-core itself refused the document or its variables."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _shown(error: GraphQLError) -> GraphQLError:
    cause = _cause(error)
    unasked = UNASKED.get(type(cause)) if cause else None
    fault = ApiError(ErrorCode.BAD_USER_INPUT, unasked) if unasked else coded(cause)
    if fault is not None:
        return GraphQLError(
            str(fault), nodes=error.nodes, path=error.path, extensions={**fault.more, "code": fault.code.value}
        )
    if cause is None:  # the document or its variables: graphql-core's own words about names
        code, message = ErrorCode.BAD_USER_INPUT, without_values(error.message)
    else:
        code, message = ErrorCode.INTERNAL, INTERNAL_MESSAGE
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions={"code": code.value})


class ApiSchema(strawberry.Schema):
    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """As Strawberry's, where every error carries a code of ours and says nothing that is not for the caller.

        Whoever was read, and whatever was refused, is in the audit chain before this answers.
        """
        context: Context | None = kwargs.get("context_value")
        try:
            if context is None:
                result = await self._execute(*args, **kwargs)
            else:
                async with asyncio.timeout(context.settings.request_seconds) as context.deadline:
                    result = await self._execute(*args, **kwargs)
                await context.trail.append()
                await _append_refusals(context, result.errors or ())
        except TimeoutError:
            result = _refused(ApiError(ErrorCode.TIMEOUT, "This took too long: ask for less, or try again."))
        except ApiError as fault:  # an answer that nobody will know of is none
            result = _refused(fault)
        if result.errors:
            result.errors = [_shown(error) for error in result.errors]
        return result

    async def _execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        try:
            return await super().execute(*args, **kwargs)
        except tuple(UNASKED) as fault:
            return _unasked(fault)

    async def stream(self, *args: Any, **kwargs: Any) -> Any:
        """As ``execute``, for each result of a subscription."""
        return _coded(await super().stream(*args, **kwargs), kwargs["context_value"])

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log what is our fault, by type and place: never the document, its aliases, its variables, or their values."""
        for error in errors:
            fault = _cause(error)
            if fault is not None and type(fault) not in UNASKED and coded(fault) is None:
                place = ".".join(node.name.value for node in error.nodes or () if isinstance(node, FieldNode))
                reason = str(fault) if isinstance(fault, IdentityError) else None  # ours quote no personal data
                log.error("graphql_failed", fault=type(fault).__name__, reason=reason, field=place, at=_where(fault))


class Transport(SchemaExtension):
    """What writes is done whole. A websocket has one context while it lives: it is for subscriptions, they for it."""

    def on_execute(self) -> Iterator[None]:
        asked = self.execution_context
        listening = asked.operation_type is OperationType.SUBSCRIPTION
        if isinstance(asked.context, Stranger) and not listening:
            raise ApiError(ErrorCode.BAD_USER_INPUT, "A websocket is for subscriptions: POST all else.")
        if listening and not isinstance(asked.context, Stranger):
            raise ApiError(ErrorCode.BAD_USER_INPUT, "Subscriptions come over a websocket: graphql-transport-ws.")
        if asked.operation_type is OperationType.MUTATION:
            asked.context.finish_regardless()
        yield


async def _append_refusals(context: Context, errors: Sequence[GraphQLError]) -> None:
    """Into the audit chain, whoever tried what: a caller who is known, for nobody else comes here."""
    places = []
    for error in errors:
        match _cause(error):
            case Forbidden(place=place):
                places.append(place)
            case SamePerson():
                places += [f"Mutation.{node.name.value}" for node in error.nodes or () if isinstance(node, FieldNode)]
    if places:
        await context.trail.append_refusal(places)


def _refused(fault: ApiError) -> ExecutionResult:
    return ExecutionResult(data=None, errors=[GraphQLError(str(fault), original_error=fault)])


class Chosen(SchemaExtension):
    """Of several operations none is the first choice."""

    def on_execute(self) -> Iterator[None]:
        asked = self.execution_context
        assert asked.graphql_document is not None  # noqa: S101 - it has been validated
        operations = [it for it in asked.graphql_document.definitions if isinstance(it, OperationDefinitionNode)]
        if len(operations) > 1 and asked._provided_operation_name is None:
            raise ApiError(ErrorCode.BAD_USER_INPUT, "There are several operations: name one in 'operationName'.")
        yield


async def _coded(results: Any, context: Context) -> AsyncIterator[Any]:
    async with aclosing(_begun(results)) as begun:
        async for result in begun:
            if result.errors:
                await _append_refusals(context, result.errors)
                result.errors = [_shown(error) for error in result.errors]
            yield result


async def _begun(results: Any) -> AsyncGenerator[Any]:
    """What is wrong with the document itself is a result, too."""
    async with aclosing(results):
        try:
            async for result in results:
                yield result
        except (ApiError, GraphQLError) as fault:
            yield _unasked(fault)


def _unasked(fault: Exception) -> PreExecutionError:
    error = fault if isinstance(fault, GraphQLError) else GraphQLError(str(fault), original_error=fault)
    return PreExecutionError(data=None, errors=[error])


def _where(fault: BaseException) -> str | None:
    """File and line that raised: what a traceback is needed for, without the values that it may show."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else None


# Made once: the limiters make a rule anew each time, and what was validated is remembered by its rules.
LIMITS = (
    *QueryDepthLimiter(max_depth=MAX_DEPTH).validation_rules,
    *MaxAliasesLimiter(max_alias_count=MAX_ALIASES).validation_rules,
)
EXTENSIONS: tuple[Callable[[], SchemaExtension], ...] = (
    lambda: AddValidationRules(list(LIMITS)),
    lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
    Authorised,
    Chosen,
    KeptOverTime,
    Transport,
)


@cache
def build_schema(*, introspection: bool = True) -> ApiSchema:
    documents = Documents()
    extensions: tuple[Callable[[], SchemaExtension], ...] = (partial(ParsedOnce, documents), *EXTENSIONS)
    schema = ApiSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(default_resolver=answer, scalar_map=SCALARS),
        extensions=extensions if introspection else (*extensions, DisableIntrospection),
    )
    schema.execution_context_class = completing(projected_fields(schema), documents)
    return schema


def export_schema() -> str:
    """The schema as SDL; ``api/schema.graphql`` holds it, and a test compares the two."""
    return build_schema().as_str() + "\n"
