"""A place whose relational copy is read."""

from tests.integration.graph.bank import CORE, FRAUD, MOBILE
from tests.integration.graph.copies import Rows, ask_graph, copier, read_copy, read_tables
from tests.integration.graph.place import Place


class Office(Place):
    """A place whose copy is read."""

    async def publish(self) -> int:
        """Answers how many rows were written or taken away."""
        return (await copier(self.graph, self.ledger).publish()).changed

    async def check(self) -> None:
        """After publishing: what the graph answers, and what a copy from nothing would be."""
        await self.publish()
        assert await read_copy(self.ledger) == await ask_graph(self.driver)
        assert await copier(self.graph, self.ledger).verify() == []

    async def check_phones(self, phones: dict[str, str | None]) -> None:
        await self.check()
        assert {row[2]: row[4] for row in (await self.copy())["customer_360"]} == phones

    async def copy(self) -> dict[str, Rows]:
        return await read_copy(self.ledger)

    async def versions(self, table: str) -> Rows:
        return (await read_tables(self.ledger))[table]

    async def fill(self) -> None:
        """Three systems, published after each."""
        for records in (CORE, MOBILE, FRAUD):
            await self.tell(*records)
            await self.publish()
