"""Who may do what is for one role alone."""

from api.errors import ApiError, ErrorCode
from api.tokens import Role
from api.types.context import Context


def require_role(context: Context, role: Role) -> None:
    """Raises ApiError FORBIDDEN for a caller of any other role."""
    if context.caller.role is not role:
        raise ApiError(ErrorCode.FORBIDDEN, f"This is for the role {role.value} alone.")
