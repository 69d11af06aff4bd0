"""The systems of the sample bank, whom each knows, and the databases that they write to.

A further system is an entry here, a module that writes its rows, and a schema file: nothing else names it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from types import MappingProxyType
from typing import Literal

from samples.activity import risk, ussd, web
from samples.activity.alerts import draw_alerts
from samples.activity.audit import write_audit
from samples.activity.channel import draw_channel
from samples.masters import Master, draw_rows_of
from samples.records import Record
from samples.tables import Table
from samples.world import World

Engine = Literal["postgresql", "mysql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database on the server of its engine; several systems may share it."""

    name: str
    engine: Engine = "postgresql"
    schemas: tuple[str, ...]  # files in schemas/, in the order in which they are run

    @property
    def ddl(self) -> bytes:
        folder = files("samples").joinpath("schemas")
        return b"\n".join(folder.joinpath(f"{name}.sql").read_bytes() for name in self.schemas)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One system: whom it knows, and how it writes down what they do.

    `databases` is by DSN name: the system's own has the system's name, a further one `<system>_<database>`, as in the
    settings. `draw_more` gives the records that follow from those already drawn (a signatory from a company); `write`
    gives all rows, tables in load order.
    """

    name: str
    databases: Mapping[str, Database]
    masters: tuple[Master, ...] = ()
    draw_more: Callable[[Random, Sequence[Record], World], Sequence[Record]] | None = None
    write: Callable[[World], Sequence[Table]]

    def draw_records(self, world: World) -> list[Record]:
        """Each table of customers has a generator of its own, so that none depends on which others there are."""
        found = [
            record
            for master in self.masters
            for record in draw_rows_of(self._generator(world, master.entity), self.name, master, world)
        ]
        if self.draw_more:
            known = [*world.records.get(self.name, ()), *found]
            found += self.draw_more(self._generator(world, "more"), known, world)
        return found

    def place_of(self, table: Table) -> Database:
        return self.databases[f"{self.name}_{table.database}" if table.database else self.name]

    def _generator(self, world: World, entity: str) -> Random:
        return Random(f"people {self.name} {entity} {world.seed}")


COMPREHENSIVE = Database(name="wekeza_banking_comprehensive", schemas=("comprehensive",))
MOBILE = Database(name="MobileBanking", schemas=("mobile",))
FRAUD = Database(name="FraudDetection", schemas=("fraud",))
WEB = Database(name="wekeza_dfs_db", engine="mysql", schemas=("web",))  # the Risk Modules write to it too
USSD = Database(name="WekezaCRM", engine="mysql", schemas=("ussd",))
RISK = Database(name="wgi_db", schemas=("risk",))
AUDIT = Database(name="AuditLogs", schemas=("audit",))

_ALL = (
    # The masters of the first three are in records.py: they know of each other.
    System(name="comprehensive", databases={"comprehensive": COMPREHENSIVE}, write=lambda world: world.banking.tables),
    System(
        name="mobile",
        databases={"mobile": MOBILE},
        write=lambda world: draw_channel(world.generator("mobile"), world.records["mobile"], world.bookings, world.now),
    ),
    System(
        name="fraud",
        databases={"fraud": FRAUD},
        write=lambda world: draw_alerts(world.generator("fraud"), world.records["fraud"], world.bookings, world.now),
    ),
    System(name="web", databases={"web": WEB}, masters=web.MASTERS, draw_more=web.draw_shipped, write=web.write_web),
    System(
        name="ussd",
        databases={"ussd": USSD},
        masters=ussd.MASTERS,
        draw_more=ussd.draw_subscribers,
        write=ussd.write_ussd,
    ),
    System(
        name="risk",
        databases={"risk": RISK, "risk_dfs": WEB},
        masters=risk.MASTERS,
        draw_more=risk.draw_developers,
        write=risk.write_risk,
    ),
    System(name="audit", databases={"audit": AUDIT}, write=write_audit),
)
SYSTEMS: Mapping[str, System] = MappingProxyType({system.name: system for system in _ALL})


def databases_of(systems: Sequence[str]) -> tuple[Database, ...]:
    """The databases that these systems write to, each once."""
    return tuple(dict.fromkeys(database for name in systems for database in SYSTEMS[name].databases.values()))
