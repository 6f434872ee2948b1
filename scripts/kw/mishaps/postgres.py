"""PostgreSQL is shut down at once and started again: the server goes on by itself, and a click that was cut off is done once."""

import threading
import time

import requests

from ..matrix_client import Refused
from .clicks import CLICKS
from .plant import Wrong, difference

BACK_AFTER = 60  # seconds at most until clicks are done again


def rows(plant):
    return [("PostgreSQL killed between two clicks", _between), ("PostgreSQL killed in a receipt", _within)]


def _between(plant):
    click = CLICKS[0]
    wanted = _undisturbed(plant, click)
    server = plant.up()
    person = server.person(click.role)
    plant.databases.server.crash()
    _goes_on(plant, server, person, click, wanted)


def _within(plant):
    """It goes while the transaction is open: a lock that somebody else holds keeps the click waiting until then."""
    click = CLICKS[0]
    wanted = _undisturbed(plant, click)
    server = plant.up()
    person = server.person(click.role)
    outcome = []

    def act():
        try:
            click.act(person, plant)
            outcome.append("done")
        except (Refused, requests.RequestException) as refusal:
            outcome.append(refusal)

    with plant.holding("stock_quant"):
        clicking = threading.Thread(target=act)
        clicking.start()
        plant.wait_until_somebody_waits()
        plant.databases.server.crash()
    clicking.join(300)
    if outcome == ["done"]:
        raise Wrong("the click was done although the database was killed in it")
    _goes_on(plant, server, person, click, wanted)


def _undisturbed(plant, click):
    person = plant.up().person(click.role)
    click.act(person, plant)
    wanted = plant.fingerprint()
    plant.renew()
    # PostgreSQL writes no record for the first numbers drawn from a cloned sequence, and would draw them again after a crash
    plant.databases.query("CHECKPOINT")
    return wanted


def _goes_on(plant, server, person, click, wanted):
    plant.databases.server.recover()
    end, last = time.monotonic() + BACK_AFTER, "nothing"
    while time.monotonic() < end:
        try:
            click.act(person, plant)
            break
        except (Refused, requests.RequestException) as refusal:
            last = refusal
            time.sleep(0.5)
    else:
        raise Wrong(f"still refused after {BACK_AFTER} s: {last}")
    if plant.up() is not server:
        raise Wrong("the server had to be started again")
    found = plant.fingerprint()
    if found != wanted:
        raise Wrong(difference(wanted, found))
    plant.check_books()
