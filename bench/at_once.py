"""A stage for two people, or two schedulers, who do the same thing at once, on connections of their own.

Both transactions begin before either does anything, so each sees the state before the other; who comes second is
refused with a sentence or tried again, as for a call from the browser.
"""

import os
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from odoo import api
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import new_test_user

import odoo.addons.keepwisely_maintenance as module
from odoo.addons.keepwisely_maintenance.tests.house.random_plant import RandomPlant


class Wrong(AssertionError):
    """Both had their way, or nobody, or something is there twice."""


def scenario(method):
    """Mark a method that is played; its docstring is its title."""
    method.is_scenario = True
    return method


def make_database(name):
    """As `make db` does, with nothing of this shell's connection."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "MAKE"))}
    root = Path(module.__path__[0]).resolve().parent
    subprocess.run(
        [root / "scripts" / "run", "db"],
        cwd=root,
        env=environment | {"DB": name, "DEMO": ""},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return Registry(name)


class Stage:
    """The scene in a database of its own, committed, and how things are done in it at the same moment.

    :param str database: is made anew; whoever uses the stage drops it.
    """

    def __init__(self, database):
        self.registry = registry = make_database(database)
        with registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.plant = RandomPlant(env, 0)
            for role, group in (("buyer", "purchase.group_purchase_user"), ("procurement", "purchase.group_purchase_manager"),
                                ("storekeeper", "stock.group_stock_user")):  # fmt: skip
                user = new_test_user(env, login=f"plant_second_{role}", groups=group, notification_type="inbox")
                setattr(self.plant, f"second_{role}", user)
            self.belt = self.plant.products.filtered(lambda product: product.name == "Belt")
            self.turbine = self.plant.products.filtered(lambda product: product.name == "Turbine")

    @contextmanager
    def commit(self):
        """Everything that is set or looked at, in a transaction of its own."""
        with self.registry.cursor() as cr:
            self._bind(api.Environment(cr, api.SUPERUSER_ID, {"no_reset_password": True}))
            yield self.plant.env

    def _bind(self, env):
        self.plant.env = env
        for owner in (self, self.plant):
            for name, value in vars(owner).items():
                if isinstance(value, BaseModel):
                    setattr(owner, name, value.with_env(env))

    def at_once(self, *actions):
        """Do the actions at the same time.

        :param actions: pairs of user id and a function of an environment.
        :returns: for each what came of it, in words, and how often it was tried.
        """
        barrier, outcomes = threading.Barrier(len(actions)), [None] * len(actions)

        def act(number, user_id, function):
            threading.current_thread().dbname = self.registry.db_name
            tries = 0
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, {})

                def attempt():
                    nonlocal tries
                    tries += 1
                    cr.execute("SELECT 1")  # from here on the transaction sees nothing of the other
                    if tries == 1:
                        barrier.wait(60)
                    return function(env)

                try:
                    retrying(attempt, env)
                    cr.commit()
                    outcomes[number] = ("done", tries)
                except UserError as refusal:
                    cr.rollback()
                    outcomes[number] = (f"refused: {refusal}", tries)
                except Exception as error:
                    cr.rollback()
                    outcomes[number] = (f"FAILED: {type(error).__name__}: {error}", tries)

        threads = [threading.Thread(target=act, args=(number, *action)) for number, action in enumerate(actions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        if any(outcome is None or outcome[0].startswith("FAILED") for outcome in outcomes):
            raise Wrong(f"not refused with a sentence: {outcomes}")
        return outcomes

    def run(self, rounds):
        """Play every scenario so often, and print what came of it."""
        for method in vars(type(self)).values():
            for number in range(rounds if hasattr(method, "is_scenario") else 0):
                title, start = method.__doc__.rstrip("."), time.monotonic()
                try:
                    outcomes = method(self)
                    with self.commit():
                        self.plant.check_all(full=True)
                    verdict = "right"
                except AssertionError as error:
                    outcomes, verdict = [], f"WRONG: {error}"
                print(f"{title}, {number + 1}: {verdict} ({time.monotonic() - start:.1f} s)")
                for outcome, tries in outcomes:
                    print(f"    {outcome}{f', at the {tries}. try' if tries > 1 else ''}")

    # -- The scene ------------------------------------------------------------------------------------

    def job(self, quantity, product=None, ask=True, on_hand=None, **values):
        """The id of a work order with one part, for a product of its own of which ``on_hand`` are there."""
        plant = self.plant
        if product is None:
            product = self.belt.copy({"name": "Belt"})
            product.seller_ids = [(0, 0, {"partner_id": plant.vendors[0].id, "price": 7, "delay": 3})]
            plant.products |= product
            if on_hand:
                plant._put_in_stock(product, plant.stock, on_hand)
        request = plant.env["maintenance.request"].with_user(plant.planner).create(
            {"name": "At once", "equipment_id": plant.assets[0].id, "user_id": plant.technician.id, **values}
        )
        request.action_approve()
        request.action_assign()
        plant.env["stock.move"].with_user(plant.technician).create(
            {"maintenance_request_id": request.id, "product_id": product.id, "product_uom_qty": quantity}
        )
        if ask:
            request.action_request_parts(offer=False)
        return request.with_env(plant.env)

    def winners(self, outcomes, least, most):
        done = sum(outcome == "done" for outcome, _tries in outcomes)
        if not least <= done <= most:
            raise Wrong(f"{done} had their way: {outcomes}")
        return outcomes
