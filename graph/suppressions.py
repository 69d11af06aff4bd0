"""Which values link nobody under a policy, counted anew over all their holders."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.client import Row
from graph.components import Read
from graph.resolution.eligibility import Standing, judge_value
from graph.resolution.policy import Policy


async def stale_suppressions(
    read: Read, keys: Iterable[str], policy: Policy, standings: Mapping[str, Standing | None] | None = None
) -> list[dict[str, Any]]:
    """Of the values named those whose ``suppressed`` is not what policy and stewards say: rows for load_suppressions.

    ``standings`` supposes other last words of stewards on some values; None withdraws what stands.
    """
    supposed = standings or {}
    few = min(policy.cap, policy.document_cap, policy.hub)
    rows = await read("load_count_holders", keys=list(keys), few=few, hub=policy.hub, supposed=list(supposed))
    judged = [(row, _judge(row, policy, supposed)) for row in rows]
    return [{"key": row["key"], "reason": reason} for row, reason in judged if row["suppressed"] != reason]


def _judge(row: Row, policy: Policy, supposed: Mapping[str, Standing | None]) -> str | None:
    stored = Standing(row["standing"]) if row["standing"] else None
    reason = judge_value(
        row["kind"],
        holders=row["holders"],
        people=row["people"],
        placeholder=bool(row["placeholder"]),
        policy=policy,
        standing=supposed.get(row["key"], stored),
    )
    return reason.value if reason else None
