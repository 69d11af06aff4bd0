"""Opaque ids: what a node's type and key become for a caller, who is to keep them and make nothing of them."""

import base64

from api.errors import ApiError, ErrorCode

MAX_ID = 200  # characters


def encode_id(type_: str, key: str) -> str:
    return base64.urlsafe_b64encode(f"{type_}:{key}".encode()).decode().rstrip("=")


def decode_id(id_: str, type_: str) -> str:
    """The key of a node of this type; raises ApiError for an id that we did not make."""
    try:
        if len(id_) > MAX_ID:
            raise ValueError
        named = base64.b64decode(id_ + "=" * (-len(id_) % 4), altchars=b"-_", validate=True).decode()
        kind, _, key = named.partition(":")
        if kind != type_ or encode_id(kind, key) != id_:
            raise ValueError
    except ValueError as fault:  # also of what is no base64, or no UTF-8
        raise ApiError(ErrorCode.BAD_USER_INPUT, "This id is not one of ours: take it from a node's 'id'.") from fault
    return key
