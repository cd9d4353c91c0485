"""A world to try procedures in: the real engine, verbs and store on a clock that somebody moves."""

from service.testing.scenarios import Outcome, load_scenarios, run_all, run_scenario
from service.testing.trace import trace
from service.testing.world import World, check_alone

__all__ = ["Outcome", "World", "check_alone", "load_scenarios", "run_all", "run_scenario", "trace"]
