"""A file of a million records through the whole command line, beside Splink: by the clock, in memory, and how well."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil
from pyarrow import parquet

from bench.population import draw_bank, records_of, table_of, truth_of
from bench.rounds import COMPARED, Result, compared, interleave, load_average
from bench.splink_peer import COLUMN, compared_columns
from samples.truth import pairwise_scores

PEOPLE = int(os.environ.get("BENCH_FILE_PEOPLE", "335000"))  # some 1,000,000 records; fewer for a first look
SEED = 1
TRUTH = ("party", "phenomena")  # columns that no contestant is to see
CONTESTANTS: Mapping[str, Sequence[str]] = {
    "wekeza resolve-file": ("wekeza", "resolve-file"),
    "Splink": ("bench.splink_peer",),
}
LOOK_EVERY = 0.1  # seconds between two looks at what the processes occupy


@dataclass(frozen=True, slots=True)
class Spent:
    """``peak`` is in MB: what a process and all below it have resident, pages that they share counted for each."""

    seconds: float
    peak: float


async def measure_file() -> AsyncIterator[Result]:
    with TemporaryDirectory(prefix="wekeza-bench-") as folder:
        place = Path(folder)
        truth = _write_files(place)
        peaks: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
        written = set[bytes]()

        async def take_turn(name: str, number: int) -> float:
            """Every other round the rows come shuffled, which must not be seen in the answer."""
            source, target = place / ("shuffled.parquet" if number % 2 else "in.parquet"), _target(place, name)
            words = (sys.executable, "-m", *CONTESTANTS[name], str(source), str(target))
            spent = await asyncio.to_thread(run_watched, words)
            peaks[name].append(spent.peak)
            if name != "Splink":
                written.add(target.read_bytes())
                assert len(written) == 1, "the order of the rows shows in the answer"
            return spent.seconds

        seconds = await interleave({name: partial(take_turn, name) for name in CONTESTANTS})
        rows = [*compared("seconds", seconds, ".1f"), *compared("peak MB, all processes", peaks)]
        title = f"A file of {len(truth):,} records, end to end, shuffled in every other round"
        yield Result(title=title, columns=COMPARED, rows=rows, load=load_average())
        yield _quality(place, truth)


def run_watched(words: Sequence[str]) -> Spent:
    """Runs a command to its end. Raises `subprocess.CalledProcessError` if it fails."""
    begun = perf_counter()
    peak = 0
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        while process.returncode is None:
            peak = max(peak, _resident(process.pid))
            try:
                process.wait(LOOK_EVERY)
            except subprocess.TimeoutExpired:
                continue
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return Spent(perf_counter() - begun, peak / 1e6)


def _resident(pid: int) -> int:
    """Bytes; of those that end while they are looked at nothing."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def _write_files(place: Path) -> Mapping[str, str]:
    """The population with what Splink compares beside it, as it was drawn and in another order; answers the truth."""
    rows = draw_bank(PEOPLE, SEED).now
    compared_by_peer = compared_columns(records_of(rows)).combine_chunks()
    table = table_of(rows).drop_columns(list(TRUTH)).append_column(COLUMN, compared_by_peer.to_struct_array())
    parquet.write_table(table, place / "in.parquet")
    parquet.write_table(table.take(Random(SEED).sample(range(len(rows)), len(rows))), place / "shuffled.parquet")
    return truth_of(rows)


def _quality(place: Path, truth: Mapping[str, str]) -> Result:
    rows = []
    for name in CONTESTANTS:
        record, customer = parquet.read_table(_target(place, name)).columns
        groups = dict(zip(record.to_pylist(), customer.to_pylist(), strict=True))
        scores = pairwise_scores(groups, truth)
        told = (f"{value:.4f}" for value in (scores.precision, scores.recall, scores.f1))
        rows.append((name, f"{len(set(groups.values())):,}", *told))
    columns = ("who", "customers", "precision", "recall", "F1")
    return Result(title="How well, pairwise", columns=columns, rows=rows, load=load_average())


def _target(place: Path, name: str) -> Path:
    return place / f"{name}.parquet"
