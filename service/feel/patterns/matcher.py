"""Matching without running away: a backtracking machine that never tries the same thing twice.

The pattern becomes a small program. A state is (instruction, position); without back references a state that failed
once fails always, so each is tried at most once and the time is bounded by program × text. With back references the same
machine runs without that memory, and the evaluation's steps bound it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..environment import Environment
from .syntax import UNBOUNDED, Back, Border, Choice, Group, One, Part, Repeat, Sequence

MAX_PROGRAM = 20_000
STEPS_PER_CHARGE = 64

# Instructions: (what, argument, argument)
CHAR, SPLIT, JUMP, SAVE, PLACE, BACK, MARK, MOVED, DONE = range(9)
Instruction = tuple[int, Any, Any]


@dataclass(slots=True)
class Program:
    """A compiled pattern; `slots` counts remembered positions, `exact` says whether states may be remembered."""

    code: list[Instruction]
    slots: int
    exact: bool


class _Builder:
    def __init__(self, groups: int, flags: int) -> None:
        self.code: list[Instruction] = []
        self.slots = 2 * (groups + 1)
        self.flags = flags
        self.exact = True

    def add(self, what: int, first: Any = None, second: Any = None) -> int:
        if len(self.code) >= MAX_PROGRAM:
            raise ValueError("the pattern's repetitions multiply to too much")
        self.code.append((what, first, second))
        return len(self.code) - 1

    def build(self, part: Part) -> None:
        match part:
            case One(source):
                self.add(CHAR, re.compile(source, self.flags).match)
            case Sequence(parts):
                for inner in parts:
                    self.build(inner)
            case Choice(options):
                self._choice(options)
            case Repeat():
                self._repeat(part)
            case Group(number, inner):
                self.add(SAVE, 2 * number)
                self.build(inner)
                self.add(SAVE, 2 * number + 1)
            case Back(number):
                self.exact = False
                self.add(BACK, number)
            case Border(source):
                self.add(PLACE, re.compile(source).match)

    def _choice(self, options: tuple[Part, ...]) -> None:
        ends = []
        for option in options[:-1]:
            split = self.add(SPLIT)
            self.build(option)
            ends.append(self.add(JUMP))
            self.code[split] = (SPLIT, split + 1, len(self.code))
        self.build(options[-1])
        for end in ends:
            self.code[end] = (JUMP, len(self.code), None)

    def _repeat(self, part: Repeat) -> None:
        for _ in range(part.least):
            self.build(part.part)
        if part.most == UNBOUNDED:
            self._loop(part)
            return
        splits = []
        for _ in range(part.most - part.least):
            splits.append(self.add(SPLIT))
            self.build(part.part)
        for split in splits:
            self.code[split] = self._fork(split + 1, len(self.code), greedy=part.greedy)

    def _loop(self, part: Repeat) -> None:
        slot = self.slots
        self.slots += 1
        split = self.add(SPLIT)
        self.add(MARK, slot)
        self.build(part.part)
        self.add(MOVED, slot)
        self.add(JUMP, split)
        self.code[split] = self._fork(split + 1, len(self.code), greedy=part.greedy)

    @staticmethod
    def _fork(inside: int, after: int, *, greedy: bool) -> Instruction:
        return (SPLIT, inside, after) if greedy else (SPLIT, after, inside)


def build(part: Part, groups: int, flags: int) -> Program:
    """The program of a pattern; ValueError when it would be too large."""
    builder = _Builder(groups, flags)
    builder.build(part)
    builder.add(DONE)
    return Program(builder.code, builder.slots, builder.exact)


def search(program: Program, text: str, start: int, env: Environment, ignore_case: bool) -> list[int] | None:
    """The remembered positions (2 per group, -1 where it took no part) of the first match at or after `start`."""
    seen: set[int] = set()
    for begin in range(start, len(text) + 1):
        found = _run(program, text, begin, env, seen, ignore_case)
        if found is not None:
            return found
    return None


def _run(
    program: Program, text: str, begin: int, env: Environment, seen: set[int], ignore_case: bool
) -> list[int] | None:
    code, size = program.code, len(text) + 1
    slots = [-1] * program.slots
    slots[0] = begin
    waiting: list[tuple[int, int, list[int]]] = [(0, begin, slots)]
    steps = 0
    while waiting:
        at, position, slots = waiting.pop()
        while True:
            steps += 1
            if steps % STEPS_PER_CHARGE == 0:
                env.spend(STEPS_PER_CHARGE)
            if program.exact:
                state = at * size + position
                if state in seen:
                    break
                seen.add(state)
            what, first, second = code[at]
            if what == CHAR:
                found = first(text, position)
                if found is None:
                    break
                at, position = at + 1, found.end()
            elif what == SPLIT:
                waiting.append((second, position, slots))
                at = first
            elif what == JUMP:
                at = first
            elif what in {SAVE, MARK}:
                slots = slots.copy()
                slots[first] = position
                at += 1
            elif what == MOVED:
                if not program.exact and slots[first] == position:
                    break
                at += 1
            elif what == PLACE:
                if first(text, position) is None:
                    break
                at += 1
            elif what == BACK:
                piece = text[slots[2 * first] : slots[2 * first + 1]] if slots[2 * first + 1] >= 0 else ""
                there = text[position : position + len(piece)]
                if there != piece and not (ignore_case and there.casefold() == piece.casefold()):
                    break
                at, position = at + 1, position + len(piece)
            else:
                slots = slots.copy()
                slots[1] = position
                return slots
    return None
