"""What answers questions about identity that no projection can. It needs the policy and the secret."""

from dataclasses import dataclass

from graph.explanation import Explanations
from graph.history import History
from graph.resolution.policy import Policy
from graph.what_if import WhatIf


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    history: History
    explanations: Explanations
    what_if: WhatIf
    policy: Policy
