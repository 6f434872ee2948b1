from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleRound(ScheduleCase):
    """A weekly round over three assets, of which the press is as much work as the two others together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump = cls.env["maintenance.equipment"].create({"name": "Pump", "maintenance_team_id": cls.team.id})
        cls.press = cls.env["maintenance.equipment"].create({"name": "Press", "maintenance_team_id": cls.other_team.id})
        cls.assets = cls.conveyor | cls.press | cls.pump
        cls.round = cls._schedule(
            "2026-01-05", name="Round", interval_unit="week", is_round=True, is_pre_approved=True, duration=2,
            maintenance_team_id=cls.team.id, equipment_ids=[Command.set(cls.assets.ids)],
            task_ids=[
                Command.create({"name": "Leaks", "kind": "pass_fail", "is_mandatory": True, "sequence": 1}),
                Command.create({"name": "Heat", "kind": "number", "limits": "max", "limit_max": 60, "unit": "°C", "sequence": 2}),
            ],
        )  # fmt: skip
        cls.round.asset_ids.filtered(lambda line: line.equipment_id == cls.press).weight = 2

    def _walk(self):
        self._run("2026-01-05")
        request = self.round.request_ids
        request.with_user(self.planner).user_id = self.technician
        return request

    def _costs(self, **domain):
        rows = self.env["maintenance.cost.report"].with_user(self.planner)._read_group(
            [(name, "=", value) for name, value in domain.items()], ["equipment_id"], ["amount:sum"]
        )
        return {asset: round(amount, 2) for asset, amount in rows}

    def test_one_work_order_with_a_line_for_each(self):
        request = self._walk()
        self.assertEqual(len(request), 1)
        self.assertFalse(request.equipment_id)
        self.assertEqual(request.maintenance_asset_names, "Conveyor 3, Press, Pump")
        self.assertEqual(request.maintenance_team_id, self.team)
        self.assertEqual(
            request.task_ids.mapped("name"),
            ["Conveyor 3: Leaks", "Conveyor 3: Heat", "Press: Leaks", "Press: Heat", "Pump: Leaks", "Pump: Heat"],
        )
        self.assertEqual(request.maintenance_round_line_ids.mapped("share"), [0.25, 0.5, 0.25])
        self.assertEqual(set(self.round.asset_ids.mapped("next_date")), {date(2026, 1, 12)})
        self.assertEqual(self.round.asset_ids.last_request_id, request)
        # the next one falls due while it is open: one note for all
        self._run("2026-01-12")
        self.assertEqual(self.round.request_ids, request)
        notes = request.message_ids.filtered(lambda message: "Due again" in (message.body or ""))
        self.assertEqual(len(notes), 1)
        self.assertEqual(set(self.round.asset_ids.mapped("next_date")), {date(2026, 1, 19)})

    def test_assets_come_by_their_names(self):
        self.conveyor.name = "Winder"
        request = self._walk()
        self.assertEqual(request.maintenance_asset_names, "Press, Pump, Winder")
        self.assertEqual(request.task_ids[:1].name, "Press: Leaks")

    def test_each_asset_is_answered_and_what_failed_is_reported_on_it(self):
        request = self._walk().with_user(self.technician)
        conveyor, press, pump = request.maintenance_round_line_ids
        leaks = request.task_ids.filtered(lambda task: task.kind == "pass_fail")
        leaks[0].result = "pass"
        request.task_ids[1].value = 40
        leaks[1].result = "fail"
        leaks.invalidate_recordset()
        self.assertEqual((conveyor.result, press.result, pump.result), ("done", "failed", "open"))
        self.assertEqual((press.task_done_count, press.task_count), (1, 2))
        leaks[1].action_follow_up()
        follow_up = leaks[1].sudo().follow_up_ids
        self.assertEqual((follow_up.equipment_id, follow_up.maintenance_team_id), (self.press, self.other_team))
        with self.assertRaises(UserError):
            request.action_complete()
        leaks[2].result = "pass"
        request.action_start()
        request.action_complete()
        with self.assertRaises(UserError):
            leaks[2].with_user(self.technician).write({"equipment_id": self.pump.id})

    def test_costs_reach_each_asset(self):
        request = self._walk()
        before = self._costs()
        request.with_user(self.technician).action_start()
        labor = self.env["maintenance.labor"].create(
            {"maintenance_request_id": request.id, "user_id": self.technician.id, "hours": 2, "date": "2026-01-05"}
        )
        self.assertEqual(labor.amount, 80)
        part = self._add_part(request.with_user(self.technician), self.bearing, 1)
        part.action_use_part()
        used = self.bearing.standard_price
        self.assertGreater(used, 0)
        total = 80 + used
        self.env.flush_all()
        self.assertEqual(
            self._costs(maintenance_request_id=request.id),
            {self.conveyor: round(total / 4, 2), self.press: round(total / 2, 2), self.pump: round(total / 4, 2)},
        )
        after = self._costs()
        self.assertAlmostEqual(sum(after.values()) - sum(before.values()), total, 2, "counted once")
        request.invalidate_recordset()
        self.assertAlmostEqual(request.with_user(self.planner).total_cost, total, 2)
        self.assertAlmostEqual(self.press.with_user(self.planner).maintenance_cost, total / 2, 2)
        self.assertEqual(request.maintenance_round_line_ids.mapped("labor_hours"), [0.5, 1, 0.5])
        rows = self.env["maintenance.cost.report"].search([("maintenance_request_id", "=", request.id)])
        self.assertEqual(len(rows), 6)
        self.assertEqual(len(set(rows.ids)), 6)
        # the planner corrects a weight, until the work is closed
        line = request.maintenance_round_line_ids[1].with_user(self.planner)
        line.weight = 0
        self.assertEqual(self._costs(maintenance_request_id=request.id), {self.conveyor: total / 2, self.pump: total / 2})
        with self.assertRaises(AccessError):
            line.with_user(self.technician).weight = 5

    def test_services_bought_for_it(self):
        request = self._walk()
        entry = {"date": "2026-01-06", "company_id": self.company.id, "kind": "service", "entry": "received", "amount": 100}
        entries = self.env["maintenance.cost.entry"].sudo()
        entries.create({**entry, "maintenance_request_id": request.id})
        entries.create({**entry, "maintenance_request_id": request.id, "equipment_id": self.pump.id, "amount": 8})
        self.env.flush_all()
        self.assertEqual(
            self._costs(maintenance_request_id=request.id), {self.conveyor: 25, self.press: 50, self.pump: 33},
            "what was bought for the pump by name is the pump's",
        )  # fmt: skip

    def test_closed_and_its_own_asset(self):
        request = self._walk().with_user(self.planner)
        with self.assertRaises(ValidationError):
            request.equipment_id = self.pump
        request.task_ids.filtered(lambda task: task.kind == "pass_fail").write({"result": "pass"})
        request.action_start()
        request.action_complete()
        line = request.maintenance_round_line_ids[:1]
        line.weight = 3
        self.assertIn("3", request.message_ids[:1].body, "a correction leaves its trace")
        with self.assertRaises(UserError):
            line.unlink()
        request.action_close()
        lift = self.env["maintenance.equipment"].create({"name": "Lift"})
        for change in (lambda: line.write({"weight": 1}), lambda: line.copy({"equipment_id": lift.id}), line.unlink):
            with self.assertRaises(UserError):
                change()

    def test_history_and_search_find_it(self):
        request = self._walk()
        report = self._report(equipment_id=self.pump.id).with_user(self.technician)
        domain = report.action_view_asset_history()["domain"]
        self.assertIn(request, self.env["maintenance.request"].search(domain))
        self.assertNotIn(report, self.env["maintenance.request"].search(domain))

    def test_accounts_of_its_assets(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plants"})
        accounts = self.env["account.analytic.account"].create([{"name": name, "plan_id": plan.id} for name in ("A", "B")])
        self.press.analytic_distribution = {str(accounts[0].id): 100}
        (self.pump | self.conveyor).analytic_distribution = {str(accounts[1].id): 100}
        request = self._walk()
        self.assertEqual(request.analytic_distribution, {str(accounts[0].id): 50, str(accounts[1].id): 50})

    def test_parts_of_each_asset(self):
        self.round.part_ids = [Command.create({"product_id": self.seal.id, "product_uom_qty": 2})]
        request = self._walk()
        self.assertEqual(sum(request.part_ids.mapped("product_uom_qty")), 6)
        self.assertEqual(set(request.part_ids.mapped("state")), {"assigned"})

    def test_counted_from_completion(self):
        self.round.basis = "completion"
        request = self._walk()
        request.task_ids.filtered(lambda task: task.kind == "pass_fail").write({"result": "pass"})
        self._complete(request, "2026-01-08 10:00:00")
        self.assertEqual(set(self.round.asset_ids.mapped("next_date")), {date(2026, 1, 15)})
        self._run("2026-01-15")
        self.assertEqual(len(self.round.request_ids), 2)

    def test_hours_of_the_year_ahead(self):
        with freeze_time("2026-01-02 11:00:00"):
            rows = self.env["maintenance.schedule.forecast"].search(
                [("schedule_id", "=", self.round.id), ("date", "=", "2026-01-05")]
            )
            self.assertEqual(len(rows), 3)
            self.assertAlmostEqual(sum(rows.mapped("hours")), 2)

    def test_a_round_is_alone(self):
        other = self._schedule(name="Other")
        with self.assertRaisesRegex(ValidationError, "A round over several assets .*Round"):
            other.included_ids = self.round
        with self.assertRaisesRegex(ValidationError, "A round over several assets .*Round"):
            self.round.included_ids = self._schedule(name="Another")
