"""Random nests of sub-processes in which things are done and then undone: always in reverse, reloaded or not."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count

import pytest

from .drawing import again, chain, compensate, diagram, end, many, script, start, sub, throw, undone, user
from .driver import Run

RUNS = 60


@dataclass
class Nest:
    """A random scope: what it is drawn as, and in which order its activities are undone."""

    dice: random.Random
    ids: count[int] = field(default_factory=count)

    def scope(self, depth: int) -> tuple[list[str], str, list[str]]:
        """Ids along its path, the drawing, and the undoing of one run of it (latest first)."""
        path, drawn, back = [], "", []
        for _ in range(self.dice.randint(1, 3)):
            id_ = f"n{next(self.ids)}"
            kind = self.dice.choice(["done", "done", "wait", "plain", "nest"] if depth else ["done", "wait"])
            if kind == "nest":
                inside, undoing = self.nest(id_, depth - 1)
                drawn += inside
            elif kind == "done":
                drawn += script(id_, "=1", "x") + self.handler(id_)
                undoing = [id_]
            else:
                drawn += user(id_) if kind == "wait" else script(id_, "=1", "x")
                undoing = []
            path.append(id_)
            back = undoing + back
        return path, drawn, back

    def nest(self, id_: str, depth: int) -> tuple[str, list[str]]:
        path, drawn, back = self.scope(depth)
        marker = self.dice.choice(["", "", again(most=2), many("=[1,2]", "i"), many("=[1,2]", "i", sequential=True)])
        inner = start(f"{id_}_s") + drawn + end(f"{id_}_e") + chain(f"{id_}_s", *path, f"{id_}_e")
        if marker and self.dice.random() < 0.5:
            return sub(id_, inner, inner=marker) + self.handler(id_), [id_]
        return sub(id_, inner, inner=marker), back * (2 if marker else 1)

    @staticmethod
    def handler(host: str) -> str:
        return undone(host, script(f"{host}_u", f'=append(if spor = null then [] else spor, "{host}")', "spor"))


@pytest.mark.parametrize("seed", range(RUNS))
def test_what_was_done_is_undone_in_reverse(seed: int) -> None:
    nest = Nest(random.Random(seed))
    path, drawn, back = nest.scope(3)
    file = diagram(start(), drawn, throw("t", compensate()), end(), chain("s", *path, "t", "e"))
    for reload in (True, False):
        r = Run(file, reload=reload)
        picks = random.Random(seed)
        while not r.done:
            assert r.tasks, (r.frozen, r.open)
            index = picks.randrange(len(r.tasks))
            element = r.tasks[index]
            r.do(element, r.tasks[:index].count(element))
        told = r.variables.get("spor", [])
        assert sorted(told) == sorted(back)
        if len(set(back)) == len(back):
            assert told == back
