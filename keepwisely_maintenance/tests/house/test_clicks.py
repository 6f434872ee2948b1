from odoo.fields import Command
from odoo.tests import tagged

from ..common import MaintenanceCase

ROWS = 20


@tagged("post_install", "-at_install")
class TestClicks(MaintenanceCase):
    """How many queries a click takes, as a server answers it: caches of the registry are warm, those of a request are not.

    The bounds lie a little above what it takes; who needs more says here what for. ``docs/performance.md`` has the same figures.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheap, cls.dear = (
            [cls._create_part(f"{name} {n}", price) for n in range(12)] for name, price in (("Belt", 300.0), ("Motor", 3000.0))
        )
        cls.shelf = [cls._create_part(f"Filter {n}", 5.0, on_hand=100) for n in range(3)]
        cls.assets = cls.env["maintenance.equipment"].create(
            [{"name": f"Pump {n}", "maintenance_team_id": cls.team.id} for n in range(ROWS)]
        )

    def _click(self, user, records, method, *args, **kwargs):
        """What ``method`` returns; its queries are added to ``self.queries``."""
        self._end_transaction()
        self.env.invalidate_all()
        # by their ids, as they come over the network
        records = records.browse(records.ids).with_user(user)
        before = self.cr.sql_log_count
        result = getattr(records, method)(*args, **kwargs)
        self._end_transaction()
        self.queries.append(self.cr.sql_log_count - before)
        return result

    def _measure(self, story, *args):
        """Queries of the clicks of ``story``, once it has been told before."""
        for _time in range(2):
            self.queries = []
            story(*args)
        return self.queries

    def _assert_clicks(self, bounds, queries):
        self.assertEqual(len(queries), len(bounds))
        self.assertTrue(
            all(count <= bound for count, bound in zip(queries, bounds, strict=True)), f"{queries} queries, at most {bounds}"
        )

    # -- Stories --------------------------------------------------------------------------------------

    def _tell_requisition(self, parts, deciders):
        asked = self._click(
            self.technician, self.env["maintenance.requisition"], "create",
            [{"line_ids": [Command.create({"product_id": parts.pop().id, "product_qty": 1.0}) for _n in range(3)]}],
        )  # fmt: skip
        self._click(self.technician, asked, "action_submit")
        for decider in deciders:
            self._click(decider, asked, "action_approve")
        self.assertEqual(asked.state, "approved")

    def _tell_asking(self, parts):
        request = self._assigned()
        for _n in range(3):
            self._add_part(request, parts.pop(), 2.0)
        self._click(self.technician, request, "action_request_parts")
        self.assertEqual(len(request.sudo().requisition_ids), 1)

    def _tell_work(self):
        request = self._click(
            self.planner, self.env["maintenance.request"], "create",
            {
                "name": "Change filters",
                "equipment_id": self.conveyor.id,
                "user_id": self.technician.id,
                "part_ids": [Command.create({"product_id": part.id, "product_uom_qty": 2.0}) for part in self.shelf],
            },
        )  # fmt: skip
        self._click(self.planner, request, "action_approve")
        self._click(self.technician, request, "action_start")
        self._click(self.technician, request, "action_complete")
        self.assertEqual((request.state, request.parts_state), ("completed", "consumed"))

    def _create_waiting(self, parts):
        """A job for each of ``parts``, which are on one order; its receipt."""
        requests = self.env["maintenance.request"].create(
            [
                {
                    "name": f"Overhaul {n}",
                    "equipment_id": asset.id,
                    "user_id": self.technician.id,
                    "part_ids": [Command.create({"product_id": part.id, "product_uom_qty": 1.0})],
                }
                for n, (asset, part) in enumerate(zip(self.assets, parts, strict=True))
            ]
        )
        requests.with_user(self.planner).action_approve()
        requests.with_user(self.planner).action_request_parts(offer=False)
        return requests, self._order(requests.sudo().requisition_ids).picking_ids

    # -- Clicks ---------------------------------------------------------------------------------------

    def test_requisition_by_hand(self):
        queries = self._measure(self._tell_requisition, self.cheap, [self.procurement])
        self._assert_clicks((25, 32, 25), queries)
        queries = self._measure(self._tell_requisition, self.dear, [self.procurement, self.finance])
        self._assert_clicks((25, 33, 34, 27), queries)

    def test_ask_for_parts(self):
        self._assert_clicks((79,), self._measure(self._tell_asking, self.cheap))

    def test_work_with_parts_on_the_shelf(self):
        self._assert_clicks((51, 45, 15, 66), self._measure(self._tell_work))

    def test_one_message_for_a_whole_receipt(self):
        """Below each work order stands what came for it; whoever does the work gets one message about all of them."""
        requests, picking = self._create_waiting([self._create_part(f"Seal {n}", 1.0) for n in range(ROWS)])
        self.queries = []
        before = self.env["mail.notification"].search([("res_partner_id", "=", self.technician.partner_id.id)])
        self._click(self.storekeeper, picking, "button_validate")
        self.assertEqual(set(requests.mapped("state")), {"approved"})
        told = self.env["mail.notification"].search([("res_partner_id", "=", self.technician.partner_id.id)]) - before
        self.assertEqual(len(told), 1)
        for request in requests:
            self.assertIn(request.reference, told.mail_message_id.body)
            notes = request.message_ids.filtered(lambda message: "All parts are here" in message.body)
            self.assertEqual(len(notes), 1)
            self.assertEqual(len(self._activities(self.technician, request)), 1)
            changes = request.message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "stage_id")
            self.assertIn("Waiting for parts", changes.mapped("old_value_char"))
        self._assert_clicks((ROWS * 11 + 195,), self.queries)
        mails = self.env["mail.mail"].search_count
        about = [("mail_message_id", "=", told.mail_message_id.id)]
        self.assertEqual(mails(about), 0, "no click waits for it")
        self._run_cron("ir_cron_message_mails")
        self.assertEqual(mails(about), 1)

    def test_lists(self):
        """As many for three rows as for all."""
        requests, _picking = self._create_waiting([self._create_part(f"Seal {n}", 1.0) for n in range(ROWS)])
        requisitions = requests.sudo().requisition_ids
        orders = self.env["purchase.order"].create(
            [
                {
                    "partner_id": self.vendor.id,
                    "order_line": [
                        Command.create({"product_id": part.id, "product_qty": 1.0, "maintenance_request_id": request.id})
                        for part in self.shelf
                    ],
                }
                for request in requests
            ]
        )
        for records, names, bound in (
            (requisitions, ["item_summary", "asset_summary", "vendor_summary", "date_expected", "has_duplicate", "state",
                            "work_order_count", "purchase_order_count"], 10),
            (orders, ["maintenance_requisition_count", "maintenance_work_order_count", "equipment_count"], 5),
        ):  # fmt: skip
            with self.subTest(model=records._name):
                self.queries = []
                for rows in (records, records[:3], records):
                    self._click(self.buyer, rows, "read", names)
                self.assertLessEqual(self.queries[2], self.queries[1] + 1)
                self.assertLessEqual(self.queries[2], bound, self.queries)
