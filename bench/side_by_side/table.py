"""Tells every step at all places in turn, and prints what it takes."""

import contextlib
import gc
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from .place import Place
from .steps import STEPS

HEADS = ("step", "queries", "limit", "peer", "its queries", "×", "CPU ×", "Python ×", "goal")


class Told:
    """One story at one place, and what it took."""

    def __init__(self, place, story, size):
        self.place, self.story, self.size = place, story, size
        self.python, self.cpu, self.clicks = 0.0, 0.0, []

    @property
    def queries(self):
        return sum(self.clicks)

    def tell(self, counts=True):
        self.place.forget()
        self.story(self.place, self.size)
        if counts:
            self.python += self.place.python
            self.cpu += self.place.python + self.place.postgres
            self.clicks = self.place.clicks


def run(places, plants, words, rounds):
    """Print the steps that are named, or all.

    :param dict places: names of databases by what is in them.
    :param dict plants: likewise by their number of work orders.
    :returns: which steps fail or take more queries than their limit, in words.
    """
    steps = [step for step in STEPS if step.is_wanted(words)]
    if not steps:
        return []
    with contextlib.ExitStack() as stack:
        envs = {
            place: api.Environment(stack.enter_context(Registry(database).cursor()), SUPERUSER_ID, {})
            for place, database in {**places, **plants}.items()
        }
        gc.collect()
        gc.freeze()  # what is loaded stays; looking at it in the middle of a click would be noise
        rows, growth, wrong = [], [], []
        for step in steps:
            print(f"... {step.name}", file=sys.stderr, flush=True)
            try:
                told = _tell(step, envs, plants, min(rounds, step.rounds))
            except Exception as error:
                wrong.append(f"{step.name} failed: {type(error).__name__}: {error}")
                continue
            finally:
                _forget(envs)
            limit = next(iter(step.limits.values()))
            if told["ours"].queries > limit:
                wrong.append(f"{step.name}: {told['ours'].clicks} are {told['ours'].queries} queries, at most {limit}")
            rows += _rows(step, told, limit)
            growth.append(_growth(step, told, plants))
    few, many = plants
    _print_table(HEADS, rows)
    _print_table(("step", f"at {few:,} work orders", f"at {many:,}", "more", "CPU ×"), growth)
    return wrong


def _tell(step, envs, plants, rounds):
    """The step at every place that is there, in turn; the first time, which fills the caches of a server, is not counted."""
    at = {place: Place(env, rounds + 1) for place, env in envs.items()}
    size = next(iter(step.limits))
    told = {"ours": Told(at["ours"], step.story, size), **{plant: Told(at[plant], step.story, size) for plant in plants}}
    told |= {peer: Told(at[peer.place], peer.story, size) for peer in step.peers if peer.place in at}
    for number in range(rounds + 1):
        for one in told.values():
            one.tell(counts=number > 0)
    return told


def _forget(envs):
    for env in envs.values():
        env.cr.precommit.clear()
        env.cr.postcommit.clear()
        env.cr.rollback()
        env.invalidate_all(flush=False)
        env.registry.clear_all_caches()


def _rows(step, told, limit):
    ours = told["ours"]
    clicks = f" ({' + '.join(map(str, ours.clicks))})" if 1 < len(ours.clicks) < 8 else ""
    row = (step.title.format(size=ours.size), f"{ours.queries:,}{clicks}", f"{limit:,}")
    if not step.peers:
        return [(*row, "-", "", "", "", "", _judge(step.reaches(ours.queries)))]
    rows = []
    for peer in step.peers:
        if peer not in told:
            rows.append((*row, peer.name, "peer not available", "", "", "", _judge(step.reaches(ours.queries))))
            continue
        its = told[peer]
        cpu = ours.cpu / its.cpu
        goals = step.reaches(ours.queries, its.queries, cpu)
        ratios = (ours.queries / its.queries, cpu, ours.python / its.python)
        rows.append((*row, peer.name, f"{its.queries:,}", *(f"{ratio:.2f}" for ratio in ratios), _judge(goals)))
        row = ("", "", "")
    return rows


def _judge(goals):
    return ", ".join(f"{goal}: {'met' if reached else 'not met'}" for goal, reached in goals.items())


def _growth(step, told, plants):
    few, many = (told[plant] for plant in plants)
    return (step.title.format(size=few.size), f"{few.queries:,}", f"{many.queries:,}", f"{many.queries - few.queries:+,}",
            f"{many.cpu / few.cpu:.2f}")  # fmt: skip


def _print_table(heads, rows):
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    print()
    for row in (heads, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True)
