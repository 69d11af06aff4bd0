"""The peer that quality is compared with: Splink, the probabilistic linker, trained on the same normalised values."""

import warnings
from collections.abc import Mapping, Sequence
from logging import ERROR
from operator import itemgetter
from typing import Any

import pyarrow as pa
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI
from splink.internals.blocking_rule_creator import BlockingRuleCreator

from bench.contestants import Groups
from graph.records import CustomerRecord
from graph.resolution.names import canonical_name
from samples.truth import pairwise_scores

THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
SAMPLED_PAIRS = 1e6
RECALL_OF_EXACT = 0.7  # a guess that Splink asks for: the share of true pairs that its exact rules find


def best_groups(records: Sequence[CustomerRecord], truth: Mapping[str, str], *, birth_dates: bool = True) -> Groups:
    """Train by expectation maximisation, cluster, and keep the threshold with the best F1: a choice that needs truth.

    ``birth_dates`` are to be left out where one system alone has them, so that there is no pair to compare.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = _trained(records, birth_dates=birth_dates)
        pairs = linker.inference.predict()
        found = []
        for threshold in THRESHOLDS:
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold)
            group = {row["unique_id"]: row["cluster_id"] for row in clusters.as_record_list()}
            found.append((pairwise_scores(group, truth).f1, group))
    return max(found, key=itemgetter(0))[1]


def _trained(records: Sequence[CustomerRecord], *, birth_dates: bool) -> Linker:
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
    )
    table = DuckDBAPI().register(pa.Table.from_pylist([_row(record) for record in records]), table_name="records")
    linker = Linker(table, settings, log_level=ERROR)
    exact: list[str | BlockingRuleCreator] = [block_on("national_id"), block_on("email", "name")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=RECALL_OF_EXACT)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=1)
    for rule in (block_on("national_id"), block_on("email"), block_on("name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _row(record: CustomerRecord) -> dict[str, Any]:
    """What the rule sees, too: normalised values without placeholders, the canonical name."""
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
