"""The server is killed (kill -9) in the midst of something, and the same click is done again: it is done once."""

import requests

from ..matrix_client import Refused
from .clicks import CLICKS, crons
from .plant import Wrong, difference


def rows(plant):
    return [(f"killed in {click.title}", lambda plant, click=click: _killed(plant, click)) for click in (*CLICKS, *crons(plant))]


def _killed(plant, click):
    """Killed at several points, each time in a fresh copy, and compared with what comes of it when nothing happens.

    :returns: how often it was killed, for the line.
    """
    before = plant.fingerprint()
    server = plant.up()
    person = server.person(click.role)
    _click(click, person, plant, "count")
    statements, commits = server.last_counts()
    wanted = plant.fingerprint()
    if wanted == before:
        raise Wrong("there was nothing to do, so nothing could go wrong")
    plant.check_books()
    points = [f"execute {max(statements // 2, 1)}", "before 1", "after 1"]
    if click.is_cron:
        points = [f"execute {statements // 2}", f"execute {statements * 3 // 4}", f"after {commits // 2}", f"before {commits}"]
    for point in points:
        plant.renew()
        _kill_at(plant, click, point)
        found = plant.fingerprint()
        if found != wanted:
            raise Wrong(f"killed at {point} of {statements} and {commits}: {difference(wanted, found)}")
        plant.check_books()
    return f"killed {len(points)} times"


def _kill_at(plant, click, point):
    """Killed there, started, and clicked again; what was committed before may be refused now, or is known again."""
    server = plant.up()
    person = server.person(click.role)
    try:
        _click(click, person, plant, point)
    except requests.RequestException:
        pass
    if not server.has_died():
        raise Wrong(f"not killed at {point}")
    person = plant.up().person(click.role)
    try:
        _click(click, person, plant)
    except (Refused, Wrong) as refusal:
        if click.is_known_again or not point.startswith("after"):
            raise Wrong(f"killed at {point}, and refused afterwards: {refusal}")


def _click(click, person, plant, point=None):
    click.prepare(person, plant)
    if point:
        person.web.headers["X-Mishap"] = point
    try:
        problems = click.act(person, plant)
    finally:
        person.web.headers.pop("X-Mishap", None)
    if isinstance(problems, list) and problems:
        raise Wrong(f"{click.title}: {problems[0]}")
