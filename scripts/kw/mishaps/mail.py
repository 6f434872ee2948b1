"""The mail server is down, slow, or refuses: clicks are not held up, and what is to be sent goes out later, once."""

import contextlib
import time

from .clicks import CLICKS, run_cron
from .plant import Wrong
from .smtp import SLOW, MailServer

#: Users to whom the clicks write e-mails; natively some would have them in their inbox only.
BY_MAIL = """
    UPDATE res_users SET notification_type = 'email' WHERE login IN ('plant_technician', 'plant_procurement', 'plant_planner')
"""
ADDRESSES = """
    UPDATE res_partner SET email = people.login || '@example.com' FROM res_users people
     WHERE people.partner_id = res_partner.id AND people.login LIKE 'plant_%%'
"""
ROUNDS = 3  # so often the scheduler comes to send


def rows(plant):
    return [(f"mail server {mode}", lambda plant, mode=mode: _mail(plant, mode)) for mode in ("down", "slow", "refusing")]


def _mail(plant, mode):
    with contextlib.closing(MailServer()) as undisturbed:
        _prepare(plant, undisturbed)
        _clicks(plant)
        _send(plant)
        wanted = undisturbed.taken
    if len(wanted) < 2:
        raise Wrong(f"there was hardly anything to send: {wanted}")
    plant.renew()
    with contextlib.closing(MailServer(mode)) as server:
        _prepare(plant, server)
        held = _clicks(plant)
        if held > SLOW / 2:
            raise Wrong(f"a click took {held:.0f} s")
        plant.check_books()
        if mode != "slow":
            _send(plant)
        server.turn("ok")
        _send(plant)
        if server.taken != wanted:
            raise Wrong(f"lost: {dict(wanted - server.taken)}, too often: {dict(server.taken - wanted)}")
    return f"{wanted.total()} mails went out later, once"


def _prepare(plant, server):
    plant.sql(BY_MAIL)
    plant.sql(ADDRESSES)
    admin = plant.up().person("admin")
    admin.call("ir.mail_server", "create", {
        "name": "Here", "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_encryption": "none", "from_filter": False})


def _clicks(plant):
    """:returns: how long the longest one took."""
    longest = 0
    for click in CLICKS[:5]:
        person = plant.up().person(click.role)
        start = time.monotonic()
        click.act(person, plant)
        longest = max(longest, time.monotonic() - start)
    return longest


def _send(plant):
    """The scheduler comes, and once more after what it may wait for."""
    admin = plant.up().person("admin")
    for _round in range(ROUNDS):
        plant.sql("UPDATE mail_mail SET write_date = write_date - INTERVAL '1 hour'")  # as it will be
        run_cron("todo_mails")(admin, plant)
        admin.call("ir.cron", "method_direct_trigger", [plant.world["mails"]])
