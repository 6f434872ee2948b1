"""A plant in which people of every role do random but legal things.

``RandomPlant(env, seed)`` sets the scene; ``run(steps)`` does random steps and checks, every few of
them, that stock, requisitions, orders and work orders agree. The same seed does the same. ``save()``
keeps a plant in its database, from where ``RandomPlant.saved(env)`` goes on. Steps stand in
``random_jobs``, ``random_commands``, ``random_buying``, ``random_bills``, ``random_stores``, ``random_phones`` and
``random_reorder``, what must hold in ``random_checks`` and ``random_money`` besides.
"""

import io
import pickle
import random
from collections import Counter
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import BaseModel
from odoo.tests import new_test_user
from odoo.tools import reset_cached_properties
from odoo.tools.sql import table_exists

from .random_bills import Bills
from .random_buying import Buying
from .random_checks import Checks
from .random_commands import Commands
from .random_jobs import Jobs
from .random_money import Money
from .random_phones import Phones
from .random_reorder import Reorder
from .random_stores import Stores

ROLES = {
    "operator": "base.group_user",
    "technician": "keepwisely_maintenance.group_maintenance_technician",
    "colleague": "keepwisely_maintenance.group_maintenance_technician",
    "planner": "maintenance.group_equipment_manager",
    "buyer": "purchase.group_purchase_user",
    "storekeeper": "stock.group_stock_user",
    "procurement": "purchase.group_purchase_manager",
    "finance": "account.group_account_manager",
}


class Idle(Exception):
    """There is nothing at the moment that the step could be done to."""


class Refused(Exception):
    """The step was refused, as it has to be."""


class Violation(AssertionError):
    """Something does not agree any more; tells the seed and the last steps."""


class _Keeper(pickle.Pickler):
    def persistent_id(self, value):
        return (value._name, value._ids) if isinstance(value, BaseModel) else None


class _Reader(pickle.Unpickler):
    def __init__(self, content, env):
        super().__init__(io.BytesIO(content))
        self.env = env

    def persistent_load(self, key):
        return self.env[key[0]].browse(key[1])


