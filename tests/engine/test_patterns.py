"""The less obvious patterns that procedures are drawn with (modelling notes B9), in small."""

from __future__ import annotations

from datetime import timedelta

from .conftest import Runner
from .drawing import (
    ad_hoc,
    boundary,
    catch,
    chain,
    definitions,
    diagram,
    end,
    escalation,
    event_sub,
    ext,
    flow,
    frist,
    gate,
    job,
    message,
    process,
    script,
    start,
    throw,
    timer,
    user,
)
from .driver import T0


def running_phase(*activities: str) -> str:
    return ad_hoc("fase", "".join(activities), until="=forloeb_slut")


def test_a_guarded_closing_by_escalation(run: Runner) -> None:
    """A non-interrupting bound timer, a gateway, an escalation end, one interrupting process-level catcher."""
    guard = (
        gate("exclusive", "vagt", "nej")
        + end("luk", escalation("E1"))
        + user("stilling")
        + end("vagt_slut")
        + chain("tid_s", "vagt")
        + flow("vagt", "luk", "=not(i_bero)")
        + flow("vagt", "stilling", None, "nej")
        + chain("stilling", "vagt_slut")
    )
    timed = (
        '<bpmn:subProcess id="tid" triggeredByEvent="true"><bpmn:startEvent id="tid_s" isInterrupting="false">'
        f"{ext(frist('t2'))}{timer('=slut', 'timeDate')}</bpmn:startEvent>{guard}</bpmn:subProcess>"
    )
    closing = event_sub("luk_forloeb", escalation("E1"), user("afslut") + end("lukket"), "afslut", "lukket")
    content = diagram(start(), running_phase(user("kontakt")), end(), chain("s", "fase", "e"), timed, closing)
    first = {"forloeb_slut": False, "i_bero": False, "slut": None}
    r = run(content, first)
    assert (r.open, r.wait("tid_s").due) == (["tid_s"], None)
    r.activate("fase", "kontakt")
    r.set(slut="2026-03-09T08:00:00Z")
    assert r.wait("tid_s").due == T0 + timedelta(days=7)
    assert r.to(days=7) == 1
    assert r.open == ["afslut"], "everything else is over"
    assert r.do("afslut").done
    r = run(content, first | {"i_bero": True, "slut": "2026-03-09T08:00:00Z"}).activate("fase", "kontakt")
    assert r.to(days=7) == 1
    assert r.tasks == ["kontakt", "stilling"]


def test_the_running_phase_ends_on_its_condition_only(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            running_phase(
                user("kontakt"),
                user("maal_naaet"),
                script("slut", "=true", "forloeb_slut"),
                chain("maal_naaet", "slut"),
            ),
            boundary("ret", "fase", timer("P6M")),
            user("efter"),
            user("oplys"),
            end(),
            chain("s", "fase", "efter", "e"),
            chain("ret", "oplys", "e"),
        ),
        {"forloeb_slut": False},
    )
    for _ in range(3):
        r.activate("fase", "kontakt").do("kontakt")
    assert r.open == ["ret"]
    r.activate("fase", "kontakt", "maal_naaet").do("maal_naaet")
    assert (r.open, r.variables) == (["efter"], {"forloeb_slut": True})


def test_hours_by_a_non_interrupting_catcher(run: Runner) -> None:
    counted = (
        user("kontakt")
        + script("laeg_til", "=timer_brugt + varighed / 60", "timer_brugt")
        + gate("exclusive", "over", "nej")
        + script("husk", "=true", "varslet")
        + throw("meld", escalation("E1"))
        + gate("exclusive", "samlet")
        + chain("kontakt", "laeg_til", "over")
        + flow("over", "husk", "=timer_brugt >= 0.8 * ramme and not(varslet)")
        + flow("over", "samlet", None, "nej")
        + chain("husk", "meld", "samlet")
    )
    catcher = event_sub("varsel", escalation("E1"), user("orienter") + end("ve"), "orienter", "ve", interrupting=False)
    r = run(
        diagram(start(), running_phase(counted), end(), chain("s", "fase", "e"), catcher),
        {"forloeb_slut": False, "timer_brugt": 0, "varslet": False, "ramme": 20},
    )
    for minutes in (300, 600):
        r.activate("fase", "kontakt").do("kontakt", varighed=minutes)
        assert r.tasks == []
    r.activate("fase", "kontakt").do("kontakt", varighed=60)
    assert (r.tasks, r.variables["timer_brugt"]) == (["orienter"], 16)
    r.activate("fase", "kontakt").do("kontakt", varighed=60)
    assert r.tasks == ["orienter"]
    assert r.do("orienter").step.status == "ACTIVE"


def test_an_event_gateway_with_a_bound_timer_or_a_message(run: Runner) -> None:
    content = diagram(
        start(),
        gate("eventBased", "g"),
        catch("tm", timer("=tidligst", "timeDate"), frist("foer")),
        catch("ms", message()),
        user("kontakt"),
        end(),
        chain("s", "g", "tm", "kontakt", "e"),
        chain("g", "ms", "kontakt"),
    )
    r = run(content, {"key": "k"})
    assert r.wait("tm").due is None
    assert r.message("m1")
    assert r.open == ["kontakt"]
    r = run(content, {"key": "k"}).set(tidligst="2026-03-04T08:00:00Z")
    assert (r.to(days=2), r.open) == (1, ["kontakt"])


def test_one_process_starts_another_by_a_message(run: Runner) -> None:
    content = definitions(
        process(
            "P",
            start(),
            job(
                "j",
                "forloeb:besked",
                '<zeebe:ioMapping><zeebe:input source="=&quot;start&quot;" target="navn"/>'
                '<zeebe:input source="=sag.nummer" target="noegle"/></zeebe:ioMapping>',
            ),
            end(),
            chain("s", "j", "e"),
        )
    )
    r = run(content, {"sag": {"nummer": "2026-17"}})
    assert r.done
    assert r.step.effects[0].correlation_key == "2026-17"
