"""The peer that quality and files are compared with: Splink, the probabilistic linker, on the same normalised values.

`python -m bench.splink_peer IN OUT` is what a person would write to resolve a file with it: read, train, predict,
cluster, write. It finds the values that it compares normalised in the column `COLUMN`.
"""

import sys
import warnings
from collections.abc import Mapping, Sequence
from logging import ERROR
from operator import itemgetter
from typing import Any

import duckdb
import pyarrow as pa
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.splink_dataframe import SplinkDataFrame

from bench.contestants import Groups
from graph.records import CustomerRecord
from graph.resolution.names import canonical_name
from samples.truth import pairwise_scores

THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
SAMPLED_PAIRS = 1e6
COLUMN = "normalised"
THRESHOLD = 0.9  # for a file: with 0.5 the clusters of a million records run into one another
RECALL_OF_EXACT = 0.7  # a guess that Splink asks for: the share of true pairs that its exact rules find


def best_groups(records: Sequence[CustomerRecord], truth: Mapping[str, str], *, birth_dates: bool = True) -> Groups:
    """Train by expectation maximisation, cluster, and keep the threshold with the best F1: a choice that needs truth.

    ``birth_dates`` are to be left out where one system alone has them, so that there is no pair to compare.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = DuckDBAPI().register(compared_columns(records), table_name="records")
        linker = _trained(table, birth_dates=birth_dates)
        pairs = linker.inference.predict()
        found = []
        for threshold in THRESHOLDS:
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold)
            group = {row["unique_id"]: row["cluster_id"] for row in clusters.as_record_list()}
            found.append((pairwise_scores(group, truth).f1, group))
    return max(found, key=itemgetter(0))[1]


def resolve_file(source: str, target: str) -> None:
    """``unique_id`` and ``cluster_id`` of each record; no pair below the threshold and no column is kept in between."""
    connection = duckdb.connect()
    connection.read_parquet(source).project(f'unnest("{COLUMN}")').create("records")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = _trained(DuckDBAPI(connection).register("records"), birth_dates=True)
        pairs = linker.inference.predict(THRESHOLD)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, THRESHOLD)
    clusters.as_duckdbpyrelation().project("unique_id, cluster_id").write_parquet(target)


def compared_columns(records: Sequence[CustomerRecord]) -> pa.Table:
    """What the rule sees, too: normalised values without placeholders, the canonical name."""
    return pa.Table.from_pylist([_row(record) for record in records])


def _trained(table: SplinkDataFrame, *, birth_dates: bool) -> Linker:
    phones = block_on("phones", arrays_to_explode=["phones"])
    born = [cl.LevenshteinAtThresholds("birth_date", [1, 2])] if birth_dates else []
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]),
            cl.LevenshteinAtThresholds("national_id", [1]),
            cl.ArrayIntersectAtSizes("phones", [1]),
            cl.ExactMatch("email"),
            *born,
        ],
        blocking_rules_to_generate_predictions=[block_on("national_id"), phones, block_on("email"), block_on("name")],
        retain_matching_columns=False,
    )
    linker = Linker(table, settings, log_level=ERROR)
    exact: list[str | BlockingRuleCreator] = [block_on("national_id"), block_on("email", "name")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=RECALL_OF_EXACT)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=1)
    # A third training, on the pairs of one name, takes as long as all the rest and changes no answer.
    for rule in (block_on("national_id"), block_on("email")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _row(record: CustomerRecord) -> dict[str, Any]:
    values: dict[str, list[str]] = {"NationalId": [], "Phone": [], "Email": []}
    for it in record.identifiers:
        if it.kind in values and not it.placeholder:
            values[it.kind].append(it.value)
    return {
        "unique_id": record.key,
        "name": canonical_name(record.full_name),
        "birth_date": record.birth_date.isoformat() if record.birth_date else None,
        "national_id": next(iter(values["NationalId"]), None),
        "phones": values["Phone"] or None,
        "email": next(iter(values["Email"]), None),
    }


if __name__ == "__main__":
    resolve_file(*sys.argv[1:])