class RandomPlant(Jobs, Commands, Buying, Bills, Stores, Phones, Reorder, Checks, Money):
    """People, assets, parts and vendors, and the random steps of one seed."""

    #: How many steps a violation tells.
    tell = 25

    def __init__(self, env, seed):
        self.env = self._prepare(env)
        self.seed = seed
        self.random = random.Random(seed)
        self.done, self.refused, self.idle, self.checked = Counter(), Counter(), Counter(), Counter()
        self.journal = []
        self.number = 0
        self.raised_by_hand = set()  # requisition lines of which a person wants more than the job does
        self.changed_by_buyer = self.env["purchase.order.line"]
        # amounts decided on, by kind and by requisition line; lines ordered before their decision; closed work orders
        self.decided, self.decided_lines, self.emergency, self.closed = {}, {}, set(), {}
        self.told = {}  # what was ordered, by order line, before the order followed what had come or was billed beyond it
        self._set_the_scene()

    @staticmethod
    def _prepare(env):
        return env(context=dict(env.context, no_reset_password=True, tracking_disable=False))

    # -- Keeping --------------------------------------------------------------------------------------

    def save(self):
        """Keep this plant in its database; the caller commits."""
        self._end_request()
        content = io.BytesIO()
        _Keeper(content).dump({name: value for name, value in vars(self).items() if name != "env"})
        self.env.cr.execute("CREATE TABLE IF NOT EXISTS random_plant (content bytea)")
        self.env.cr.execute("DELETE FROM random_plant")
        self.env.cr.execute("INSERT INTO random_plant VALUES (%s)", [content.getvalue()])

    @classmethod
    def saved(cls, env):
        """The plant that was saved in this database last, or None."""
        if not table_exists(env.cr, "random_plant"):
            return None
        env.cr.execute("SELECT content FROM random_plant")
        plant = cls.__new__(cls)
        plant.env = cls._prepare(env)
        vars(plant).update(_Reader(env.cr.fetchone()[0], plant.env).load())
        return plant

    # -- Running ------------------------------------------------------------------------------------

    def run(self, steps, check_every=10, check_all_every=200, keep=None):
        """Do ``steps`` random steps.

        :param keep: called without arguments each time everything was found in order.
        :raises Violation: something was refused without a reason, broke, or does not agree.
        """
        methods = [getattr(self, name) for name in dir(type(self)) if hasattr(getattr(type(self), name), "weight")]
        weights = [method.weight for method in methods]
        last = self.number + steps
        while self.number < last:
            method = self.random.choices(methods, weights)[0]
            if not self._do(method):
                continue
            self.number += 1
            if self.number % check_every == 0 or self.number == last:
                self._check(full=self.number % check_all_every == 0 or self.number == last)
                if keep:
                    keep()

    def _do(self, method):
        """One step as one request: all of it or nothing, and then what a commit brings.

        :returns: whether it was done or refused; False when there was nothing to do it to.
        """
        name = method.__name__
        self.journal = [*self.journal[-200:], [self.number + 1, name]]
        try:
            with self.env.cr.savepoint():
                method()
                self._end_request()
        except Idle:
            self.idle[name] += 1
            self.journal.pop()
            return False
        except Refused as refusal:
            self.refused[name] += 1
            self.note("refused:", refusal)
        except Violation:
            raise
        except Exception as error:
            raise Violation(self._tell(f"{type(error).__name__}: {error}")) from error
        else:
            self.done[name] += 1
        self._end_request()
        self.env.invalidate_all()
        self._forget_environments()
        return True

    def _forget_environments(self):
        """A request has few environments; to look through those of hundreds of steps takes an eighth of the time."""
        for env in list(self.env.transaction.envs):
            if env is not self.env:
                # what an environment keeps refers to it: without that it goes, unless somebody still holds it
                reset_cached_properties(env)

    def _check(self, full):
        self._end_request()
        try:
            self.check_all(full)
        except Violation:
            raise
        except Exception as error:
            raise Violation(self._tell(f"{type(error).__name__}: {error}")) from error
        self._forget_environments()

    def _end_request(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()

    def _tell(self, what):
        steps = "\n".join("  " + " ".join(map(str, entry)) for entry in self.journal[-self.tell:])
        return f"seed {self.seed}, step {self.number}: {what}\nThe last steps:\n{steps}"

    # -- For the steps --------------------------------------------------------------------------------

    def note(self, *words):
        """Say in the journal what the step is done to."""
        self.journal[-1] += [word.display_name if hasattr(word, "display_name") else word for word in words]

    def pick(self, records):
        """One of ``records``, or stop the step."""
        if not records:
            raise Idle
        return self.random.choice(records.sorted("id") if hasattr(records, "sorted") else records)

    def some(self, records):
        """One or several of ``records``, or stop the step."""
        chosen = self.pick(records)
        while self.random.random() < 0.3:
            chosen |= self.pick(records)
        return chosen

    def chance(self, probability):
        return self.random.random() < probability

    @contextmanager
    def refused_when(self, condition, why, rights=False):
        """What is inside must be refused with a sentence when ``condition`` holds, and only then.

        None as condition means that it may be refused. With ``rights``, native access rights may refuse it as well.
        """
        try:
            with self.env.cr.savepoint():
                yield
        except UserError as error:
            if condition is False or (isinstance(error, AccessError) and not rights):
                raise
            raise Refused(why) from error
        if condition:
            raise AssertionError(f"not refused: {why}")

    # -- The scene --------------------------------------------------------------------------------------

    def _set_the_scene(self):
        env = self.env
        self.company = env.company
        self.day = self.company._get_plant_day()
        for role, group in ROLES.items():
            user = new_test_user(
                env, login=f"plant_{role}", groups=group, name=role.title(), notification_type="inbox"
            )
            setattr(self, role, user)
        self.technician.maintenance_hourly_cost = 40.0
        self.colleague.maintenance_hourly_cost = 35.0
        self.team = env["maintenance.team"].create(
            {"name": "Plant", "member_ids": [Command.set((self.technician | self.colleague).ids)]}
        )
        category = env["maintenance.equipment.category"].create({"name": "Plant", "technician_user_id": False})
        self.assets = env["maintenance.equipment"].create(
            [
                {"name": f"Line {number}", "category_id": category.id, "maintenance_team_id": self.team.id}
                for number in range(1, 4)
            ]
        )
        self.warehouse = env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.warehouse.reception_steps = ("one_step", "two_steps", "three_steps")[self.seed % 3]
        self.stock = self.warehouse.lot_stock_id
        self.shelves = env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id, "usage": "internal"} for name in ("Shelf A", "Shelf B")]
        )
        self.vendors = env["res.partner"].create([{"name": "Bearings & Co"}, {"name": "Pump House"}])
        self.products = self._create_products()
        self.crane = env["product.product"].create({"name": "Crane hire", "type": "service"})
        if self.seed % 2:
            self._add_a_depot()
        self._end_request()

    def _create_products(self):
        """A dozen parts, each with something of its own."""
        env = self.env
        swiss = env.ref("base.CHF")
        swiss.active = True
        env["res.currency.rate"].create(
            {"currency_id": swiss.id, "rate": 0.5, "name": "2020-01-01", "company_id": self.company.id}
        )
        average = env["product.category"].create({"name": "At average cost", "property_cost_method": "average"})
        first, second = self.vendors
        kilogram, gram = (env.ref(f"uom.product_uom_{name}") for name in ("kgm", "gram"))
        products = env["product.product"]
        for name, on_hand, offers, values in (
            ("Bearing", 5, [(first, 42, {}), (second, 45, {})], {"categ_id": average.id}),
            ("Seal", 20, [(first, 5, {})], {}),
            ("Bolt", 7, [(second, 12, {"product_uom_id": env.ref("uom.product_uom_dozen").id})], {"standard_price": 1}),
            ("Nut", 0, [(first, 0.5, {"min_qty": 10})], {"standard_price": 0.5}),
            ("Gear", 2, [(second, 60, {"currency_id": swiss.id})], {"categ_id": average.id}),
            ("Bracket", 0, [], {}),
            ("Pump", 1, [(second, 700, {})], {"purchase_method": "purchase"}),
            ("Grease", 2, [(first, 12, {}), (second, 0.01, {"product_uom_id": gram.id})], {"uom_id": kilogram.id}),
            ("Turbine", 0, [(first, 2500, {})], {}),
            ("Motor", 2, [(first, 90, {})], {"tracking": "serial"}),
            ("Filter", 4, [(first, 9, {})], {}),
            ("Belt", 3, [(first, 7, {"min_qty": 4})], {}),
        ):
            product = env["product.product"].create(
                {
                    "name": name,
                    "is_storable": True,
                    "is_spare_part": True,
                    "standard_price": offers[0][1] if offers else 3,
                    "seller_ids": [
                        Command.create({"partner_id": vendor.id, "price": price, "delay": 3, **extra})
                        for vendor, price, extra in offers
                    ],
                    **values,
                }
            )
            self._put_in_stock(product, self.stock, on_hand)
            products |= product
        for name, other in (("Belt", "Seal"), ("Nut", "Bolt"), ("Filter", "Gear")):
            part, alternate = (products.filtered(lambda product, name=name: product.name == name) for name in (name, other))
            part.alternate_product_ids = alternate
        env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": products.filtered(lambda product, name=name: product.name == name).id,
                    "warehouse_id": self.warehouse.id,
                    "location_id": self.stock.id,
                    "product_min_qty": least,
                    "product_max_qty": most,
                }
                for name, least, most in (("Filter", 3, 12), ("Seal", 5, 15), ("Grease", 1, 4))
            ]
        )
        return products

    def _put_in_stock(self, product, location, quantity):
        """Count ``quantity`` in, as a move, so that all stock has a history."""
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        lots = [False] * bool(quantity)
        if product.tracking == "serial":
            lots = self.env["stock.lot"].create(
                [{"name": self._next_serial(), "product_id": product.id} for _number in range(quantity)]
            )
            quantity = 1
        for lot in lots:
            quants.create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "lot_id": lot.id if lot else False,
                    "inventory_quantity": quantity,
                }
            ).action_apply_inventory()

    def _next_serial(self):
        self.serial = getattr(self, "serial", 0) + 1
        return f"SN-{self.serial:05}"

    def _add_a_depot(self):
        """A second warehouse, which resupplies the first with belts."""
        self.depot = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEPOT"})
        self.warehouse.resupply_wh_ids = self.depot
        belt = self.products.filtered(lambda product: product.name == "Belt")
        belt.route_ids = self.warehouse.resupply_route_ids
        self._put_in_stock(belt, self.depot.lot_stock_id, 60)
