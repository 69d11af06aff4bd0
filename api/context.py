"""The context of one request, made from what the app holds."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.auth import Authenticated
from api.types.context import Context


async def request_context(connection: HTTPConnection, caller: Authenticated) -> Context:
    state = connection.app.state
    return Context(
        caller=caller,
        settings=state.settings,
        graph=state.graph,
        ledger=state.ledger,
        compiler=state.compiler,
        fields=state.fields,
        questions=state.questions,
        feed=state.feed,
    )


RequestContext = Annotated[Context, Depends(request_context)]
