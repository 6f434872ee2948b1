"""What a step is: a story that is told of us and of each peer, with what it may take."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    """:param place: its database, see ``PEERS`` in scripts/kw/bench.py."""

    name: str
    story: Callable
    place: str


@dataclass(frozen=True)
class Step:
    """A story counts clicks at the place that it is given.

    :param limits: queries that all its clicks together may take, by its size: first that of the bench, last that of the
        tests. A little above what it takes today; who needs more says here what for.
    :param goal: ``queries`` at most, times the peer's ``cpu``, ``more`` queries than the peer.
    :param rounds: it is told so often at most.
    :param needs: a model that is not in every database.
    """

    name: str
    title: str
    story: Callable
    limits: dict
    peers: tuple = ()
    goal: dict = field(default_factory=dict)
    rounds: int = 100
    needs: str = "base"

    def is_wanted(self, words):
        return not words or any(word in self.name for word in words)

    def reaches(self, queries, peer_queries=None, cpu=None):
        """The goals in words, each with whether it is reached; those that nothing is known about are left out."""
        found = {"queries": queries, "cpu": cpu, "more": None if peer_queries is None else queries - peer_queries}
        words = {"queries": "{} queries", "cpu": "{} × CPU", "more": "{} more"}
        return {
            words[key].format(f"{most:,}"): found[key] <= most for key, most in self.goal.items() if found[key] is not None
        }
