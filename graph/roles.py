"""Roles end: what a role made of its holder is not current any more once its time is over, though no row tells so."""

from datetime import UTC, datetime

from graph.client import GraphClient
from graph.steps import OnPoint, open_writer
from ledger.ledger import Ledger

PAGE = 5_000  # roles in one step


async def end_roles(
    client: GraphClient, ledger: Ledger, *, at: datetime | None = None, on_point: OnPoint | None = None
) -> tuple[int, ...]:
    """Delete the edges of roles whose time is over at ``at`` (now, if it is not given); the roles stay, as evidence.

    Answers the steps: none, and no lock is taken, if no role has just ended.
    """
    now = at or datetime.now(UTC)
    steps: list[int] = []
    while await client.read("load_ending_roles", at=now, limit=PAGE):
        async with open_writer(client, ledger, on_point=on_point) as writer:
            ended = await writer.read("load_ending_roles", at=now, limit=PAGE)
            if not ended:
                break
            async with writer.step("load") as step:
                if edges := [edge for row in ended for edge in row["edges"]]:
                    await step.run("load_delete_edges", ids=edges)
                await step.run("load_ended_roles", keys=[row["key"] for row in ended])
                step.count(ended=len(ended))
            steps.append(step.id)
    return tuple(steps)
