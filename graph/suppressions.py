"""Which values link nobody under a policy, counted anew over all their holders."""

from collections.abc import Iterable
from typing import Any

from graph.client import Row
from graph.components import Read
from graph.resolution.eligibility import judge_value
from graph.resolution.policy import Policy


async def stale_suppressions(read: Read, keys: Iterable[str], policy: Policy) -> list[dict[str, Any]]:
    """Of the values named those whose ``suppressed`` is not what the policy says: rows for load_suppressions."""
    few = min(policy.cap, policy.document_cap, policy.hub)
    rows = await read("load_count_holders", keys=list(keys), few=few, hub=policy.hub)
    judged = [(row, _judge(row, policy)) for row in rows]
    return [{"key": row["key"], "reason": reason} for row, reason in judged if row["suppressed"] != reason]


def _judge(row: Row, policy: Policy) -> str | None:
    reason = judge_value(
        row["kind"],
        holders=row["holders"],
        people=row["people"],
        placeholder=bool(row["placeholder"]),
        policy=policy,
    )
    return reason.value if reason else None
