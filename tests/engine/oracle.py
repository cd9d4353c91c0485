"""What block-structured processes mean, told without tokens: an independent reference for the engine.

Every block is begun with what follows it (`then`) and hands on when it is done. What can be interrupted is a `Region`: ending
one ends all that lies in it. Nothing of the engine is used here; `test_oracle.py` lets both run side by side.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Then = Callable[[], None]
Path = tuple[int, ...]
"""Numbers of the instances and rounds around something, innermost first."""


@dataclass(eq=False)
class Wait:
    """Something from outside that can happen: a task that can be done, a message, a timer, a signal."""

    id: str
    path: Path
    kind: str
    region: Region
    fire: Callable[[frozenset[str]], None]
    """Takes the branches chosen, where the task is asked for them."""
    host: Host | None = None


class World:
    """One run."""

    def __init__(self) -> None:
        self.waits: list[Wait] = []
        self.finished: Counter[str] = Counter()
        self.over = False
        self._queue: deque[tuple[Region, int, Then]] = deque()

    def later(self, region: Region, then: Then) -> None:
        """Next, unless what is in the region has been ended by then."""
        self._queue.append((region, region.cleared, then))

    def settle(self) -> None:
        while self._queue:
            region, cleared, then = self._queue.popleft()
            if region.alive and region.cleared == cleared:
                then()

    def wait(self, wait: Wait) -> None:
        self.waits.append(wait)

    def do(self, wait: Wait, chosen: frozenset[str] = frozenset()) -> None:
        wait.fire(chosen)
        self.settle()

    def signal(self) -> None:
        """To all who wait for it now, those who began first before the others."""
        for wait in [w for w in self.waits if w.kind == "signal"]:
            if wait in self.waits:
                wait.fire(frozenset())


class Region:
    """What can be ended from outside."""

    def __init__(self, world: World, around: Region | None) -> None:
        self.world, self.alive, self.cleared = world, True, 0
        self.inside: list[Region] = []
        if around is not None:
            around.inside.append(self)

    def end(self) -> None:
        self.alive = False
        self.clear()

    def clear(self) -> None:
        self.cleared += 1
        for region in self.inside:
            region.end()
        self.inside = []
        self.world.waits = [wait for wait in self.world.waits if wait.region is not self]


@dataclass(frozen=True)
class Trigger:
    """`message`, `signal`, `timer` (once), `cycle`, `error` or `escalation`."""

    kind: str
    code: str | None = None

    def catches(self, kind: str, code: str) -> bool:
        return self.kind == kind and self.code in {None, code}

    @property
    def waits_as(self) -> str | None:
        return {"message": "message", "signal": "signal", "timer": "timer", "cycle": "timer"}.get(self.kind)


class Scope(Region):
    """The inside of a process or sub-process: done when nothing is under way in it any more."""

    def __init__(self, world: World, host: Host | None, path: Path, then: Then, handlers: tuple[Handler, ...]) -> None:
        super().__init__(world, host)
        self.host, self.path, self.then = host, path, then
        self.under_way = 0
        self.listening = list(handlers)

    def begin(self, block: Block) -> None:
        for handler in self.listening:
            handler.listen(self)
        self.go(block)

    def go(self, block: Block) -> None:
        """One more path begins."""
        self.under_way += 1
        self.world.later(self, lambda: block.begin(self, self.stop))

    def stop(self) -> None:
        """A path has ended."""
        self.under_way -= 1
        if not self.under_way:
            self.end()
            self.then()

    def cut(self) -> None:
        """Everything in it ends, and it is done."""
        self.end()
        self.then()


class Host(Region):
    """An activity under way, with the events on its edge."""

    def __init__(
        self, block: Activity, scope: Scope, then: Then, *, edges: bool = True, handler: Handler | None = None
    ) -> None:
        super().__init__(scope.world, scope)
        self.block, self.scope, self.then, self.handler = block, scope, then, handler
        self.edges = list(block.edges) if edges else []
        for edge in self.edges:
            edge.listen(self)

    def finish(self) -> None:
        self.end()
        self.world.finished[self.block.id] += 1
        self.then()


@dataclass(frozen=True)
class Edge:
    """An event on the edge: interrupting, its way joins that of the activity; else it leads to a task of its own and ends."""

    id: str
    trigger: Trigger
    interrupting: bool
    after: Block

    def listen(self, host: Host) -> None:
        kind = self.trigger.waits_as
        if kind is not None:
            wait = Wait(self.id, host.scope.path, kind, host, lambda _: self.fire(host), host)
            host.world.wait(wait)

    def fire(self, host: Host) -> None:
        world, scope = host.world, host.scope
        if self.interrupting:
            host.end()
            world.later(scope, lambda: self.go(scope, host.then))
            return
        if self.trigger.kind == "timer":
            world.waits = [w for w in world.waits if not (w.region is host and w.id == self.id)]
        scope.under_way += 1
        world.later(scope, lambda: self.go(scope, scope.stop))

    def go(self, scope: Scope, then: Then) -> None:
        scope.world.finished[self.id] += 1
        self.after.begin(scope, then)


@dataclass(frozen=True)
class Handler:
    """An event sub-process."""

    id: str
    trigger: Trigger
    interrupting: bool
    body: Block

    def listen(self, scope: Scope) -> None:
        kind = self.trigger.waits_as
        if kind is not None:
            scope.world.wait(Wait(f"{self.id}_s", scope.path, kind, scope, lambda _: self.fire(scope)))

    def fire(self, scope: Scope) -> None:
        if self.interrupting:
            scope.clear()
            scope.listening, scope.under_way = [], 0
        elif self.trigger.kind == "timer":
            world = scope.world
            world.waits = [w for w in world.waits if not (w.region is scope and w.id == f"{self.id}_s")]
        scope.under_way += 1
        scope.world.later(scope, lambda: self.go(scope))

    def go(self, scope: Scope) -> None:
        host = Host(Activity(self.id), scope, scope.stop, handler=self)
        Scope(scope.world, host, scope.path, host.finish, ()).begin(self.body)


def catchers(kind: str, code: str, host: Host | None, scope: Scope) -> Iterator[Then]:
    """Who would catch it, the nearest first; on one level the exact code before any."""
    while True:
        if host is not None:
            fitting = [e for e in host.edges if e.trigger.catches(kind, code)]
            for edge in sorted(fitting, key=lambda e: e.trigger.code is None):
                yield lambda edge=edge, host=host: edge.fire(host)  # type: ignore[misc]
        own = host.handler if host is not None else None
        fits = [h for h in scope.listening if h.trigger.catches(kind, code) and h is not own]
        for handler in sorted(fits, key=lambda h: h.trigger.code is None):
            yield lambda handler=handler, scope=scope: handler.fire(scope)  # type: ignore[misc]
        if scope.host is None:
            return
        host, scope = scope.host, scope.host.scope


# -- blocks -------------------------------------------------------------------------------------------------------------


class Block(ABC):
    @abstractmethod
    def begin(self, scope: Scope, then: Then) -> None:
        """Begin it in the scope; `then` when it is done."""


@dataclass(frozen=True)
class Nothing(Block):
    """Elements that wait for nothing."""

    ids: tuple[str, ...] = ()

    def begin(self, scope: Scope, then: Then) -> None:
        scope.world.finished.update(self.ids)
        scope.world.later(scope, then)


@dataclass(frozen=True)
class Activity(Block):
    id: str
    edges: tuple[Edge, ...] = ()

    def begin(self, scope: Scope, then: Then) -> None:
        self.work(Host(self, scope, lambda: scope.world.later(scope, then)))

    def begin_one(self, scope: Scope, then: Then) -> None:
        """One of several instances: the edges are those of all together."""
        self.work(Host(self, scope, then, edges=False))

    def work(self, host: Host) -> None:
        host.finish()


@dataclass(frozen=True)
class Waiting(Activity):
    """A user task, a job, a receiving task or event: `kind` is what it waits for. `asks` names the choices it is asked for."""

    kind: str = "task"

    def work(self, host: Host) -> None:
        host.world.wait(Wait(self.id, host.scope.path, self.kind, host, lambda _: host.finish(), host))


@dataclass(frozen=True)
class Sub(Activity):
    """A sub-process, a transaction or a called process."""

    body: Block = field(default_factory=Nothing)
    handlers: tuple[Handler, ...] = ()

    def work(self, host: Host) -> None:
        Scope(host.world, host, host.scope.path, host.finish, self.handlers).begin(self.body)


@dataclass(frozen=True)
class Several(Activity):
    """Several instances of an activity, or rounds of it: `count` of them, of which `enough` are enough."""

    one: Activity = field(default_factory=lambda: Activity(""))
    count: int = 1
    in_turn: bool = False
    enough: int | None = None

    def work(self, host: Host) -> None:
        done = 0

        def begin(number: int) -> None:
            inside = Scope(host.world, host, (number, *host.scope.path), lambda: None, ())
            self.one.begin_one(inside, lambda: ended(number))

        def ended(number: int) -> None:
            nonlocal done
            done += 1
            if done in {self.count, self.enough}:
                host.world.finished[self.id] -= 1  # the body is no pass of its own
                host.finish()
            elif self.in_turn:
                begin(number + 1)

        if not self.count:
            host.world.finished[self.id] -= 1
            host.finish()
        for number in range(1, (1 if self.in_turn else self.count) + 1):
            begin(number)


@dataclass(frozen=True)
class Throw(Block):
    id: str
    kind: str
    code: str = ""

    def begin(self, scope: Scope, then: Then) -> None:
        def go_on() -> None:
            scope.world.finished[self.id] += 1
            scope.world.later(scope, then)

        before = scope.cleared
        if self.kind == "signal":
            scope.world.signal()
        else:
            found = next(catchers(self.kind, self.code, None, scope), None)
            if found is not None:
                found()
        if scope.cleared == before:  # else the thrower was ended by what it threw
            scope.world.later(scope, go_on)


@dataclass(frozen=True)
class Seq(Block):
    parts: tuple[Block, ...]

    def begin(self, scope: Scope, then: Then) -> None:
        def go(number: int) -> None:
            if number == len(self.parts):
                then()
            else:
                self.parts[number].begin(scope, lambda: go(number + 1))

        go(0)


def together(scope: Scope, blocks: tuple[Block, ...], then: Then) -> None:
    """Begin them all; go on when all are done."""
    left = len(blocks)

    def ended() -> None:
        nonlocal left
        left -= 1
        if not left:
            then()

    for block in blocks:
        scope.world.later(scope, lambda block=block: block.begin(scope, ended))  # type: ignore[misc]


@dataclass(frozen=True)
class Par(Block):
    parts: tuple[Block, ...]

    def begin(self, scope: Scope, then: Then) -> None:
        together(scope, self.parts, then)


@dataclass(frozen=True)
class Choice(Block):
    """A task that is asked which of the branches to take; one, or several at once. None chosen: the last."""

    ask: str
    branches: tuple[Block, ...]
    several: bool

    def begin(self, scope: Scope, then: Then) -> None:
        host = Host(Activity(self.ask), scope, lambda: None)

        def chosen(names: frozenset[str]) -> None:
            host.finish()
            taken = [b for n, b in enumerate(self.branches[:-1]) if f"{self.ask}_{n}" in names] or [self.branches[-1]]
            together(scope, tuple(taken if self.several else taken[:1]), then)

        scope.world.wait(Wait(self.ask, scope.path, "task", host, chosen, host))


@dataclass(frozen=True)
class Again(Block):
    """A loop drawn with flows: a task at its end is asked whether there is another round."""

    body: Block
    ask: str

    def begin(self, scope: Scope, then: Then) -> None:
        def asked() -> None:
            host = Host(Activity(self.ask), scope, lambda: None)

            def chosen(names: frozenset[str]) -> None:
                host.finish()
                if f"{self.ask}_0" in names:
                    scope.world.later(scope, lambda: self.body.begin(scope, asked))
                else:
                    scope.world.later(scope, then)

            scope.world.wait(Wait(self.ask, scope.path, "task", host, chosen, host))

        self.body.begin(scope, asked)


@dataclass(frozen=True)
class First(Block):
    """The first of several events."""

    events: tuple[tuple[str, str], ...]
    """Id and kind."""

    def begin(self, scope: Scope, then: Then) -> None:
        region = Region(scope.world, scope)

        def happened(id_: str) -> None:
            region.end()
            scope.world.finished[id_] += 1
            scope.world.later(scope, then)

        for id_, kind in self.events:
            scope.world.wait(Wait(id_, scope.path, kind, region, lambda _, id_=id_: happened(id_)))  # type: ignore[misc]


@dataclass(frozen=True)
class Cut(Block):
    """A terminating end."""

    id: str

    def begin(self, scope: Scope, then: Then) -> None:
        scope.world.finished[self.id] += 1
        scope.cut()
