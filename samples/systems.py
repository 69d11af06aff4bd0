"""The systems of the sample bank, whom each knows, and the databases that they write to.

A further system is an entry here, a module that writes its rows, and a schema file: nothing else names it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from types import MappingProxyType
from typing import Literal

from samples import nightly
from samples.activity import copilot, erms, openbanking, risk, ussd, web
from samples.activity.alerts import draw_alerts
from samples.activity.analytics import write_analytics
from samples.activity.audit import write_audit
from samples.activity.channel import draw_channel
from samples.activity.reporting import write_reporting
from samples.companies import Company
from samples.masters import Master, draw_rows_of
from samples.records import Record
from samples.rows.core import draw_users, write_core
from samples.rows.database_api import write_database_api
from samples.rows.enhanced import write_enhanced
from samples.rows.minimal import write_minimal
from samples.signatories import draw_signatories
from samples.spellings import legal, local, plus, plus_dashed, plus_spaced, short, upper
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
    gives all rows, tables in load order. What is `served` is read through a service (`samples.services`) alone.
    """

    name: str
    databases: Mapping[str, Database]
    served: bool = False
    masters: tuple[Master, ...] = ()
    draw_more: Callable[[Random, Sequence[Record], World], Sequence[Record]] | None = None
    write: Callable[[World], Sequence[Table]]
    exports: tuple[nightly.Export, ...] = ()  # how it hands its tables over, where that is as files
    tells: bool = False  # what happens, on Kafka: see samples/events.py

    def draw_records(self, world: World) -> list[Record]:
        """Each table of customers has a generator of its own, so that none depends on which others there are."""
        found = [
            record
            for n, master in enumerate(self.masters)
            for record in draw_rows_of(self._generator(world, f"{master.entity} {n}"), self.name, master, world)
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
ANALYTICS = Database(name="wgi_analytics", engine="mysql", schemas=("analytics",))
REPORTING = Database(name="Reporting", schemas=("reporting",))

BUSINESSES = Master(
    entity="businesses", of=Company, known=0.8, phones={plus: 1}, emails=0.9, registrations=1, tax_pins=0.9
)
_ALL = (
    # The customers of the first three are in records.py: they know of each other.
    System(
        name="comprehensive",
        databases={"comprehensive": COMPREHENSIVE},
        masters=(BUSINESSES,),
        draw_more=draw_signatories,
        write=lambda world: world.banking.tables,
    ),
    System(
        name="mobile",
        databases={"mobile": MOBILE},
        write=lambda world: draw_channel(world.generator("mobile"), world.records["mobile"], world.bookings, world.now),
        tells=True,
    ),
    System(
        name="fraud",
        databases={"fraud": FRAUD},
        write=lambda world: draw_alerts(world.generator("fraud"), world.records["fraud"], world.bookings, world.now),
        tells=True,
    ),
    System(
        name="database_api",
        databases={"database_api": Database(name="wekeza_banking", schemas=("database_api",))},
        masters=(
            Master(
                known=0.25,
                names={legal: 50, short: 40, upper: 10},
                phones={plus: 40, plus_dashed: 20, plus_spaced: 20, local: 20},
                empty_phones=0.4,  # the quick form does not ask
                second_phones=0.2,
                national_ids=1,
                passports=0.05,
                emails=0.8,
                birth_dates=0.3,
                genders=0.5,
            ),
            BUSINESSES,
        ),
        draw_more=draw_signatories,
        write=write_database_api,
    ),
    System(
        name="enhanced",
        databases={"enhanced": Database(name="wekeza_banking_enhanced", schemas=("enhanced",))},
        masters=(Master(known=0.15, names={short: 1}, national_ids=1, passports=0.03, emails=0.85),),
        write=write_enhanced,
    ),
    System(
        name="minimal",
        databases={"minimal": Database(name="wekeza_banking_minimal", schemas=("minimal",))},
        masters=(Master(known=0.15, names={short: 1}, national_ids=1, passports=0.03, emails=0.85),),
        write=write_minimal,
    ),
    System(
        name="core",
        databases={"core": Database(name="WekezaCoreDB", schemas=("core",))},
        masters=(
            Master(
                known=0.35,
                names={short: 90, upper: 10},
                phones={plus: 90, local: 10},
                empty_phones=0.1,
                national_ids=1,
                passports=0.04,
                emails=0.75,
            ),
            Master(
                entity="parties",
                known=0.15,
                names={legal: 1},
                phones={plus: 1},
                second_phones=0.5,
                national_ids=0.95,
                document_is_unique=False,
                emails=0.7,
                birth_dates=0.95,
                genders=1,
            ),
            Master(entity="parties", of=Company, known=0.4, phones={plus: 1}, emails=0.8, registrations=1),
        ),
        draw_more=draw_users,
        write=write_core,
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
    System(name="analytics", databases={"analytics": ANALYTICS}, write=write_analytics, exports=nightly.ANALYTICS),
    System(
        name="openbanking",
        databases={"openbanking": Database(name="wekeza_open_banking", schemas=("openbanking",))},
        served=True,
        masters=openbanking.MASTERS,
        write=openbanking.write_openbanking,
    ),
    System(
        name="erms",
        databases={"erms": Database(name="WekezaERMS", schemas=("erms",))},
        served=True,
        write=erms.write_erms,
    ),
    System(
        name="copilot",
        databases={"copilot": Database(name="AICopilot", schemas=("copilot",))},
        served=True,
        masters=copilot.MASTERS,
        write=copilot.write_copilot,
    ),
    System(name="audit", databases={"audit": AUDIT}, write=write_audit),
    System(name="reporting", databases={"reporting": REPORTING}, write=write_reporting, exports=nightly.REPORTING),
)
SYSTEMS: Mapping[str, System] = MappingProxyType({system.name: system for system in _ALL})


def databases_of(systems: Sequence[str]) -> tuple[Database, ...]:
    """The databases that these systems write to, each once."""
    return tuple(dict.fromkeys(database for name in systems for database in SYSTEMS[name].databases.values()))
