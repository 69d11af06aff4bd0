"""The context of one request, made from what the app holds."""

import re
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.auth import Authenticated
from api.errors import ApiError, ErrorCode
from api.types.context import Context

PURPOSE = "x-purpose"
PURPOSE_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/#-]{0,99}")  # a word or a case's number; no address has this form


async def request_context(connection: HTTPConnection, caller: Authenticated) -> Context:
    """Raises ApiError for a purpose that is none, or is missing where it is demanded."""
    state = connection.app.state
    view, purpose = state.views[caller.role], connection.headers.get(PURPOSE)
    if purpose is not None and not PURPOSE_FORM.fullmatch(purpose):
        raise ApiError(
            ErrorCode.BAD_USER_INPUT, "X-Purpose is a word or a case's number: at most 100 of A-Z a-z 0-9 . _ : / # -."
        )
    if purpose is None and view.identifiers and state.settings.purpose_required:
        raise ApiError(ErrorCode.BAD_USER_INPUT, "Say why you ask, in the header X-Purpose.")
    return Context(
        caller=caller,
        settings=state.settings,
        graph=state.graph,
        ledger=state.ledger,
        compiler=state.compiler,
        fields=state.fields,
        view=view,
        purpose=purpose,
        auditor=state.auditor,
        office=state.office,
        questions=state.questions,
        feed=state.feed,
    )


RequestContext = Annotated[Context, Depends(request_context)]
