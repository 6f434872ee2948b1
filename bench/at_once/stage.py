"""A stage for two people, or two schedulers, who do the same thing at once, on connections of their own.

Both transactions begin before either does anything, so each sees the state before the other; who comes second is
refused with a sentence or tried again, as for a call from the browser.
"""

import threading
import time
from contextlib import contextmanager, suppress

import psycopg2

from odoo import api
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import new_test_user

from odoo.addons.keepwisely_maintenance.tests.house.random_plant import RandomPlant


class Wrong(AssertionError):
    """Both had their way, or nobody, or something is there twice."""


def scene(function):
    """Mark a function of the stage that is played; its docstring is its title."""
    function.is_scene = True
    return function


def scenes_of(module):
    return [value for value in vars(module).values() if getattr(value, "is_scene", False)]


class Stage:
    """A plant in a database of its own, committed, and how things are done in it at the same moment.

    :param str database: has the module and nothing else; whoever uses the stage drops it.
    :attr played: how many scenes were played, the present one included.
    """

    def __init__(self, database):
        self.registry = registry = Registry(database)
        self.played = 0
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

    def kill_when(self, function, condition):
        """Take the connections from what ``function`` does as the superuser, as soon as ``condition`` holds.

        :returns: what ``condition`` returned then.
        """
        def act():
            with suppress(psycopg2.Error, psycopg2.pool.PoolError), self.registry.cursor() as cr:
                function(api.Environment(cr, api.SUPERUSER_ID, {}))

        thread = threading.Thread(target=act)
        thread.start()
        while not (found := condition()):
            if not thread.is_alive():
                raise Wrong("ended before it could be killed")
            time.sleep(0.1)
        with self.registry.cursor() as cr:
            cr.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                       [self.registry.db_name])  # fmt: skip
        thread.join(300)
        return found

    def play(self, scene):
        """What came of it, once nothing in the plant disagrees."""
        self.played += 1
        outcomes = scene(self)
        with self.commit():
            self.plant.check_all(full=True)
        return outcomes

    # -- What scenes need ------------------------------------------------------------------------------------

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
