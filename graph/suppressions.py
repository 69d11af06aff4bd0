"""What values may do under a policy: counted anew over all who hold and who claim them."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from graph.client import Row
from graph.components import Read
from graph.resolution.eligibility import Eligibility, Standing, is_crowded, judge_value
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.steps import Step

NOBODY_SAID: Mapping[str, Standing | None] = MappingProxyType({})


async def stale_suppressions(
    read: Read, keys: Iterable[str], policy: Policy, standings: Mapping[str, Standing | None] = NOBODY_SAID
) -> list[dict[str, Any]]:
    """Of the values named those that may do another thing than policy and stewards say: rows for load_suppressions.

    ``standings`` supposes other last words of stewards on some values; None withdraws what stands.
    """
    few = min(policy.cap, policy.document_cap, policy.hub)
    rows = await read("load_count_holders", keys=list(keys), few=few, hub=policy.hub, supposed=list(standings))
    judged = [(row, judge(row, policy, standings)) for row in rows]
    return [
        {"key": row["key"], "reason": it.reason, "crowded": it.crowded or None}
        for row, it in judged
        if (row["suppressed"], row["crowded"]) != it
    ]


async def write_suppressions(step: Step, stale: Sequence[Row]) -> int:
    """Let the values do what they may; mark whoever meets through them, before or after. Answers how many."""
    marked = 0
    if crowding := [row["key"] for row in stale if row["crowded"]]:  # whose claims still count
        marked += await mark_holders(step, crowding, suppressed=True)
    await step.run("load_suppressions", rows=list(stale))
    return marked + await mark_holders(step, [row["key"] for row in stale], suppressed=True)


async def mark_holders(step: Step, keys: Sequence[str], *, suppressed: bool) -> int:
    """Mark whom these values link, or whom they linked if they are ``suppressed`` now; answers how many."""
    rows = await step.run("load_mark_holders", keys=list(keys), step=step.id, suppressed=suppressed)
    return int(rows[0]["marked"])


def eligibility_of(stale: Row) -> Eligibility:
    """What a row of `stale_suppressions` says."""
    return Eligibility(ReasonCode(stale["reason"]) if stale["reason"] else None, crowded=bool(stale["crowded"]))


def judge(row: Row, policy: Policy, supposed: Mapping[str, Standing | None] = NOBODY_SAID) -> Eligibility:
    """What a value with these counts may do."""
    stored = Standing(row["standing"]) if row["standing"] else None
    reason = judge_value(
        row["kind"],
        holders=row["holders"],
        people=row["people"],
        placeholder=bool(row["placeholder"]),
        policy=policy,
        standing=supposed.get(row["key"], stored),
    )
    return Eligibility(reason, is_crowded(row["claimants"], policy))
