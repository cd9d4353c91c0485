"""Jobs: whatever a handler does, the job ends well, is tried again, or is shown to a person."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.domain.handling import BpmnError, HandlerRefused, HandlerResult, JobContext
from service.domain.waits import JobStatus
from service.usecases import incidents, instances, jobs
from service.workers.leases import LONGEST_RUN, Running
from service.workers.loop import fire_timers, run_job, run_jobs
from tests.engine import drawing as d
from tests.workers.house import OPERATOR, House, Stuck, registry

WORK = d.diagram(
    d.start(),
    d.job("arbejd", "arbejd", d.io([("=tal", "tal")], [("=svar", "svar")])),
    d.end(),
    d.chain("s", "arbejd", "e"),
)

WAIT = d.diagram(d.start(), d.catch("vent", d.timer("PT1H")), d.end(), d.chain("s", "vent", "e"))


def double(job: JobContext, *, tal: int) -> dict[str, Any]:
    """Ganger med to."""
    return {"svar": tal * 2, "andet": "forurener ikke"}


def test_a_job_is_run_and_its_result_moves_the_instance(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=21)
    assert run_jobs(house.platform, registry(arbejd=double), limit=5) == 1
    assert house.done(key)
    assert house.variables(key) == {"tal": 21, "svar": 42}
    assert [e.kind for e in house.history(key)] == ["Start", "JobCompleted"]


def test_each_instance_of_many_gets_its_own_inputs(house: House) -> None:
    many = d.many("=[1, 2, 3]", "ting", "alle", "=svar")
    work = d.job("arbejd", "arbejd", d.io([("=ting", "tal")]), inner=many)
    house.deploy({"p.bpmn": d.diagram(d.start(), work, d.end(), d.chain("s", "arbejd", "e"))})
    key = house.start()
    assert run_jobs(house.platform, registry(arbejd=double), limit=5) == 3
    assert house.done(key)
    assert house.variables(key)["alle"] == [2, 4, 6]


def test_the_handler_is_told_what_the_job_is(house: House) -> None:
    seen: list[JobContext] = []

    def look(job: JobContext, *, tal: int) -> None:
        """Ser sig om."""
        seen.append(job)

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    run_jobs(house.platform, registry(arbejd=look), limit=1)
    [job] = seen
    assert (job.job_type, job.element_id, job.attempt, job.now) == ("arbejd", "arbejd", 1, house.now.now())
    assert job.idempotency_key.startswith(f"{key}:arbejd:")
    assert job.desk.case() is None


def test_jobs_that_nobody_here_serves_stay_open(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    assert run_jobs(house.platform, registry(andet=double), limit=5) == 0
    assert run_jobs(house.platform, {}, limit=5) == 0
    assert (house.job(key).status, house.job(key).attempts) == (JobStatus.OPEN, 0)


def test_a_bpmn_error_goes_where_the_diagram_catches_it(house: House) -> None:
    def give_up(job: JobContext, *, tal: int) -> None:
        """Giver op."""
        raise BpmnError("E1", "kan ikke", {"hvorfor": "for stort"})

    caught = d.boundary("fanget", "arbejd", d.error("E1"), d.io((), [("=hvorfor", "grund")]))
    body = (d.start(), d.job("arbejd", "arbejd", d.io([("=tal", "tal")])), caught, d.end("e"), d.end("galt"))
    house.deploy({"p.bpmn": d.diagram(*body, d.chain("s", "arbejd", "e"), d.chain("fanget", "galt"))})
    key = house.start(tal=1)
    run_jobs(house.platform, registry(arbejd=give_up), limit=1)
    assert house.instance(key).end_event == "galt"
    assert house.variables(key)["grund"] == "for stort"


def test_what_no_retry_mends_is_an_incident_at_once_and_a_person_retries(house: House) -> None:
    refusing = [True]

    def act(job: JobContext, *, tal: int) -> None:
        """Afviser først."""
        if refusing.pop() if refusing else False:
            raise HandlerRefused("Enheden mangler. Registrér den.")

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    run_jobs(house.platform, registry(arbejd=act), limit=1)
    [incident] = house.incidents(key)
    assert (incident.message, incident.element_id) == ("Enheden mangler. Registrér den.", "arbejd")
    assert house.job(key).status is JobStatus.FAILED
    assert run_jobs(house.platform, registry(arbejd=act), limit=1) == 0
    incidents.retry(house.platform, OPERATOR, incident.key)
    run_jobs(house.platform, registry(arbejd=act), limit=1)
    assert house.done(key)


def test_wrong_inputs_are_an_incident_that_names_them(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal="mange")
    run_jobs(house.platform, registry(arbejd=double), limit=1)
    [incident] = house.incidents(key)
    assert "»tal« skal være et helt tal" in incident.message


def fall_over(job: JobContext, *, tal: int) -> None:
    """Går i stykker."""
    raise RuntimeError("CPR 010180-9999 gik galt")


def test_an_unexpected_fault_is_tried_again_later_and_then_shown(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    tries = 0
    with capture_logs() as logs:
        for _ in range(3):
            tries += run_jobs(house.platform, registry(arbejd=fall_over), limit=5)
            assert run_jobs(house.platform, registry(arbejd=fall_over), limit=5) == 0, "it waits before the next try"
            house.now.move_by(timedelta(hours=2))
    assert tries == 3
    assert run_jobs(house.platform, registry(arbejd=fall_over), limit=5) == 0
    [incident] = house.incidents(key)
    assert incident.message.startswith("Opgaven fejlede uventet")
    assert str(house.job(key).key) in incident.message
    failed = [line for line in logs if line["event"] == "handler failed"]
    assert [line["fault"] for line in failed] == ["RuntimeError"] * 3
    assert failed[0]["at"].startswith("test_loop.py:")
    assert "010180" not in f"{logs}{incident.message}"


def test_a_result_that_is_no_json_is_a_fault_of_the_handler(house: House) -> None:
    def act(job: JobContext, *, tal: int) -> dict[str, Any]:
        """Giver noget mærkeligt."""
        return {"svar": object()}

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    run_jobs(house.platform, registry(arbejd=act), limit=1)
    assert (house.job(key).status, house.job(key).retries) == (JobStatus.OPEN, 2)


def test_notes_and_documents_belong_to_the_step(house: House) -> None:
    def act(job: JobContext, *, tal: int) -> HandlerResult:
        """Giver et svar."""
        return HandlerResult(variables={"svar": tal}, notes=("uden sag",))

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=7)
    run_jobs(house.platform, registry(arbejd=act), limit=1)
    assert house.variables(key)["svar"] == 7


# -- careful handlers ---------------------------------------------------------------------------------------------------


def test_a_careful_handler_is_never_repeated_by_itself_after_a_fault(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    run_jobs(house.platform, registry(arbejd=fall_over, careful=True), limit=1)
    [incident] = house.incidents(key)
    assert "uvist" in incident.message


def test_a_careful_handler_is_never_repeated_by_itself_after_a_lost_lease(house: House) -> None:
    careful = registry(arbejd=double, careful=True)
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    jobs.claim(house.platform, 1)  # and the worker dies
    house.now.move_by(jobs.LEASE)
    assert run_jobs(house.platform, careful, limit=1) == 1
    [incident] = house.incidents(key)
    assert "afbrudt" in incident.message
    incidents.retry(house.platform, OPERATOR, incident.key)
    run_jobs(house.platform, careful, limit=1)
    assert house.done(key), "a person's word is enough to run it again"


@pytest.mark.parametrize("outcome", [{"svar": 1}, BpmnError("E1")])
def test_a_step_the_instance_cannot_take_is_shown_to_a_person(house: House, outcome: Any) -> None:
    def act(job: JobContext, *, tal: int) -> Any:
        """Gør sit."""
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    stuck = replace(house.platform, engine=Stuck(house.platform.engine))
    for _ in range(3):
        assert run_jobs(stuck, registry(arbejd=act), limit=5) == 1
        house.now.move_by(timedelta(hours=2))
    [incident] = house.incidents(key)
    assert "kunne ikke gå videre: en løkke" in incident.message


def test_a_timer_whose_step_fails_does_not_hold_up_the_next(house: House) -> None:
    house.deploy({"p.bpmn": WAIT})
    keys = [house.start() for _ in range(3)]
    house.now.move_by(timedelta(hours=1))
    stuck = Stuck(house.platform.engine, times=1)
    with capture_logs() as logs:
        assert fire_timers(replace(house.platform, engine=stuck), limit=5) == 3
    assert [line["fault"] for line in logs] == ["EngineFailed"]
    assert [house.done(key) for key in keys].count(True) == 2
    house.now.move_by(timedelta(minutes=5))
    assert fire_timers(house.platform, limit=5) == 1
    assert all(house.done(key) for key in keys)


# -- leases -------------------------------------------------------------------------------------------------------------


def test_who_comes_too_late_changes_nothing(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    handlers = registry(arbejd=double)
    [late] = jobs.claim(house.platform, 1)
    house.now.move_by(jobs.LEASE)
    run_jobs(house.platform, handlers, limit=1)
    assert house.done(key)
    with capture_logs() as logs:
        run_job(house.platform, handlers["arbejd"], late)
    assert [line["event"] for line in logs] == ["job gone"]
    assert [e.kind for e in house.history(key)] == ["Start", "JobCompleted"]


def test_the_late_one_does_not_disturb_the_one_who_took_over(house: House) -> None:
    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    [late] = jobs.claim(house.platform, 1)
    house.now.move_by(jobs.LEASE)
    [taken_over] = jobs.claim(house.platform, 1)
    run_job(house.platform, registry(arbejd=fall_over)["arbejd"], late)
    assert house.job(key).lease_token == taken_over.lease_token
    assert house.job(key).retries == 3
    run_job(house.platform, registry(arbejd=double)["arbejd"], taken_over)
    assert house.done(key)


def test_a_handler_that_takes_longer_than_a_lease_keeps_its_job(house: House) -> None:
    running = Running()
    others = []

    def slow(job: JobContext, *, tal: int) -> dict[str, Any]:
        """Arbejder længe."""
        for _ in range(4):
            house.now.move_by(jobs.LEASE / 2)
            assert running.renew(house.platform) == 1
            others.append(run_jobs(house.platform, registry(arbejd=double), limit=5))
        return {"svar": tal}

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=7)
    assert run_jobs(house.platform, registry(arbejd=slow), 1, running) == 1
    assert others == [0, 0, 0, 0]
    assert house.variables(key)["svar"] == 7
    assert running.renew(house.platform) == 0


def test_a_handler_that_is_stuck_loses_its_job_in_the_end(house: House) -> None:
    running = Running()
    taken = []

    def stuck(job: JobContext, *, tal: int) -> dict[str, Any]:
        """Kommer ikke videre."""
        house.now.move_by(LONGEST_RUN)
        assert running.renew(house.platform) == 0
        taken.append(run_jobs(house.platform, registry(arbejd=double), limit=5))
        return {"svar": -1}

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=7)
    run_jobs(house.platform, registry(arbejd=stuck), 1, running)
    assert taken == [1]
    assert house.variables(key)["svar"] == 14


def test_a_batch_that_takes_too_long_leaves_the_rest_to_others(house: House) -> None:
    ran: list[str] = []

    def slow(job: JobContext, *, tal: int) -> None:
        """Er langsom."""
        ran.append(job.idempotency_key)
        house.now.move_by(jobs.LEASE)

    house.deploy({"p.bpmn": WORK})
    keys = [house.start(tal=n) for n in range(3)]
    run_jobs(house.platform, registry(arbejd=slow), limit=3)
    assert len(ran) == 1, "the other two leases had run out before their turn"
    run_jobs(house.platform, registry(arbejd=double), limit=3)
    assert all(house.done(key) for key in keys[1:])


def test_an_instance_that_is_cancelled_meanwhile_is_left_in_peace(house: House) -> None:
    def act(job: JobContext, *, tal: int) -> None:
        """Bliver overhalet."""
        instances.cancel(house.platform, OPERATOR, key, "fejl")

    house.deploy({"p.bpmn": WORK})
    key = house.start(tal=1)
    with capture_logs() as logs:
        run_jobs(house.platform, registry(arbejd=act), limit=1)
    assert [line["event"] for line in logs] == ["job gone"]
    assert [e.kind for e in house.history(key)] == ["Start", "Cancelled"]


def test_many_workers_run_every_job_exactly_once(url: str) -> None:
    runs: Counter[str] = Counter()
    lock = threading.Lock()

    def count(job: JobContext, *, tal: int) -> dict[str, Any]:
        """Tæller."""
        with lock:
            runs[job.idempotency_key] += 1
        return {"svar": tal}

    with House(url) as house:
        house.deploy({"p.bpmn": WORK})
        keys = [house.start(tal=n) for n in range(40)]
        faults: list[BaseException] = []

        def work() -> None:
            try:
                while run_jobs(house.platform, registry(arbejd=count), limit=3):
                    pass
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert set(runs.values()) == {1}
        assert len(runs) == 40
        assert all([e.kind for e in house.history(key)] == ["Start", "JobCompleted"] for key in keys)


# -- timers -------------------------------------------------------------------------------------------------------------


def test_timers_fire_when_they_are_due(house: House) -> None:
    house.deploy({"p.bpmn": WAIT})
    key = house.start()
    assert fire_timers(house.platform, limit=5) == 0
    house.now.move_by(timedelta(hours=1))
    assert fire_timers(house.platform, limit=5) == 1
    assert house.done(key)


def test_a_timer_whose_instance_is_gone_is_dropped(house: House) -> None:
    house.deploy({"p.bpmn": WAIT})
    key = house.start()
    house.now.move_by(timedelta(hours=1))
    instances.cancel(house.platform, OPERATOR, key, "fejl")
    assert fire_timers(house.platform, limit=5) == 0
    assert house.platform.read(lambda uow: uow.timers.next_due()) is None


def test_many_workers_fire_every_timer_exactly_once(url: str) -> None:
    with House(url) as house:
        house.deploy({"p.bpmn": WAIT})
        keys = [house.start() for _ in range(30)]
        house.now.move_by(timedelta(hours=1))
        fired: list[int] = []
        threads = [threading.Thread(target=lambda: _drain_timers(house, fired)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(fired) == 30
        assert all([e.kind for e in house.history(key)] == ["Start", "TimerFired"] for key in keys)


def _drain_timers(house: House, fired: list[int]) -> None:
    while count := fire_timers(house.platform, limit=4):
        fired.append(count)


@pytest.mark.parametrize("limit", [1, 50])
def test_timers_fire_soonest_first(house: House, limit: int) -> None:
    waits = "".join(d.catch(f"v{n}", d.timer(f"PT{n}H")) + d.chain("g", f"v{n}", f"t{n}", f"e{n}") for n in (3, 1, 2))
    tasks = "".join(d.script(f"t{n}", f'=append(rækkefølge, "{n}")', "rækkefølge") + d.end(f"e{n}") for n in (1, 2, 3))
    house.deploy({"p.bpmn": d.diagram(d.start(), d.gate("parallel", "g"), waits, tasks, d.chain("s", "g"))})
    key = house.start(**{"rækkefølge": []})
    house.now.move_by(timedelta(hours=9))
    while fire_timers(house.platform, limit):
        pass
    assert house.variables(key)["rækkefølge"] == ["1", "2", "3"]
