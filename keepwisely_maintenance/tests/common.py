import sys
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tests.common import TransactionCase


class MaintenanceCase(TransactionCase):
    """A small plant: people of every role, an asset, parts with vendors.

    Tests act with ``with_user``; the superuser only sets the scene.
    """

    #: Whether each ``with_user`` of a test begins as a request of its own does: nothing pending, nothing in the cache,
    #: so that what the scene has read as superuser cannot stand in for a right that the user lacks.
    acts_cold = True

    def setUp(self):
        super().setUp()
        if self.acts_cold:
            self._act_cold()

    def _act_cold(self):
        base = type(self.env["base"])
        with_user, ours = base.with_user, __name__.partition(".tests.")[0]

        def cold(records, user):
            # what the module itself does in somebody's name goes on with what it has read; bridges begin with its name
            caller = sys._getframe(1).f_globals["__name__"]
            if caller.startswith(ours) and ".tests" in caller:
                records.env.flush_all()
                records.env.invalidate_all()
            return with_user(records, user)

        self.patch(base, "with_user", cold)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False, no_reset_password=True))
        cls.company = cls.env.company
        groups = {
            "operator": "base.group_user",
            "technician": "keepwisely_maintenance.group_maintenance_technician",
            "colleague": "keepwisely_maintenance.group_maintenance_technician",
            "outsider": "keepwisely_maintenance.group_maintenance_technician",
            "planner": "maintenance.group_equipment_manager",
            "buyer": "purchase.group_purchase_user",
            "storekeeper": "stock.group_stock_user",
            "procurement": "purchase.group_purchase_manager",
            "finance": "account.group_account_manager",
        }
        for login, group in groups.items():
            user = new_test_user(cls.env, login=f"kw_{login}", groups=group, name=login.title())
            setattr(cls, login, user)
        cls.team = cls.env["maintenance.team"].create(
            {"name": "Mechanics", "member_ids": [Command.set((cls.technician | cls.colleague).ids)]}
        )
        cls.other_team = cls.env["maintenance.team"].create(
            {"name": "Electricians", "member_ids": [Command.set(cls.outsider.ids)]}
        )
        cls.category = cls.env["maintenance.equipment.category"].create({"name": "Conveyors"})
        cls.category.technician_user_id = False
        cls.conveyor = cls.env["maintenance.equipment"].create(
            {
                "name": "Conveyor 3",
                "category_id": cls.category.id,
                "maintenance_team_id": cls.team.id,
                "cost": 12000.0,
            }
        )
        cls.technician.maintenance_hourly_cost = 40.0
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.vendor = cls.env["res.partner"].create({"name": "Bearings & Co"})
        cls.bearing = cls._create_part("Bearing 6204", 42.0, on_hand=1)
        cls.seal = cls._create_part("Seal", 5.0, on_hand=10)

    @classmethod
    def _create_part(cls, name, price, on_hand=0, vendor=None, **values):
        vendor = cls.vendor if vendor is None else vendor
        product = cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "is_spare_part": True,
                "standard_price": price or 1.0,
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": price, "delay": 3})]
                if vendor and price
                else False,
                **values,
            }
        )
        if on_hand:
            cls.env["stock.quant"]._update_available_quantity(product, cls.stock, on_hand)
        return product

    @classmethod
    def _create_currency(cls, rate):
        """A foreign currency of which ``rate`` make one of the company's, since 2020."""
        currency = cls.env["res.currency"].with_context(active_test=False).search(
            [("name", "in", ("EUR", "USD")), ("id", "!=", cls.company.currency_id.id)], limit=1
        )
        currency.active = True
        currency.rate_ids.unlink()
        currency.rate_ids = [Command.create({"rate": rate, "name": "2020-01-01", "company_id": cls.company.id})]
        return currency

    @classmethod
    def _set_price(cls, product, price):
        product.seller_ids.price = price

    def _report(self, **values):
        """The operator reports; returns the work order as the operator sees it."""
        return (
            self.env["maintenance.request"]
            .with_user(self.operator)
            .create({"name": "Squealing conveyor", "equipment_id": self.conveyor.id, **values})
        )

    def _assigned(self, **values):
        """A reported work order that the planner approved and gave to the technician."""
        request = self._report(**values).with_user(self.planner)
        request.action_approve()
        request.user_id = self.technician
        request.action_assign()
        return request.with_user(self.technician)

    def _add_part(self, request, product, quantity=1.0, **values):
        return self.env["stock.move"].with_user(request.env.user).create(
            {
                "maintenance_request_id": request.id,
                "product_id": product.id,
                "product_uom_qty": quantity,
                **values,
            }
        )

    def _create_job_part(self, product, quantity, ask=True, **values):
        """A part of an assigned work order of its own, asked for without looking for anything else."""
        request = self._assigned(**values)
        part = self._add_part(request, product, quantity)
        if ask:
            request.action_request_parts(offer=False)
        return part

    def _create_transfer(self, picking_type, product, quantity, **values):
        """A confirmed receipt or delivery that has nothing to do with maintenance."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": quantity, **values})],
            }
        )
        picking.action_confirm()
        return picking

    def _receive(self, order, quantity=None):
        """The storekeeper validates the open receipt of ``order``, wholly or in part."""
        picking = order.sudo().picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking = picking.with_user(self.storekeeper)
        if quantity is None:
            picking.button_validate()
        else:
            picking.move_ids.quantity = quantity
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True).button_validate()
        return picking

    def _order(self, requisition):
        """The buyer orders and confirms natively; returns the purchase orders."""
        requisition = requisition.with_user(self.buyer)
        requisition.action_order()
        orders = requisition.purchase_order_ids
        orders.button_confirm()
        return orders

    def _run_cron(self, name):
        """Run a scheduled action of the module as the scheduler does, without committing the test.

        :param name: what it is called in the data; of a bridge's with the name of the bridge before it.
        :returns: what it told the scheduler: how much there is to do, then how much it has done each time.
        """
        told = []
        crons = type(self.env["ir.cron"])
        native = crons._commit_progress

        def commit_progress(cron, processed=0, *, remaining=None, **values):
            told.append(processed if remaining is None else remaining)
            return native(cron, processed, remaining=remaining, **values)

        with self.enter_registry_test_mode(), patch.object(crons, "_commit_progress", commit_progress):
            self.env.ref(name if "." in name else f"keepwisely_maintenance.{name}").method_direct_trigger()
        self.env.invalidate_all()
        return told

    def _end_transaction(self):
        """What a commit brings: pending writes, and the messages of tracked changes."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _notifications(self, user, record):
        return self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", user.partner_id.id),
                ("mail_message_id.model", "=", record._name),
                ("mail_message_id.res_id", "=", record.id),
            ]
        )

    def _activities(self, user, record):
        return self.env["mail.activity"].search(
            [("user_id", "=", user.id), ("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
