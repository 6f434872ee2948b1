"""A job with a price in every place that holds one, and how to look for them all.

Shared by the tests of what technicians and requesters must not see, see `test_hidden_prices`.
"""

import inspect
import json
import re

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user

from ..common import MaintenanceCase

MODULE = "odoo.addons.keepwisely_maintenance."

#: Price lists and costs of products are natively read by every internal user (known limits in the README).
NATIVELY_READ = {"product.supplierinfo"}
NATIVE_COSTS = {
    "product.product": {"avg_cost", "standard_price", "total_value"},
    "product.template": {"standard_price"},
}

#: Without documents in them, or with too much of it: technical records of Odoo itself.
TECHNICAL = re.compile(r"^(ir|base|bus|res\.(country|lang|currency|bank)|uom|format|decimal|iap|web)(\.|_|$)")

#: Rows read of each model, the newest first.
ROWS = 80


class PriceCase(MaintenanceCase):
    """Amounts that nothing else in the database has, so that finding one anywhere means that it leaked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, login="kw_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        for user in (cls.technician, cls.operator):
            user.group_ids += cls.env.ref("base.group_allow_export")
        cls.canaries = {
            "part": 7913.37,
            "new price": 8107.43,
            "two parts": 16214.86,
            "by amount": 6841.59,
            "left by amount": 5607.14,
            "hour": 61.23,
            "hours": 183.69,
            "standstill": 431.17,
        }

    def _live_through(self):
        """One job with a part, a service by amount, a new price, an hour booked and an hour of standstill."""
        self.technician.maintenance_hourly_cost = self.canaries["hour"]
        self.conveyor.downtime_hourly_cost = self.canaries["standstill"]
        # valued at what was paid, lot by lot
        average = self.env["product.category"].create({"name": "Valves", "property_cost_method": "average"})
        self.valve = self._create_part("Valve", 0.0, tracking="lot", categ_id=average.id, lot_valuated=True)
        job = self._assigned(priority="3")
        job.message_subscribe((self.operator | self.technician).partner_id.ids)
        self._add_part(job, self.valve, 2)
        job.action_request_parts(offer=False)
        self.bought = self._priced(job.sudo().requisition_ids.line_ids, self.canaries["part"])
        service = job.action_request_service("Rewinding").line_ids
        self.by_amount = self._priced(service, self.canaries["by amount"], is_by_amount=True)
        self._approve(self.bought | self.by_amount)
        order, other = self._rfq(self.bought), self._rfq(self.by_amount)
        self.bought.purchase_line_ids.price_unit = self.canaries["new price"]
        wizard = self.env["maintenance.price.approval"].with_user(self.buyer)
        wizard.create({"order_id": order.id, "reason": f"They want {self.canaries['new price']} now"}).action_ask()
        self._end_transaction()
        self._approve(self.bought)
        (order | other).button_confirm()
        self._end_transaction()
        self.by_amount.action_receive(amount=1234.45)
        self._receive_with_lot(order)
        job.action_start()
        self.env["maintenance.labor"].with_user(self.technician).create({"maintenance_request_id": job.id, "hours": 3})
        self.env["maintenance.downtime"].create(
            {
                "equipment_id": self.conveyor.id,
                "maintenance_request_id": job.id,
                "date_from": fields.Datetime.subtract(fields.Datetime.now(), hours=1),
                "date_to": fields.Datetime.now(),
            }
        )
        self.env["maintenance.line.receive"].with_user(self.technician).create({"line_id": self.by_amount.id})
        self._end_transaction()
        self.env.invalidate_all()
        self.job = job
        self.canaries["order"] = order.amount_total

    def _priced(self, line, price, **values):
        line = line.with_user(self.buyer)
        line.write({"partner_id": self.vendor.id, "price_unit": price, **values})
        line.requisition_id.action_submit()
        self._end_transaction()
        return line

    def _approve(self, lines):
        for requisition in lines.requisition_id:
            while requisition.state == "to_approve":
                tier = requisition.sudo().current_tier_id
                approver = self.procurement if tier.name == "Procurement" else self.finance
                requisition.with_user(approver).action_approve("Needed")
                self._end_transaction()

    def _rfq(self, line):
        line.requisition_id.action_order()
        self._end_transaction()
        return line.purchase_line_ids.order_id

    def _receive_with_lot(self, order):
        picking = order.sudo().picking_ids.with_user(self.storekeeper)
        picking.move_ids.move_line_ids.unlink()
        self.env["stock.move.line"].with_user(self.storekeeper).create(
            {
                "move_id": picking.move_ids.id, "picking_id": picking.id, "product_id": self.valve.id,
                "lot_name": "V-1", "quantity": 2,
            }
        )  # fmt: skip
        picking.move_ids.picked = True
        picking.button_validate()

    # -- Looking --------------------------------------------------------------------------------------

    def _find_canaries(self, value):
        """Names of the amounts that stand anywhere in ``value``, however they are written."""
        text = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3})", "", json.dumps(value, default=str, ensure_ascii=False))
        return {name for name, amount in self.canaries.items() if f"{amount:.2f}" in text or repr(amount) in text}

    def _own_models(self):
        """Models that the module adds."""
        return sorted(
            name for name, model in self.env.registry.items()
            if model._original_module == "keepwisely_maintenance" and not model._abstract
        )  # fmt: skip

    def _read_everything(self, user):
        """All that ``user`` can read: pairs of each model and the values of its records."""
        for name in sorted(self.env.registry.keys() - NATIVELY_READ):
            model = self.env[name].with_user(user).with_context(show_total_amount=True, bin_size=True)
            if model._abstract or TECHNICAL.match(name) or not model.has_access("read"):
                continue
            records = model.with_context(active_test=False).search([], limit=ROWS, order="id desc")
            if records:
                yield name, self._read(records.with_context(active_test=True), self._get_readable(model))

    def _read(self, records, names):
        """Values of ``names``; what a field asks for in vain when it is computed leaves that field out."""
        try:
            return records.read(names)
        except AccessError:
            rows = {record.id: {"id": record.id} for record in records}
        for name in names:
            try:
                for row in records.read([name]):
                    rows[row["id"]].update(row)
            except AccessError:
                continue
        return list(rows.values())

    def _get_readable(self, model):
        """Every field that the user of ``model`` may read, files aside."""
        return [
            name for name, field in model._fields.items()
            if field.type != "binary" and name not in NATIVE_COSTS.get(model._name, ())
            and model._has_field_access(field, "read")
        ]  # fmt: skip

    def _own_methods(self, name):
        """Public methods that the module gives to a model."""
        cls = self.env.registry[name]
        for method in dir(cls):
            if method.startswith("_") or not inspect.isfunction(getattr(cls, method, None)):
                continue
            if any(method in base.__dict__ and base.__module__.startswith(MODULE) for base in cls.mro()):
                try:
                    get_public_method(self.env[name], method)
                except AccessError:
                    continue
                yield method
