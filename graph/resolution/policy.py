"""What a bank may choose about the rule, and the hash of everything that decides."""

import hashlib
import json
import tomllib
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph.identifiers import KINDS, NORMALISER_VERSION
from graph.identifiers.placeholders import PLACEHOLDERS
from graph.resolution.names import NAMES

POLICIES = Path(__file__).parents[1] / "policies"
RULE_VERSION = 2  # raised by whoever changes what the rule answers
LIBRARIES = ("phonenumbers", "email-validator", "idna", "rapidfuzz", "jellyfish")

Count = Annotated[int, Field(ge=1)]


class Policy(BaseModel):
    """One file of ``graph/policies``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    name: str
    judge: bool  # False: every valid value that is not a placeholder links, and only decisions keep apart
    stages: tuple[tuple[str, ...], ...]  # kinds in the order of their priority; *same* always comes first
    cap: Count = 50  # people beyond which a contact links nobody
    document_cap: Count = 100  # the same for documents
    hub: Count = 1000  # holders beyond which a value links nobody, whoever they are
    private_limit: Count = 10  # people beyond which the names on a value must agree
    exclusive: tuple[str, ...] = ()  # kinds of which a person has one value per country
    corroborated: tuple[str, ...] = ("Document", "NameBirth")  # kinds that link agreeing names only

    @property
    def derives(self) -> bool:
        """Whether a stage counts on identifiers that no source writes: see `graph.resolution.derived`."""
        return any(KINDS[kind].derived for stage in self.stages for kind in stage)

    @model_validator(mode="after")
    def _check(self) -> Self:
        staged = [kind for stage in self.stages for kind in stage]
        if unknown := sorted({*staged, *self.exclusive, *self.corroborated} - set(KINDS)):
            raise ValueError(f"no such identifier kind: {', '.join(unknown)}; there are {', '.join(KINDS)}")
        if not all(self.stages) or len(staged) != len(set(staged)):
            raise ValueError("a stage must name at least one kind, and no kind may stand in two places")
        return self


class UnknownPolicy(ValueError):
    """The policy's file is missing or is not a policy; the message says which, and what there is."""


@cache
def load_policy(name: str) -> Policy:
    """The policy of that name. Raises `UnknownPolicy`."""
    files = {path.stem: path for path in POLICIES.glob("*.toml")}
    if name not in files:
        raise UnknownPolicy(f"There is no policy {name!r}; choose one of {', '.join(sorted(files))}.")
    try:
        return Policy(name=name, **tomllib.loads(files[name].read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise UnknownPolicy(f"Policy file {files[name].name} is not valid: {error}") from error


def policy_hash(policy: Policy) -> str:
    """32 hexadecimal digits over all that decides: policy, rule, data files, normalisers and their libraries.

    Two runs with equal hashes and equal records and decisions have equal results.
    """
    decides = {
        "policy": policy.model_dump(mode="json"),
        "rule": RULE_VERSION,
        "normaliser": NORMALISER_VERSION,
        "placeholders": PLACEHOLDERS.read_text(encoding="utf-8"),
        "names": NAMES.read_text(encoding="utf-8"),
        "libraries": {library: version(library) for library in LIBRARIES},
        "unicode": unicodedata.unidata_version,
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]
