from datetime import datetime, timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.tests import tagged

from ..common import MaintenanceCase

#: Queries a batch may take above an equal one, for caches that fill on the way.
SLACK = 5


class QueryCountCase(MaintenanceCase):
    """Counts queries on many work orders."""

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _create_many(self, number):
        quiet = self.env["maintenance.request"].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        stages = self.env["maintenance.stage"].search([("state", "in", ("requested", "approved", "in_progress"))])
        requests = quiet.create(
            [
                {
                    "name": f"Job {n}",
                    "equipment_id": self.conveyor.id,
                    "user_id": self.technician.id,
                    "priority": str(n % 4),
                }
                for n in range(number)
            ]
        )
        self.env.flush_all()
        self.cr.execute(
            "UPDATE maintenance_request r SET stage_id = s.id, state = s.state FROM maintenance_stage s "
            "WHERE s.id = (%s::int[])[1 + r.id %% %s] AND r.id IN %s",
            (stages.ids, len(stages), requests._ids),
        )
        self.env.invalidate_all()
        return requests

    def _fields_in(self, arch):
        return {node.get("name") for node in etree.fromstring(arch).iter("field")}


@tagged("post_install", "-at_install")
class TestQueryCounts(QueryCountCase):
    """What must not grow: the board with the number of work orders, a receipt with the rows already there."""

    def _open_board(self):
        """What the web client asks for when the board opens."""
        action = self.env.ref("keepwisely_maintenance.action_work_orders")
        requests = self.env["maintenance.request"].with_user(self.planner)
        views = requests.get_views(action.views)
        fields = views["models"]["maintenance.request"]["fields"]
        specification = {
            name: {"fields": {"display_name": {}}} if fields[name]["type"] in ("many2one", "many2many") else {}
            for name in self._fields_in(views["views"]["kanban"]["arch"])
            if name in fields and fields[name]["type"] != "one2many"
        }
        groups = requests.web_read_group(
            [("archive", "=", False)],
            groupby=["stage_id"],
            aggregates=["__count"],
            auto_unfold=True,
            unfold_read_specification=specification,
            unfold_read_default_limit=40,
        )
        self.assertGreater(sum(len(group.get("__records", [])) for group in groups["groups"]), 40)

    def test_board_with_2000_work_orders(self):
        self._create_many(200)
        self._open_board()
        few = self._count(self._open_board)
        self._create_many(1800)
        many = self._count(self._open_board)
        self.assertLessEqual(many, few + SLACK)
        self.assertLessEqual(many, 60)

    def _prepare_receipt(self, lines, prefix):
        """An order of ``lines`` lines, each for a work order of its own; returns its receipt."""
        products = self.env["product.product"].create(
            [
                {
                    "name": f"{prefix} {n}",
                    "is_storable": True,
                    "is_spare_part": True,
                    "seller_ids": [Command.create({"partner_id": self.vendor.id, "price": 1.0})],
                }
                for n in range(lines)
            ]
        )
        requests = self.env["maintenance.request"].create(
            [
                {
                    "name": product.name,
                    "equipment_id": self.conveyor.id,
                    "user_id": self.technician.id,
                    "part_ids": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
                }
                for product in products
            ]
        )
        requests.action_approve()
        requests.action_assign()
        requests.with_user(self.technician).action_request_parts()
        requisitions = requests.requisition_ids
        orders = self._order(requisitions)
        self.assertEqual(len(orders.order_line), lines)
        return requests, orders.sudo().picking_ids

    def _validate(self, picking):
        picking.with_user(self.storekeeper).button_validate()

    def test_receipt_of_80_lines(self):
        """Rows that are there already cost nothing; each line costs a bounded number of queries."""
        requests, picking = self._prepare_receipt(80, "Early")
        first = self._count(lambda: self._validate(picking))
        self.assertEqual(set(requests.mapped("state")), {"assigned"})
        self._create_many(300)
        requests, picking = self._prepare_receipt(80, "Late")
        second = self._count(lambda: self._validate(picking))
        self.assertEqual(set(requests.mapped("state")), {"assigned"})
        self.assertLessEqual(second, first + SLACK * 4)
        self.assertLessEqual(second, 80 * 45)

    def test_work_order_with_three_parts(self):
        """No more than a native repair order with three parts: confirm 50, reserve 54, done 72.

        Approving confirms and reserves in one go, so both count together.
        """
        products = [self._create_part(f"Pin {n}", 5.0, on_hand=50) for n in range(3)]

        def new_work_order():
            return (
                self.env["maintenance.request"]
                .with_user(self.planner)
                .create(
                    {
                        "name": "Three pins",
                        "equipment_id": self.conveyor.id,
                        "user_id": self.technician.id,
                        "part_ids": [
                            Command.create({"product_id": product.id, "product_uom_qty": 2}) for product in products
                        ],
                    }
                )
            )

        # Each act in a second of its own: dates that a tick of the clock changes are written apart.
        now = datetime.now()
        with freeze_time(now):
            warm = new_work_order()
            warm.action_approve()
            warm.with_user(self.technician).action_start()
            warm.with_user(self.technician).action_complete()
            request = new_work_order()
        with freeze_time(now + timedelta(minutes=1)):
            self.assertLessEqual(self._count(request.action_approve), 50 + 54)
            self.assertEqual(request.parts_state, "ready")
            request.with_user(self.technician).action_start()
        with freeze_time(now + timedelta(hours=1)):
            self.assertLessEqual(self._count(request.with_user(self.technician).action_complete), 72)
        self.assertEqual(request.parts_state, "consumed")
