"""Who signs for a company: its directors, as one core system wrote them down."""

from collections.abc import Sequence
from random import Random

from samples.people import Person
from samples.records import Record, draw_uuid
from samples.spellings import legal
from samples.world import World


def draw_signatories(rng: Random, known: Sequence[Record], world: World) -> list[Record]:
    """The directors of each business that the system knows, where one of them is a customer there.

    That customer is named for all of them. She need not be a signatory's own row: most directors are not customers of
    this system, and nothing but name and document tells who they are.
    """
    customer_of = {record.person: record for record in reversed(known) if record.entity == "customers"}
    companies = {company.id: company for company in world.companies}
    found: list[Record] = []
    for business in known:
        if business.entity != "businesses":
            continue
        directors = companies[business.person].directors
        contact = next((customer_of[it.id] for it in directors if it.id in customer_of), None)
        if contact:
            found += (_signatory(rng, business, contact, director) for director in directors)
    return found


def _signatory(rng: Random, business: Record, contact: Record, director: Person) -> Record:
    return Record(
        system=business.system,
        entity="signatories",
        id=draw_uuid(rng),
        person=director.id,
        name=legal(director.name),
        national_id=director.national_id,
        of=contact.id,
        on=business.id,
    )
