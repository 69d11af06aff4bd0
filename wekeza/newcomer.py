"""Somebody's own customer, put into the running bank while they watch."""

from api.tokens import Role
from samples.bank import open_bank
from samples.newcomer import NewPerson
from wekeza.answers import Api
from wekeza.portrait import show_person
from wekeza.running import NotRunning, find_running
from wekeza.scenario import Scenario
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.site import new_token


def watch_newcomer(settings: Settings, person: NewPerson, screen: Screen) -> None:
    """Run the five events for this person in the bank that runs, and show who she became."""
    running = find_running(settings.data)
    bank = open_bank(running.bank) if running and running.bank else None
    if running is None or bank is None:
        raise NotRunning(f"No sample bank runs for {settings.data}: start one with `make demo` or `make up`.")
    with Api(running.api_url, new_token(settings.data, Role.INVESTIGATOR, hours=1)) as api:
        scenario, gcid = Scenario(bank, api, person), ""
        for step in scenario.steps():
            with screen.waiting(f"  {step.title} ..."):
                seen = scenario.watch(step, lambda: None)
            screen.say(f"  {step.title}: visible after {seen.seconds:.1f} s")
            gcid = seen.gcid
        show_person(api, gcid, screen)
