"""Pure computation, in CPU time: steps of the engine, a gateway's condition, a decision table, a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from service.domain.forms import Form, read_form
from service.domain.instances import JobCompleted, Start, Step, TaskCompleted
from service.feel import Environment, parse_expression
from tests.bench.ground import Ground, cpu_microseconds
from tests.bench.result import Result, of, one
from tests.dmn.files import NOW, decision, read, table
from tests.engine import drawing as d
from tests.engine.driver import ENGINE, T0, CountingKeys, MemoryCatalog
from tests.web.samples import WORKER, make_context
from tests.web.site import make_site

GATEWAY = parse_expression('antal > 10 and afgoerelse.resultat = "bevilget" and not(trukket)')
CASE = {"antal": 12, "afgoerelse": {"resultat": "bevilget", "dato": "2026-01-31"}, "trukket": False, "navn": "Anna"}


def engine_steps(ground: Ground) -> Iterator[Result]:
    """Milliseconds per step (load, complete, prune, dump) around a loop of 35 elements, early and late in a long life."""
    early, late = ground.scale.loops
    per_round = _walk(late)
    medians = []
    for rounds in (early, late):
        steps = [ms for each in per_round[max(0, rounds - 10) : rounds] for ms in each]
        result = of(f"engine.step.round{rounds}", steps, "ms", 0.28 if rounds == early else 0.23)
        medians.append(result.median)
        yield result
    yield one("engine.step.ratio", medians[1] / medians[0], "×", 1.0)


def _walk(rounds: int) -> list[list[float]]:
    catalog, keys = MemoryCatalog(), CountingKeys()
    [definition] = catalog.deploy(loop())
    step: Step = ENGINE.advance(catalog, None, Start(definition, keys.next(), {"n": 0, "igen": True}), T0, keys)
    measured: list[list[float]] = []
    for _ in range(rounds):
        around: list[float] = []
        for _ in range(16):
            [wait] = step.opened
            done = TaskCompleted(wait.key, {}) if wait.element_id.startswith("u") else JobCompleted(wait.key, {})
            before = step

            def act(before: Step = before, done: TaskCompleted | JobCompleted = done) -> None:
                nonlocal step
                step = ENGINE.advance(catalog, before.state, done, T0, keys)

            around.append(cpu_microseconds(act, 1) / 1000)
        measured.append(around)
    return measured


def loop() -> bytes:
    """Eight times a user task, a script, a gateway and a service task, between two gateways, for ever."""
    parts, before = [d.start(), d.gate("exclusive", "ind")], "ind"
    for i in range(8):
        parts += [d.user(f"u{i}"), d.script(f"c{i}", "=n + 1", "n"), d.gate("exclusive", f"g{i}", f"ellers{i}")]
        parts += [d.job(f"j{i}"), d.chain(before, f"u{i}", f"c{i}", f"g{i}")]
        parts += [d.flow(f"g{i}", f"j{i}", "=n > 0"), d.flow(f"g{i}", f"u{i}", None, f"ellers{i}")]
        before = f"j{i}"
    parts += [d.gate("exclusive", "ud", "slut"), d.end(), d.chain("s", "ind"), d.chain(before, "ud")]
    parts += [d.flow("ud", "ind", "=igen"), d.flow("ud", "e", None, "slut")]
    return d.diagram(*parts)


def gateway(ground: Ground) -> Iterator[Result]:
    """Microseconds to evaluate a compiled condition of three parts over variables as they come."""

    def decide() -> object:
        return GATEWAY.evaluate(CASE, Environment(now=NOW))

    assert decide() is True
    values = [cpu_microseconds(decide, ground.scale.batch) for _ in range(ground.scale.batches)]
    yield of("feel.gateway_us", values, "µs", 20.0)


def decision_table(ground: Ground) -> Iterator[Result]:
    """Microseconds to decide by a table of 20 rules with 4 inputs, taking turns between rows that hit different rules."""
    rules = [
        ([f"[{n * 10}..{n * 10 + 9}]", f'"type{n % 4}"', "true" if n % 2 else "-", f"< {n + 1}"], [str(n)])
        for n in range(20)
    ]
    decides = read(decision("d", table(["alder", "art", "samtykke", "antal"], ["x"], rules))).decisions["d"]
    rows = [{"alder": n * 10 + 3, "art": f"type{n % 4}", "samtykke": True, "antal": n} for n in range(20)]

    def decide() -> list[object]:
        return [decides.evaluate(row, Environment(now=NOW)).value for row in rows]

    assert decide() == list(range(20))
    values = [cpu_microseconds(decide, 1) / len(rows) for _ in range(ground.scale.batches)]
    yield of("dmn.table_20x4_us", values, "µs", 300.0)


def form(ground: Ground) -> Iterator[Result]:
    """Milliseconds to fill and draw a form of 30 fields."""
    app, drawn, context = make_site(WORKER), thirty_fields(), make_context()
    source = (
        '{% from "form/parts.html" import form as draw_form %}'
        "{% call draw_form(form_view(form, form.fresh(context), action='/x')) %}<button>Gem</button>{% endcall %}"
    )
    with app.test_request_context("/stilguide/skema"):
        app.preprocess_request()
        template = app.jinja_env.from_string(source)
        page = template.render(form=drawn, context=context)
        assert page.count('class="form-part') == 30
        values = [
            cpu_microseconds(lambda: template.render(form=drawn, context=context), 1) / 1000
            for _ in range(ground.scale.rounds)
        ]
    yield of("form.render_30_ms", values, "ms")


def thirty_fields() -> Form:
    """Five fields each of six kinds."""
    choices = {"values": [{"label": text, "value": text.lower()} for text in ("Ja", "Nej", "Ved ikke")]}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("textfield", {"validate": {"required": True}}),
        ("number", {"validate": {"min": 0, "max": 100}}),
        ("textarea", {"description": "Skriv, hvad der er aftalt."}),
        ("datetime", {"subtype": "date", "dateLabel": "Dato"}),
        ("select", choices),
        ("radio", choices),
    ]
    parts = [
        {"type": kind, "id": f"{kind}{n}", "key": f"{kind}_{n}", "label": f"Spørgsmål {n} om {kind}", **more}
        for n in range(5)
        for kind, more in kinds
    ]
    found = read_form(orjson.dumps({"type": "default", "id": "tredive", "components": parts}), "tredive.form")
    assert isinstance(found, Form), found
    return found
