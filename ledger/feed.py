"""The feed of what happened to customers, for those who follow it by a cursor: in order, and nothing comes in between.

An event is shown once its step is settled and every step before it is. So none can appear before a cursor that was
given out; who reads on from the last cursor that he dealt with misses nothing, and may see an event again.
"""

from typing import Any

from psycopg import AsyncConnection

from ledger.history import EVENTS, NEVER, Event, event
from ledger.rows import read_rows

Place = tuple[int, int]  # step and number of an event
START: Place = (0, 0)
LAST_NUMBER = 2**31 - 1  # behind every event of a step


async def settled_events(connection: AsyncConnection[Any], after: Place = START, limit: int = 200) -> list[Event]:
    """The next events behind a place, oldest first: one statement, which sees one moment."""
    step, number = after
    return await read_rows(connection, event, _FEED, step=step, number=number, limit=limit, never=NEVER)


_FEED = f"""
WITH page AS ({EVENTS} ORDER BY event.step, number LIMIT %(limit)s)
SELECT * FROM page WHERE page.step < coalesce((
    SELECT min(step.id) FROM step
    WHERE step.id > %(step)s AND step.id < (SELECT max(page.step) FROM page)
      AND NOT EXISTS (SELECT FROM outcome WHERE outcome.step = step.id)
), %(never)s)
ORDER BY page.step, number
"""  # noqa: S608 - put together of constants


async def newest_place(connection: AsyncConnection[Any], known: Place | None = None) -> Place:
    """Behind all that is settled, for who wants to hear only of what is to come; never before the place known."""
    cursor = await connection.execute(_NEWEST, {"step": known[0] if known else NEVER})
    (step,) = await anext(cursor)
    return step, LAST_NUMBER


_NEWEST = """
SELECT coalesce((
    SELECT min(step.id) - 1 FROM step
    WHERE step.id > %(step)s AND step.id < settled.step
      AND NOT EXISTS (SELECT FROM outcome WHERE outcome.step = step.id)
), settled.step)
FROM (SELECT coalesce(max(step), 0) AS step FROM outcome) settled
"""
