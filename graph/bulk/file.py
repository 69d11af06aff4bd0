"""From a file of customer records to a file of customers, by the same rule as everywhere, without any server."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from graph.bulk.candidates import judge_pairs
from graph.bulk.columns import Told, read_records
from graph.bulk.components import connect_records
from graph.bulk.customers import list_links, name_customers
from graph.bulk.judgement import judge_components
from graph.bulk.names import name_records
from graph.bulk.plain import make_macros
from graph.bulk.refusals import keep_refused
from graph.bulk.standing import judge_values
from graph.bulk.tables import Tables, count, open_tables
from graph.bulk.values import Counted, gather_values
from graph.bulk.workers import Spread, open_workers
from graph.bulk.writing import check_targets, write_tables
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode

PHASES = ("read", "names", "values", "candidates", "components", "conflicts", "write")
Watch = Callable[[str, float], None]  # hears the name of a phase and which share of it is done, from 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    told: Told
    counted: Counted
    crowded: int  # values that are shared by too many
    customers: int
    judged: int  # records of raw components in which rule 4 had something to decide
    refused: Mapping[ReasonCode, int]  # links
    seconds: Mapping[str, float]  # by phase

    @property
    def accepted(self) -> int:
        """Links that join the customers: a forest over the records."""
        return self.told.records - self.customers


def resolve_file(source: Path, target: Path, policy: Policy, links: Path | None, watch: Watch) -> Summary:
    """Writes ``record`` and ``gcid`` to ``target``, and the judged links to ``links`` if it is given.

    The same for any order of the rows, to the byte. Raises `BadFile`, and then leaves no file behind.
    """
    targets = [target] if links is None else [target, links]
    check_targets(source, targets)
    clock = Clock(watch)
    with open_tables() as tables:
        make_macros(tables)
        with clock.timing("read"):
            told = read_records(tables, source)
        with open_workers(told.records) as spread:
            with clock.timing("names"):
                name_records(tables)
            with clock.timing("values"):
                counted = gather_values(tables, policy)
            crowded = resolve_tables(tables, policy, clock, spread)
        with clock.timing("write"):
            written = {target: name_customers(tables)}
            if links is not None:
                written[links] = list_links(tables)
            write_tables(written)
        return Summary(
            told=told,
            counted=counted,
            crowded=crowded,
            customers=count(tables, "select count(*) from issued"),
            judged=count(tables, "select count(*) from suspect"),
            refused=_count_refused(tables),
            seconds=clock.seconds,
        )


class Clock:
    """Times phases and tells of them."""

    def __init__(self, watch: Watch) -> None:
        self.seconds: dict[str, float] = {}
        self._watch = watch

    @contextmanager
    def timing(self, phase: str) -> Iterator[Callable[[float], None]]:
        begun = perf_counter()
        self._watch(phase, 0.0)
        yield lambda share: self._watch(phase, share)
        self._watch(phase, 1.0)
        self.seconds[phase] = perf_counter() - begun


def resolve_tables(tables: Tables, policy: Policy, clock: Clock, spread: Spread = map) -> int:
    """From ``record``, ``named``, ``name``, ``value`` and ``holding`` to ``customer`` and ``link``.

    Answers how many values are shared by too many.
    """
    with clock.timing("candidates"):
        crowded = judge_values(tables, policy)
        judge_pairs(tables, policy, spread)
    with clock.timing("components"):
        connect_records(tables, policy)
    with clock.timing("conflicts") as watch:
        judge_components(tables, policy, watch, spread)
        keep_refused(tables)
    return crowded


def _count_refused(tables: Tables) -> Mapping[ReasonCode, int]:
    rows = tables.sql("select reason, count(*) from link where not accepted group by reason order by reason").fetchall()
    return {ReasonCode(reason): links for reason, links in rows}
