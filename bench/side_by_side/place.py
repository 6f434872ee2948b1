"""One database: people and goods in it, and clicks that are counted. Nothing is ever committed.

What a story needs is made when it is told for the first time, for all times: making a product empties caches that a
server has.
"""

import time
from pathlib import Path
from unittest.mock import patch

from odoo.fields import Command

MAINTENANCE = "keepwisely_maintenance.group_maintenance_"
#: Who is there, in the groups of these that the database has.
PEOPLE = {
    "technician": ("base.group_user", f"{MAINTENANCE}technician", "purchase_request.group_purchase_request_user"),
    "planner": ("maintenance.group_equipment_manager",),
    "buyer": ("purchase.group_purchase_user", "purchase_request.group_purchase_request_manager"),
    "storekeeper": ("stock.group_stock_user",),
    "seller": ("base.group_user", "sales_team.group_sale_salesman"),
    "procurement": ("purchase.group_purchase_manager", "purchase_request.group_purchase_request_manager"),
    "finance": ("account.group_account_manager", "purchase_request.group_purchase_request_manager"),
}
TICKS = 100  # in which Linux counts, a second


class Place:
    def __init__(self, env, times):
        self.times = times
        self.env = env(context=dict(env.context, no_reset_password=True))
        env.cr.execute("SELECT pg_backend_pid()")
        self._backend = Path(f"/proc/{env.cr.fetchone()[0]}")
        self.has_module = "maintenance.requisition" in env
        self._made = {}
        self._hire()
        self.forget()

    def once(self, make, *args):
        """What ``make``, a function with a name, makes of this place and ``args``; the first time."""
        key = make, args
        if key not in self._made:
            self._made[key] = make(self, *args)
        return self._made[key]

    # -- Counting -------------------------------------------------------------------------------------

    def forget(self):
        self.clicks, self.python, self.postgres = [], 0.0, 0.0

    def click(self, user, records, method, *args, **kwargs):
        """What ``method`` returns to ``user``, done as a request of its own: nothing pending, nothing in the cache."""
        records = records.browse(records.ids).with_user(user)
        return self.count(lambda: getattr(records, method)(*args, **kwargs))

    def count(self, function):
        self._end_transaction()
        self.env.invalidate_all()
        queries, postgres, python = self.env.cr.sql_log_count, self._backend_seconds(), time.process_time()
        result = function()
        self._end_transaction()
        self.python += time.process_time() - python
        self.postgres += self._backend_seconds() - postgres
        self.clicks.append(self.env.cr.sql_log_count - queries)
        return result

    def run_cron(self, records, method):
        """The same for what the scheduler calls, which commits in between."""
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            return self.click(self.env.user, records, method)

    def _end_transaction(self):
        """What a commit brings: pending writes, and the messages of tracked changes."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _backend_seconds(self):
        """What PostgreSQL's process for this connection has used of a CPU; nothing where that process is not to be seen."""
        try:
            name, _bracket, numbers = (self._backend / "stat").read_text().rpartition(")")
        except OSError:
            return 0.0
        return sum(map(int, numbers.split()[11:13])) / TICKS if "postgres" in name else 0.0

    # -- People and goods -----------------------------------------------------------------------------

    def _hire(self):
        """The people, before anybody clicks: a new user empties caches, too."""
        users = [
            {
                "name": name.title(),
                "login": f"bench_{name}",
                "email": f"{name}@example.com",
                "group_ids": [Command.set([group.id for group in map(self._find, groups) if group])],
            }
            for name, groups in PEOPLE.items()
        ]
        for name, user in zip(PEOPLE, self.env["res.users"].create(users), strict=True):
            setattr(self, name, user)

    def _find(self, group):
        return self.env.ref(group, raise_if_not_found=False)

    @property
    def vendor(self):
        return self.once(_make_vendor)

    @property
    def warehouse(self):
        return self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)

    def take_products(self, count, price, **values):
        """So many of the products that were made at once, which nobody has taken before."""
        left = self.once(Place._make_products, count * self.times, price, *values.items())
        return self.env["product.product"].browse([left.pop().id for _number in range(count)])

    def _make_products(self, count, price, *values):
        return list(self.make_products(count, price, **dict(values)))

    def make_products(self, count, price, on_hand=0, is_spare_part=True, **values):
        """Storable products that the vendor sells; spare parts where there are such."""
        if self.has_module:
            values["is_spare_part"] = is_spare_part
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Bearing {n}",
                    "is_storable": True,
                    "standard_price": price,
                    "seller_ids": [Command.create({"partner_id": self.vendor.id, "price": price, "delay": 3})],
                    **values,
                }
                for n in range(count)
            ]
        )
        for product in products if on_hand else ():
            self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, on_hand)
        return products

    def make_assets(self, count):
        return self.env["maintenance.equipment"].create([{"name": f"Pump {n}"} for n in range(count)])


def _make_vendor(place):
    return place.env["res.partner"].create({"name": "Bearings & Co"})
