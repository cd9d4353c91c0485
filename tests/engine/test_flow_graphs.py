"""Random flow graphs without any structure, beside the standard's token game (BPMN 2.0.2, chapter 13.4).

Gateways of all kinds join and fork wherever chance puts them: tokens meet, overtake each other, gather on one flow, never come.
The reference here holds tokens on flows and knows nothing of the engine. After every completed task the same tasks must be open.

FORLOEB_EXAMPLES sets how many graphs are tried, FORLOEB_SEED which; the seed is printed.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections import Counter
from dataclasses import dataclass, field

import pytest

from service.domain.instances import TaskCompleted

from .drawing import diagram, end, flow, gate, start, user
from .driver import Run
from .random_processes import Dice

EXAMPLES = int(os.environ.get("FORLOEB_EXAMPLES", "150"))
SEED = int(os.environ.get("FORLOEB_SEED") or secrets.randbelow(2**32))
STEPS, CROWD = 30, 60
"""Steps after which a graph has been seen enough, and open tasks that are too many."""


@dataclass
class Graph:
    """Nodes with their kinds; flows by id. Every way back goes through a task, so nothing runs for ever by itself."""

    kinds: dict[str, str] = field(default_factory=dict)
    flows: dict[str, tuple[str, str]] = field(default_factory=dict)

    def flow(self, source: str, target: str) -> None:
        self.flows[f"f_{len(self.flows)}"] = (source, target)

    def out_of(self, node: str) -> list[str]:
        return [id_ for id_, (source, _) in self.flows.items() if source == node]

    def into(self, node: str) -> list[str]:
        return [id_ for id_, (_, target) in self.flows.items() if target == node]

    def draw(self) -> bytes:
        body = ""
        for node, kind in self.kinds.items():
            match kind:
                case "start":
                    body += start(node)
                case "end":
                    body += end(node)
                case "task":
                    body += user(node)
                case "parallel":
                    body += gate(kind, node)
                case _:
                    out = self.out_of(node)
                    body += gate(kind, node, out[-1] if len(out) > 1 else None)
        for id_, (source, target) in self.flows.items():
            out = self.out_of(source)
            asked = self.kinds[source] in {"exclusive", "inclusive"} and len(out) > 1 and id_ != out[-1]
            body += flow(source, target, f'=list contains(valg, "{id_}")' if asked else None, id_)
        return diagram(body)


def random_graph(dice: Dice) -> Graph:
    graph, count = Graph(), dice.number(3, 14)
    names = [f"g{number}" for number in range(count)]
    pairs = [(names[dice.number(0, number - 1)], name) for number, name in enumerate(names) if number]
    for _ in range(dice.number(2, count)):
        first, second = dice.number(0, count - 1), dice.number(0, count - 1)
        pairs.append((names[first], names[second]))
    pairs += [(name, "e") for name in names if name not in {a for a, b in pairs if names.index(a) < names.index(b)}]
    pairs.insert(0, ("s", names[0]))
    order = ["s", *names, "e"]
    graph.kinds["s"] = "start"
    tasks = 0
    for source, target in pairs:
        back = order.index(target) <= order.index(source)
        if back or (source != "s" and dice.number(0, 2) > 0):
            tasks += 1
            graph.kinds[f"t{tasks}"] = "task"
            graph.flow(source, f"t{tasks}")
            graph.flow(f"t{tasks}", target)
        else:
            graph.flow(source, target)
    for name in names:
        alone = len(graph.into(name)) == 1 and len(graph.out_of(name)) == 1
        graph.kinds[name] = (
            "task" if alone else dice.one_of("exclusive", "exclusive", "parallel", "inclusive", "inclusive")
        )
    graph.kinds["e"] = "end"
    return graph


class Game:
    """Tokens on flows, and tasks that hold one."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tokens: Counter[str] = Counter()
        self.tasks: Counter[str] = Counter()
        self.choice: list[str] = []
        self.send("s")
        self.settle()

    @property
    def over(self) -> bool:
        return not +self.tokens and not +self.tasks

    def complete(self, task: str, choice: list[str]) -> None:
        self.choice = choice
        self.tasks[task] -= 1
        self.send(task)
        self.settle()

    def send(self, node: str) -> None:
        """Tokens leave the node, as many as it says."""
        out, kind = self.graph.out_of(node), self.graph.kinds[node]
        if kind in {"exclusive", "inclusive"} and len(out) > 1:
            chosen = [id_ for id_ in out[:-1] if id_ in self.choice] or [out[-1]]
            out = chosen if kind == "inclusive" else chosen[:1]
        self.tokens.update(out)

    def settle(self) -> None:
        while any(self.pass_(node) for node in self.graph.kinds) or any(self.join(node) for node in self.graph.kinds):
            pass

    def pass_(self, node: str) -> bool:
        """Whatever need not look further than its own flows."""
        kind, into = self.graph.kinds[node], self.graph.into(node)
        waiting = [id_ for id_ in into if self.tokens[id_]]
        if not waiting or (kind == "inclusive" and len(into) > 1):
            return False
        if kind == "parallel":
            if len(waiting) < len(into):
                return False
            self.tokens.subtract(into)
        else:
            self.tokens[waiting[0]] -= 1
        if kind == "task":
            self.tasks[node] += 1
        elif kind != "end":
            self.send(node)
        return True

    def join(self, node: str) -> bool:
        """An inclusive gateway: when no token elsewhere can come to one of its empty flows, unless it can come to one that
        has a token as well.
        """
        into = self.graph.into(node)
        if self.graph.kinds[node] != "inclusive" or len(into) < 2:
            return False
        full = {id_ for id_ in into if self.tokens[id_]}
        if not full:
            return False
        places = [id_ for id_ in +self.tokens if id_ not in into]
        places += [id_ for task in +self.tasks for id_ in self.graph.out_of(task)]
        for place in places:
            reached = self.reached(place, node)
            if reached & set(into) - full and not reached & full:
                return False
        self.tokens.subtract(full)
        self.send(node)
        return True

    def reached(self, flow_id: str, without: str) -> set[str]:
        """Flows that a token on this one can come to without passing that node."""
        found: set[str] = set()
        stack = [flow_id]
        while stack:
            id_ = stack.pop()
            if id_ not in found:
                found.add(id_)
                target = self.graph.flows[id_][1]
                stack += self.graph.out_of(target) if target != without else []
        return found


def lead(seed: int) -> int:
    dice = Dice(seed)
    graph = random_graph(dice)
    run, game = Run(graph.draw(), {"valg": []}, reload=True), Game(graph)
    for step in range(STEPS):
        assert Counter(run.open) == +game.tasks
        assert run.done == game.over
        if not run.open or len(run.open) > CROWD:
            return step
        wait = dice.one_of(*sorted(run.waits.values(), key=lambda w: w.key))
        choice = [id_ for id_ in graph.flows if dice.coin()]
        run.apply(TaskCompleted(wait.key, {"valg": choice}))
        game.complete(wait.element_id, choice)
    return STEPS


def test_any_graph_plays_the_token_game(capsys: pytest.CaptureFixture[str]) -> None:
    steps = []
    for seed in range(SEED, SEED + EXAMPLES):
        try:
            steps.append(lead(seed))
        except Exception as fault:
            raise AssertionError(f"FORLOEB_SEED={seed} FORLOEB_EXAMPLES=1 shows it") from fault
    with capsys.disabled():
        sys.stdout.write(f"\n{len(steps)} flow graphs, {sum(steps)} steps, FORLOEB_SEED={SEED}\n")
