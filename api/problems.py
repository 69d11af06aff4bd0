"""Errors over REST as RFC 9457 problem details, with the same codes as over GraphQL."""

from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import AFTER_OUTAGE, STATUS, ApiError, ErrorCode

MEDIA_TYPE = "application/problem+json"
CODES = {status: code for code, status in reversed(STATUS.items())}  # of two codes with one status, the first

log = structlog.get_logger("api")


class Problem(BaseModel):
    """RFC 9457."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No customer has or had this id."])
    code: ErrorCode = Field(examples=["NOT_FOUND"])


SCHEMA = Problem.model_json_schema()
SCHEMA["properties"]["code"] = {"type": "string", "enum": list(ErrorCode)}
del SCHEMA["$defs"]
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}}},
    429: {"Retry-After": {"required": True, "schema": {"type": "integer"}, "description": "Seconds."}},
}


def problem(status: int, code: ErrorCode, detail: str, *, retry_after: int | None = None) -> Response:
    found = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if retry_after is None and status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry_after = AFTER_OUTAGE
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(orjson.dumps(found.model_dump(mode="json")), status, headers, MEDIA_TYPE)


def answer_with_problems(app: FastAPI) -> None:
    @app.exception_handler(ApiError)
    async def _ours(_request: Request, fault: ApiError) -> Response:
        return problem(STATUS[fault.code], fault.code, str(fault), retry_after=fault.retry_after)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, fault: RequestValidationError) -> Response:
        wrong = sorted({".".join(str(part) for part in error["loc"][1:]) for error in fault.errors()})
        return problem(400, ErrorCode.BAD_USER_INPUT, f"Missing or not valid: {', '.join(wrong)}.")

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, fault: HTTPException) -> Response:
        code = CODES.get(fault.status_code, ErrorCode.BAD_USER_INPUT)
        refusal = problem(fault.status_code, code, str(fault.detail))
        refusal.headers.update(fault.headers or {})  # as Allow of a 405
        return refusal


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of an endpoint's errors."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": SCHEMA | {"examples": [_example(status)]}}},
            "headers": HEADERS.get(status, {}),
        }
        for status in statuses
    }


def _example(status: int) -> dict[str, Any]:
    code = CODES.get(status, ErrorCode.BAD_USER_INPUT)
    told = Problem(
        title=HTTPStatus(status).phrase, status=status, detail="One sentence: what, and what to do.", code=code
    )
    return told.model_dump(mode="json")
