"""A story that is told on the stores of the test."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.graph.expected import Expected
from tests.integration.graph.stores import OpenSite
from tests.integration.graph.story import Story
from tests.unit.graph.resolution.worlds import GUARDED


@pytest.fixture
def story(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Story:
    return Story(OpenSite(graph, driver), ledger, Expected(policy=GUARDED))
