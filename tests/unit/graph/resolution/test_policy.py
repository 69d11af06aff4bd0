import pytest
from pydantic import ValidationError

from graph.identifiers import KINDS
from graph.resolution import policy as module
from graph.resolution.policy import POLICIES, Policy, UnknownPolicy, load_policy, policy_hash

SHIPPED = sorted(path.stem for path in POLICIES.glob("*.toml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy_loads_under_its_file_s_name(name: str) -> None:
    assert load_policy(name).name == name


def test_the_default_is_the_bank_s_order_of_priority() -> None:
    guarded = load_policy("guarded")
    assert guarded.stages == (
        ("NationalId",),
        ("Passport", "TaxPin", "DrivingLicence", "CompanyRegistration", "Document"),
        ("Phone",),
        ("Email",),
    )
    assert (guarded.cap, guarded.document_cap, guarded.hub, guarded.private_limit) == (50, 100, 1000, 10)
    assert guarded.exclusive == ("NationalId",)


def test_an_unknown_policy_is_told_with_what_there_is() -> None:
    with pytest.raises(
        UnknownPolicy, match=r"no policy 'gaurded'; choose one of extended, guarded, guarded-contacts, plain"
    ):
        load_policy("gaurded")


@pytest.mark.parametrize("name", SHIPPED)
def test_only_extended_counts_on_what_no_source_wrote(name: str) -> None:
    assert load_policy(name).derives == (name == "extended")


def test_all_that_is_derived_links_agreeing_names_only() -> None:
    derived = {name for name, kind in KINDS.items() if kind.derived}
    assert derived <= set(load_policy("extended").corroborated)


@pytest.mark.parametrize("name", ["../guarded", "", "guarded.toml"])
def test_a_policy_s_name_is_no_path(name: str) -> None:
    with pytest.raises(UnknownPolicy):
        load_policy(name)


@pytest.mark.parametrize(
    "change",
    [
        {"stages": [["NationalId"], ["NationalId"]]},
        {"stages": [[]]},
        {"stages": [["Fax"]]},
        {"exclusive": ["Fax"]},
        {"cap": 0},
        {"surprise": 1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate({"name": "x", "judge": True, "stages": [["Phone"]], **change})


def test_the_hash_changes_with_everything_that_decides(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = load_policy("guarded")
    hashes = [
        policy_hash(guarded),
        policy_hash(load_policy("plain")),
        policy_hash(guarded.model_copy(update={"cap": 51})),
    ]
    other = tmp_path_factory.mktemp("data") / "other.toml"
    other.write_text("titles = []\n", encoding="utf-8")
    for name, value in (
        ("NAMES", other),
        ("PLACEHOLDERS", other),
        ("RULE_VERSION", 0),
        ("NORMALISER_VERSION", 0),
        ("LIBRARIES", ("rapidfuzz",)),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            hashes.append(policy_hash(guarded))
    assert len(set(hashes)) == len(hashes)
    assert policy_hash(guarded) == hashes[0]
