from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestSudoPaths(MaintenanceCase):
    """What goes on with superuser rights takes neither defaults of the caller along nor ids that the caller has no right to."""

    def setUp(self):
        super().setUp()
        self.request = self._assigned()
        self.part = self._add_part(self.request, self.seal, 2)
        theirs = self._report(maintenance_team_id=self.other_team.id).with_user(self.planner)
        theirs.action_approve()
        self.foreign = self._add_part(theirs, self.seal, 3).sudo()
        self.customers = self.env.ref("stock.stock_location_customers")
        self.done = self.env["maintenance.stage"]._first_of_state("closed")
        self.env.flush_all()
        self.env.invalidate_all()

    def _with_defaults(self, record, model, **defaults):
        """``record`` with default values for ``model``: in the context, and kept by its user, which everybody may."""
        for name, value in defaults.items():
            record.env["ir.default"].set(model, name, value, user_id=True)
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_context(**{f"default_{name}": value for name, value in defaults.items()})

    def _fail_check(self, request):
        task = self.env["maintenance.task"].with_user(self.technician).create(
            {"maintenance_request_id": request.id, "name": "Belt", "kind": "pass_fail"}
        )
        task.action_fail()
        return task

    # -- Defaults of the caller ------------------------------------------------------------------

    def test_new_lines_of_a_part(self):
        """A line that the engine makes for a part goes to the Maintenance location, and is nobody else's goods."""
        harm = {"location_dest_id": self.customers.id, "owner_id": self.vendor.id, "lot_name": "FORGED"}
        for name, value in harm.items():
            for vals in ({"quantity": 2}, {"move_line_ids": [[5], [0, 0, {"quantity": 2}]]}, {"product_uom_qty": 3}):
                with self.subTest(default=name, vals=vals), self.cr.savepoint() as savepoint:
                    self._with_defaults(self.part, "stock.move.line", **{name: value}).write(vals)
                    line = self.part.sudo().move_line_ids
                    self.assertEqual(line.location_dest_id, self.part.sudo().location_dest_id)
                    self.assertFalse(line.owner_id or line.lot_name)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_returned_part(self):
        """What comes back takes no lines of others along."""
        self.part.action_use_part()
        on_hand = self.seal.qty_available
        self._with_defaults(self.part, "stock.move.line", owner_id=self.vendor.id)
        part = self._with_defaults(self.part, "stock.move", move_line_ids=[Command.link(self.foreign.move_line_ids.id)])
        part.action_return_part(1)
        self.assertEqual(self.foreign.move_line_ids.move_id, self.foreign)
        self.assertEqual(self.foreign.quantity, 3)
        self.assertFalse(self.part.sudo().returned_move_ids.move_line_ids.owner_id)
        self.env.invalidate_all()
        self.assertEqual(self.seal.qty_available, on_hand + 1)

    def test_follow_up(self):
        """A follow-up is a report like any other: not closed or approved, and nobody else's parts or hours."""
        harm = {
            "stage_id": self.done.id, "user_id": self.technician.id, "priority": "3",
            "part_ids": [Command.link(self.foreign.id)],
            "labor_ids": [Command.create({"user_id": self.colleague.id, "hours": 8})],
        }
        task = self._with_defaults(self._fail_check(self.request), "maintenance.request", **harm)
        follow_up = self.env["maintenance.request"].browse(task.action_follow_up()["res_id"]).sudo()
        self.assertEqual((follow_up.state, follow_up.priority), ("requested", "1"))
        self.assertFalse(follow_up.user_id or follow_up.part_ids or follow_up.labor_ids)
        self.assertEqual(self.foreign.maintenance_request_id.maintenance_team_id, self.other_team)
        # positive control: where it is the user who creates, their own default value counts
        mine = self.env["maintenance.request"].with_user(self.technician).default_get(["priority"])
        self.assertEqual(mine, {"priority": "3"})

    def test_hours_and_checks(self):
        """The timer's moments and who did a task are the system's, also where they come as a default."""
        labor = self._with_defaults(
            self.env["maintenance.labor"].with_user(self.technician), "maintenance.labor",
            is_running=True, timer_start="2020-01-01 00:00:00",
        ).create({"maintenance_request_id": self.request.id, "hours": 1})
        self.assertFalse(labor.is_running or labor.timer_start)
        task = self._with_defaults(
            self.env["maintenance.task"].with_user(self.technician), "maintenance.task", done_by_id=self.colleague.id,
            has_value=True, date_done="2020-01-01 00:00:00", is_failed=True,
        ).create({"maintenance_request_id": self.request.id, "name": "Look"})
        self.assertFalse(task.done_by_id or task.date_done or task.has_value or task.is_failed)

    def test_what_one_may_not_write(self):
        """Nobody keeps a default value for what is hidden from them, or set by the system."""
        self._with_defaults(self.env["maintenance.labor"].with_user(self.technician), "maintenance.labor", hourly_cost=1000.0)
        booked = self.env["maintenance.labor"].with_user(self.technician).create(
            {"maintenance_request_id": self.request.id, "hours": 1}
        ).sudo()
        self.assertEqual((booked.hourly_cost, booked.amount), (40, 40))
        schedule = self.env["maintenance.schedule"].create({"name": "Grease", "equipment_ids": self.conveyor.ids})
        report = self._with_defaults(
            self.env["maintenance.request"].with_user(self.operator), "maintenance.request",
            schedule_id=schedule.id, schedule_asset_id=schedule.asset_ids.id, schedule_due_date="2020-01-01",
        ).create({"name": "Noise", "equipment_id": self.conveyor.id}).sudo()
        self.assertFalse(report.schedule_id or report.schedule_asset_id or report.schedule_due_date)
        meter = self._with_defaults(
            self.env["maintenance.meter"].with_user(self.planner), "maintenance.meter", value=99, total=99
        ).create({"name": "Hours", "code": "H1", "equipment_id": self.conveyor.id})
        self.assertEqual((meter.value, meter.total), (0, 0))
        delivery = self._create_transfer(self.warehouse.out_type_id, self.seal, 1).move_ids
        with self.assertRaises(UserError), self.cr.savepoint():
            delivery.with_user(self.storekeeper).write({"schedule_asset_id": schedule.asset_ids.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            schedule.asset_ids.with_user(self.planner).write({"part_move_ids": [Command.link(self.part.id)]})

    def test_delegation_takes_no_rights_away(self):
        """A delegation takes back what it gave; nobody says by a default value that it gave what was there."""
        delegations = self.env["maintenance.approval.delegation"].with_user(self.procurement)
        self._with_defaults(delegations, delegations._name, gives_costs=True, is_followed=True)
        day = self.env.company._get_plant_day()
        delegation = delegations.create(
            {"user_id": self.procurement.id, "delegate_id": self.finance.id, "date_from": day, "date_to": day}
        ).sudo()
        self.assertFalse(delegation.gives_costs)
        self.assertTrue(delegation.is_followed, "control: it runs")

    def test_links_of_moves(self):
        """Storekeepers and buyers tie no move to a requisition, a part or a place in the queue by a default either."""
        part = self._add_part(self._assigned(), self.bearing, 4)
        part.maintenance_request_id.action_request_parts()
        line = part.maintenance_request_id.sudo().requisition_line_ids
        for user in (self.storekeeper, self.buyer):
            move = self._with_defaults(
                self.env["stock.move"].with_user(user), "stock.move", maintenance_requisition_line_ids=line.ids,
                supplied_part_id=part.id, allocation_rank=9,
                join_ids=[Command.create({"requisition_line_id": line.id, "quantity": 1})],
            ).create(
                {"product_id": self.bearing.id, "product_uom_qty": 1, "location_id": self.stock.id,
                 "location_dest_id": self.customers.id}
            ).sudo()
            self.assertFalse(move.maintenance_requisition_line_ids or move.supplied_part_id or move.join_ids)
            self.assertFalse(move.allocation_rank)

    def test_company_of_the_context(self):
        """A company that is not the user's is refused before anything goes on as superuser."""
        sister = self.env["res.company"].create({"name": "Sister plant"})
        with self.assertRaises(AccessError):
            self.part.with_context(allowed_company_ids=sister.ids).action_drop_part()

    # -- Ids of the caller -----------------------------------------------------------------------

    def test_what_a_line_holds(self):
        """Whom ordered goods go to and where is given back to the buy rule as superuser: the system alone says it."""
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": self.bearing.id, "product_qty": 2})]}
        )
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 1, "product_max_qty": 1}
        )
        delivery = self._create_transfer(self.warehouse.out_type_id, self.seal, 1).move_ids
        harm = {
            "part_move_ids": [Command.link(self.foreign.id)],
            "move_dest_ids": [Command.link(delivery.id)],
            "location_id": self.customers.id,
            "orderpoint_id": orderpoint.id,
            "rule_id": self.warehouse.buy_pull_id.id,
            "origin": "FORGED",
        }
        self.env.invalidate_all()
        lines = self.env["maintenance.requisition.line"]
        for name, value in harm.items():
            for user in (self.technician, self.planner, self.buyer):
                line = requisition.line_ids.with_user(user)
                with self.subTest(field=name, user=user.name):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        line.write({name: value})
                    with self.assertRaises(UserError), self.cr.savepoint():
                        requisition.with_user(user).write({"line_ids": [Command.update(line.id, {name: value})]})
                    with self.assertRaises(UserError), self.cr.savepoint():
                        requisition.with_user(user).write(
                            {"line_ids": [Command.create({"product_id": self.seal.id, "product_qty": 1, name: value})]}
                        )
                    made = self._with_defaults(lines.with_user(user), lines._name, **{name: value}).create(
                        {"requisition_id": requisition.id, "product_id": self.seal.id, "product_qty": 1}
                    )
                    self.assertFalse(made[name])
                    made.unlink()
        # positive control: what holds nothing may say so, as a form does
        requisition.line_ids.with_user(self.technician).write({"orderpoint_id": False, "product_qty": 3})
        self.assertEqual(requisition.line_ids.product_qty, 3)

    def test_held_line_is_not_cut_loose(self):
        part = self._add_part(self.request, self.bearing, 4)
        self.request.action_request_parts()
        line = self.request.sudo().requisition_line_ids
        for value in ([Command.clear()], False, []):
            self.env.invalidate_all()
            with self.assertRaises(UserError), self.cr.savepoint():
                line.with_user(self.technician).write({"part_move_ids": value})
        self.assertEqual(line.part_move_ids, part)

    def test_wizards_say_nothing_about_others(self):
        """Whatever id somebody puts into a wizard, it tells what they may read and no more."""
        sister = self.env["res.company"].create({"name": "Sister plant"})
        order = self.env["purchase.order"].with_company(sister).create(
            {"partner_id": self.vendor.id, "order_line": [Command.create({"name": "Secret", "product_id": self.seal.id})]}
        )
        asked = self.env["maintenance.requisition"].with_company(sister).create(
            {"company_id": sister.id, "line_ids": [Command.create({"name": "Secret", "product_qty": 1, "price_unit": 7})]}
        )
        self.assertEqual(asked.company_id, sister)
        approvals = self.env["maintenance.price.approval"].with_user(self.buyer)
        ways = [
            lambda: approvals.create({"order_id": order.id, "reason": "x"}).read(["line_ids"]),
            lambda: self.env["maintenance.price.approval.line"].with_user(self.buyer).create(
                {"wizard_id": approvals.create({"order_id": self._buy_something().id, "reason": "x"}).id,
                 "line_id": asked.line_ids.id}
            ).read(["name", "approved_amount"]),
            lambda: self.env["maintenance.line.receive"].with_user(self.technician).create(
                {"line_id": asked.line_ids.id, "quantity": 1}
            ).read(["name", "is_by_amount"]),
            lambda: self.env["maintenance.line.redirect"].with_user(self.buyer).create(
                {"line_id": asked.line_ids.id, "maintenance_request_id": self.request.id}
            ).read(["product_id"]),
        ]
        for number, way in enumerate(ways):
            for is_read_before in (False, True):
                self.env.flush_all()
                self.env.invalidate_all()
                if is_read_before:  # by something that may read more
                    (asked.line_ids | order.order_line.requisition_line_id).mapped("product_id")
                    order.order_line.mapped("name")
                with self.subTest(way=number, before=is_read_before), self.assertRaises(AccessError), self.cr.savepoint():
                    way()

    def _buy_something(self):
        return self.env["purchase.order"].with_user(self.buyer).create({"partner_id": self.vendor.id})
