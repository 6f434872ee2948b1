from odoo.tests import tagged
from odoo.tools import mute_logger

from .json_common import JsonCase


@tagged("post_install", "-at_install")
class TestExternalApi(JsonCase):
    """The same story from outside."""

    def test_story_over_json(self):
        work_order, requisition_model = "maintenance.request", "maintenance.requisition"
        self._set_price(self.bearing, 800.0)
        [job] = self._call(
            self.operator, work_order, "create",
            vals_list=[{"name": "Squealing", "equipment_id": self.conveyor.id}],
        )  # fmt: skip
        self._call(self.planner, work_order, "action_approve", [job])
        self._call(self.planner, work_order, "write", [job], vals={"user_id": self.technician.id})
        self._call(self.planner, work_order, "action_assign", [job])
        [part] = self._call(
            self.technician, "stock.move", "create",
            vals_list=[
                {"maintenance_request_id": job, "product_id": self.bearing.id, "product_uom_qty": 2}
            ],
        )  # fmt: skip
        self._call(self.technician, work_order, "action_request_parts", [job])
        seen = self._read(self.technician, work_order, [job], "state", "parts_state", "requisition_ids")
        self.assertEqual((seen["state"], seen["parts_state"]), ("waiting_parts", "requested"))
        [requisition] = seen["requisition_ids"]
        [line] = self._call(
            self.buyer, "maintenance.requisition.line", "search_read",
            domain=[["requisition_id", "=", requisition]],
            fields=["product_qty", "part_move_ids", "equipment_id", "price_unit"],
        )  # fmt: skip
        self.assertEqual((line["product_qty"], line["part_move_ids"], line["price_unit"]), (1, [part], 800.0))

        self._call(self.procurement, requisition_model, "action_approve", [requisition])
        self._call(self.buyer, requisition_model, "action_order", [requisition])
        [order] = self._read(self.buyer, requisition_model, [requisition], "purchase_order_ids")["purchase_order_ids"]
        self._call(self.buyer, "purchase.order", "button_confirm", [order])
        [picking] = self._read(self.buyer, "purchase.order", [order], "picking_ids")["picking_ids"]
        self._call(self.storekeeper, "stock.picking", "button_validate", [picking])
        seen = self._read(self.technician, work_order, [job], "state", "parts_state")
        self.assertEqual((seen["state"], seen["parts_state"]), ("assigned", "ready"))

        self._call(self.technician, work_order, "action_start", [job])
        self._call(
            self.technician, "maintenance.labor", "create",
            vals_list=[{"maintenance_request_id": job, "hours": 1.5}],
        )  # fmt: skip
        self._call(self.technician, work_order, "action_complete", [job])
        self._call(self.planner, work_order, "action_close", [job])
        costs = self._read(self.planner, work_order, [job], "state", "labor_cost", "parts_cost", "total_cost")
        self.assertEqual((costs["state"], costs["labor_cost"]), ("closed", 60.0))
        self.assertEqual(costs["total_cost"], costs["labor_cost"] + costs["parts_cost"])

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.orm.models")
    def test_refusals_are_sentences_not_tracebacks(self):
        requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
            {"line_ids": [(0, 0, {"product_id": self.seal.id, "product_qty": 200})]}
        )
        requisition.action_submit()
        decision = {"requisition_id": requisition.id, "decision": "approved"}
        for user in (self.operator, self.technician, self.planner, self.buyer, self.finance):
            for method, kwargs in (
                ("action_approve", {}),
                ("write", {"vals": {"state": "approved"}}),
                ("action_approve", {"context": {"maintenance_extending": True, "su": True}}),
            ):
                with self.subTest(user=user.login, method=method):
                    answer = self._refused(user, "maintenance.requisition", method, requisition.ids, **kwargs)
                    self.assertNotIn("Traceback", answer["message"])
            with self.subTest(user=user.login, method="create decision"):
                self._refused(user, "maintenance.approval.decision", "create", vals_list=[decision])
        self.assertEqual(requisition.state, "to_approve")
        for method in ("_submit", "_send_back", "_hold_procurements", "_decide"):
            with self.subTest(method=method):
                self._refused(self.buyer, "maintenance.requisition", method, requisition.ids)
