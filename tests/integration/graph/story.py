"""Histories that are told in few words; what is told is checked as `histories` does."""

from datetime import date

from graph.records import CustomerRecord, IdentifierValue
from graph.resolution.model import Verdict
from tests.integration.graph.bank import identifier
from tests.integration.graph.histories import History

A, B, C, D, E = (f"s|customer|{letter}" for letter in "abcde")
ID, OTHER_ID = ("NationalId", "23456781"), ("NationalId", "23456782")
PHONE, OTHER_PHONE = ("Phone", "0712000001"), ("Phone", "0712000002")
MAIL = ("Email", "a@example.org")
BORN = date(1990, 1, 1)


def record(
    key: str, name: str | None, *values: tuple[str, str], claims: tuple[tuple[str, str], ...] = ()
) -> CustomerRecord:
    held: list[IdentifierValue] = [identifier(*value) for value in values]
    return CustomerRecord(
        key=key, full_name=name, identifiers=(*held, *(identifier(*value, verified=False) for value in claims))
    )


class Story(History):
    """A history that is told in few words."""

    async def settle(self) -> None:
        await self.resolve()
        await self.check()

    async def told(self, *records: CustomerRecord) -> "Story":
        for each in records:
            await self.say(each)
        await self.settle()
        return self

    async def gone(self, *keys: str) -> None:
        for key in keys:
            await self.leave(key)
        await self.settle()

    async def same(self, a: str, b: str) -> None:
        await self.decide(Verdict.SAME, frozenset({a}), frozenset({b}))
        await self.settle()

    def gcids(self) -> dict[str, str]:
        """GCID of each present record, by the last letter of its key."""
        it = self.expected
        return {key[-1]: it.memberships[birth] for birth, key in it.present().items()}

    def born_as(self, key: str) -> str:
        return self.expected.born[key]

    def parts(self) -> set[str]:
        gcids = self.gcids()
        return {"".join(sorted(key for key, its in gcids.items() if its == gcid)) for gcid in set(gcids.values())}
