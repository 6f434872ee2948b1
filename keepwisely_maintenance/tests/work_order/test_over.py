import json

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MaintenanceCase


class OverCase(MaintenanceCase):
    """Work that is over, each act with a cold cache."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.press = cls.env["maintenance.equipment"].create({"name": "Press 1", "maintenance_team_id": cls.other_team.id})
        cls.second_warehouse = cls.env["stock.warehouse"].create({"name": "Second", "code": "WH2"})
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Lines"})
        cls.account = cls.env["account.analytic.account"].create({"name": "Line 2", "plan_id": cls.plan.id})

    def _completed(self):
        request = self._assigned()
        request.action_start()
        self._add_part(request, self.seal, 1)
        request.labor_ids = [Command.create({"hours": 2.0})]
        request.action_complete()
        return request

    def _closed(self):
        request = self._completed()
        request.with_user(self.planner).action_close()
        return request

    def _as(self, record, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user)

    def _values(self):
        return {
            "name": "Something else",
            "equipment_id": self.press.id,
            "maintenance_type": "preventive",
            "priority": "3",
            "request_date": "2020-01-01",
            "schedule_date": "2020-01-01 08:00:00",
            "schedule_end": "2020-01-01 09:00:00",
            "close_date": "2020-01-01",
            "maintenance_team_id": self.other_team.id,
            "user_id": self.colleague.id,
            "owner_user_id": self.technician.id,
            "description": "<p>It was like this</p>",
            "work_done": "Nothing",
            "failure_id": False,
            "reported_status": "down",
            "date_failure": "2020-01-01 08:00:00",
            "analytic_distribution": {str(self.account.id): 100},
            "warehouse_id": self.second_warehouse.id,
            "kanban_state": "blocked",
            "color": 3,
            "instruction_text": "<p>Hit it</p>",
            "task_ids": [Command.create({"name": "Wipe"})],
            "part_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 1})],
        }

    def _logs(self, request):
        return request.sudo().message_ids.filtered(lambda message: "Corrected" in (message.body or ""))


@tagged("post_install", "-at_install")
class TestOver(OverCase):
    """What is closed is closed, for everybody and on every path."""

    def _refused(self, records, vals):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            records.write(vals)
        return str(caught.exception)

    # -- Closed -----------------------------------------------------------------------------------

    def test_closed_work_stays_as_it_is(self):
        request = self._closed()
        for user in (self.technician, self.planner, self.operator):
            for name, value in self._values().items():
                with self.subTest(user=user.name, field=name):
                    self.assertIn("closed", self._refused(self._as(request, user), {name: value}))
        self.assertIn("a planner can reopen it", self._refused(self._as(request, self.planner), {"name": "X"}))

    def test_the_talk_goes_on(self):
        request = self._closed()
        for user in (self.technician, self.planner, self.operator):
            talking = self._as(request, user)
            talking.message_post(body="Thank you")
            talking.message_subscribe(user.partner_id.ids)
            talking.activity_schedule("mail.mail_activity_data_todo", user_id=user.id)
            talking.write({"message_main_attachment_id": False} if "message_main_attachment_id" in talking else {})
        self._as(request, self.operator).message_update({"cc": "boss@example.com"})
        self.assertIn("boss@example.com", request.sudo().email_cc)
        self._as(request, self.operator).action_confirm_fix()
        self.assertTrue(request.sudo().date_fix_confirmed)
        again = self._as(request, self.operator).action_not_fixed("It squeals")
        self.assertTrue(again["res_id"], "closed work is reported again")

    def test_only_the_reopening_opens_it(self):
        request = self._closed()
        stage = self.env["maintenance.stage"]._first_of_state("in_progress")
        message = self._refused(
            self._as(request, self.planner),
            {"stage_id": stage.id, "reopen_reason": "It squeals", "equipment_id": self.press.id},
        )
        self.assertIn("reopen", message)
        self._as(request, self.planner).action_reopen("It squeals")
        self.assertEqual((request.state, request.reopen_reason), ("in_progress", "It squeals"))
        self._as(request, self.planner).equipment_id = self.press

    def test_another_column_of_the_same_state(self):
        """A board may have two columns that stand for Closed, or Completed."""
        for state, request in (("closed", self._closed()), ("completed", self._completed())):
            scrap = self.env["maintenance.stage"].create({"name": "Scrap", "state": state, "sequence": 90})
            self.assertTrue(self._refused(self._as(request, self.operator), {"stage_id": scrap.id}))
            if state == "closed":
                for user in (self.technician, self.planner):
                    self._refused(self._as(request, user), {"stage_id": scrap.id})
            else:
                self._as(request, self.technician).stage_id = scrap
            self.assertEqual(request.stage_id == scrap, state == "completed")

    def test_through_other_records(self):
        request = self._closed()
        press, conveyor = self._as(self.press, self.planner), self._as(self.conveyor, self.planner)
        paths = {
            "asset": lambda: press.write({"maintenance_ids": [Command.link(request.id)]}),
            "values": lambda: conveyor.write({"maintenance_ids": [Command.update(request.id, {"priority": "3"})]}),
            "team": lambda: self._as(self.other_team, self.planner).write({"request_ids": [Command.link(request.id)]}),
            "import": lambda: self._import(request, self.planner),
        }
        for name, path in paths.items():
            with self.subTest(path=name), self.assertRaises(UserError), self.env.cr.savepoint():
                path()
        self.env.invalidate_all()
        self.assertEqual((request.equipment_id, request.priority), (self.conveyor, "0"))

    def _import(self, request, user):
        result = self._as(self.env["maintenance.request"], user).load([".id", "name"], [[str(request.id), "Other"]])
        if not result["ids"]:
            raise UserError(result["messages"][0]["message"])

    def test_what_belongs_to_it(self):
        request = self._completed()
        request.with_user(self.planner).action_reopen()
        task = self.env["maintenance.task"].create({"name": "Grease", "maintenance_request_id": request.id, "is_done": True})
        other = self._assigned()
        other_task = self.env["maintenance.task"].create({"name": "Wipe", "maintenance_request_id": other.id})
        now = fields.Datetime.now()
        period = self.env["maintenance.downtime"].create(
            {"equipment_id": self.conveyor.id, "maintenance_request_id": request.id, "date_from": "2026-01-01", "date_to": now}
        )
        request.action_complete()
        request.with_user(self.planner).action_close()
        part, labor = request.sudo().part_ids, request.sudo().labor_ids
        service = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": self.seal.id, "maintenance_request_id": other.id})],
            }
        )
        stores = new_test_user(
            self.env, login="kw_stores", name="Stores", groups="stock.group_stock_manager,maintenance.group_equipment_manager"
        )
        on_request = {"maintenance_request_id": request.id}
        acts = {
            "task": (task, self.planner, lambda record: record.write({"name": "Oil"})),
            "task unlink": (task, self.planner, lambda record: record.with_context(_force_unlink=True).unlink()),
            "task moved here": (other_task, self.planner, lambda record: record.write(on_request)),
            "task added": (task, self.planner, lambda record: record.create({"name": "X", **on_request})),
            "hours": (labor, self.planner, lambda record: record.write({"hours": 1})),
            "hours unlink": (labor, self.planner, lambda record: record.with_context(_force_unlink=True).unlink()),
            "hours added": (labor, self.technician, lambda record: record.create({"hours": 1, **on_request})),
            "downtime": (period, self.planner, lambda record: record.write({"reason": "Other"})),
            "downtime begin": (period, self.planner, lambda record: record.write({"date_from": "2025-01-01"})),
            "downtime unlink": (period, self.planner, lambda record: record.unlink()),
            "downtime added": (
                period, self.planner,
                lambda record: record.create({"equipment_id": self.conveyor.id, "date_from": "2025-01-01",
                                              "date_to": "2025-01-02", **on_request}),
            ),
            "order line": (service.order_line, self.buyer, lambda record: record.write(on_request)),
            "order line added": (
                service, self.buyer,
                lambda record: record.write({"order_line": [Command.create({"product_id": self.seal.id, **on_request})]}),
            ),
            "used part": (part, stores, lambda record: record.write({"quantity": 5})),
            "line of a used part": (part.move_line_ids, stores, lambda record: record.write({"quantity": 5})),
            "unlink": (request, self.planner, lambda record: record.with_context(_force_unlink=True).unlink()),
        }  # fmt: skip
        for name, (record, user, act) in acts.items():
            with self.subTest(act=name), self.assertRaises(UserError), self.env.cr.savepoint():
                act(self._as(record, user))
        self.env.invalidate_all()
        self.assertEqual((part.quantity, labor.hours, period.reason), (1, 2.0, False))

    def test_the_words_of_closed_work(self):
        code = self.env["maintenance.failure.code"].create({"name": "Bearing worn", "kind": "failure"})
        unused = self.env["maintenance.failure.code"].create({"name": "Belt torn", "kind": "failure"})
        request = self._assigned()
        request.failure_id = code
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "Bearing worn"):
            self._as(code, self.planner).kind = "cause"
        self._as(unused, self.planner).kind = "cause"
        self._as(code, self.planner).name = "Bearing worn out"

    def test_the_system_goes_on(self):
        request = self._closed()
        self._as(request, self.planner).sudo().write({"color": 4, "request_date": "2026-01-01"})
        self.assertFalse(self._logs(request))

    # -- Completed ----------------------------------------------------------------------------------

    def test_technicians_change_nothing_of_completed_work(self):
        request = self._completed()
        for user in (self.technician, self.operator):
            for name, value in self._values().items():
                with self.subTest(user=user.name, field=name):
                    self._refused(self._as(request, user), {name: value})
        self.assertIn("planner", self._refused(self._as(request, self.technician), {"name": "X"}))

    def test_what_technicians_still_do(self):
        request = self._completed()
        self._as(request, self.technician).message_post(body="Done")
        self._as(request, self.technician).hours_by_hand = 1.0
        self._as(request, self.technician).write({"labor_ids": [Command.create({"hours": 0.5})]})
        self.assertEqual(sum(request.labor_ids.mapped("hours")), 3.5)
        self._as(request.part_ids, self.technician).action_return_part(1)
        self._as(request, self.technician).action_reopen()
        self.assertEqual(request.state, "in_progress")
        self._as(request, self.technician).name = "Squealing conveyor, bearing"

    def test_planners_correct_and_it_shows(self):
        request = self._completed()
        before = self.env["mail.message"].search_count([("model", "=", request._name), ("res_id", "=", request.id)])
        self._as(request, self.planner).write({"equipment_id": self.press.id, "priority": "2", "request_date": "2026-01-02"})
        self._end_transaction()
        self.env.invalidate_all()
        log = self._logs(request)
        self.assertEqual(len(log), 1)
        self.assertEqual(log.author_id, self.planner.partner_id)
        for words in ("Asset: Conveyor 3 → Press 1", "Priority: Low → High", "→ Jan 2", "Team: Mechanics → Electricians"):
            self.assertIn(words, log.body)
        after = self.env["mail.message"].search_count([("model", "=", request._name), ("res_id", "=", request.id)])
        self.assertEqual(after - before, 1, "one message for one write")

    def test_corrected_hours_and_downtime_show(self):
        request = self._completed()
        self._as(request.labor_ids, self.planner).hours = 3.0
        self.assertIn("Hours: 2 → 3", self._logs(request).body)
        self._as(request.labor_ids, self.planner).hourly_cost = 41.0
        self.assertIn("Hourly cost: changed", self._logs(request)[0].body, "technicians read it and see no costs")
        self.assertNotIn("41", self._logs(request)[0].body)
        period = self.env["maintenance.downtime"].create(
            {"equipment_id": self.conveyor.id, "maintenance_request_id": request.id, "date_from": "2026-01-01",
             "date_to": "2026-01-02"}
        )  # fmt: skip
        self._as(period, self.planner).reason = "Lightning"
        self.assertIn("Reason: – → Lightning", self._logs(request)[0].body)

    def test_open_work_leaves_no_such_trace(self):
        open_work, done = self._assigned(), self._completed()
        self._as(open_work | done, self.planner).priority = "2"
        self.assertEqual((open_work.priority, done.priority), ("2", "2"))
        self.assertFalse(self._logs(open_work))
        self.assertEqual(len(self._logs(done)), 1)

    def test_cancelled_work(self):
        request = self._assigned()
        request.with_user(self.planner).archive_equipment_request()
        for user in (self.technician, self.operator):
            self._refused(self._as(request, user), {"description": "<p>Never mind</p>"})
        self._as(request, self.planner).name = "Not needed"
        self.assertEqual(len(self._logs(request)), 1)

    # -- Open -----------------------------------------------------------------------------------------

    def test_where_the_costs_go_is_for_planners(self):
        kept = {name: self._values()[name] for name in ("analytic_distribution", "maintenance_team_id", "warehouse_id")}
        request = self._assigned()
        for name, value in kept.items():
            with self.subTest(field=name):
                self.assertIn("planner", self._refused(self._as(request, self.technician), {name: value}))
                self._as(request, self.planner).write({name: value})
        report = self._report()
        self._refused(self._as(report, self.technician), {"maintenance_team_id": self.other_team.id})
        self._as(report, self.operator).maintenance_team_id = self.other_team

    def test_reporters_add_to_what_they_described(self):
        self._as(self._assigned(), self.operator).description = "<p>It smells, too</p>"
        arch = self.env["maintenance.request"].with_user(self.operator)._get_view(view_type="form")[0]
        for node in arch.xpath("//field[@name='description']"):
            self.assertEqual(node.get("readonly"), "not maintenance_can_describe")

    def test_another_asset_takes_its_account_along(self):
        self.press.analytic_distribution = {str(self.account.id): 100}
        self.press.maintenance_team_id = self.team
        request = self._assigned()
        self._as(request, self.technician).equipment_id = self.press
        self.assertEqual(request.analytic_distribution, {str(self.account.id): 100})

    # -- Screens ----------------------------------------------------------------------------------------

    def test_screens_offer_what_is_accepted(self):
        closed, done, work, report = self._closed(), self._completed(), self._assigned(), self._report()
        for record, user, edits, plans in (
            (closed, self.planner, False, False),
            (done, self.planner, True, True),
            (done, self.technician, False, False),
            (done, self.operator, False, False),
            (work, self.technician, True, False),
            (work, self.operator, False, False),
            (report, self.operator, True, True),
            (report, self.technician, True, False),
        ):
            seen = self._as(record, user)
            self.assertEqual((seen.maintenance_can_edit, seen.maintenance_can_plan), (edits, plans), (record.state, user.name))
            self.assertEqual(seen.maintenance_can_describe, edits or record == work, (record.state, user.name))
        for view_type in ("form", "list", "kanban"):
            arch = self.env["maintenance.request"].with_user(self.planner)._get_view(view_type=view_type)[0]
            for name, rule in (("priority", "maintenance_can_edit"), ("maintenance_team_id", "maintenance_can_plan")):
                for node in arch.xpath(f"//field[@name='{name}'][not(ancestor::field)]"):
                    self.assertTrue(node.get("readonly") in ("1", "True") or rule in node.get("readonly"), view_type)
            for node in arch.xpath("//field[@name='stage_id']"):
                self.assertNotIn("maintenance_can", node.get("readonly") or "")


@tagged("post_install", "-at_install")
class TestOverOutside(OverCase, HttpCase):
    """The same from outside."""

    def test_over_the_external_api(self):
        request = self._closed()
        for user, values in ((self.technician, {"equipment_id": self.press.id}), (self.planner, {"priority": "3"})):
            expires = fields.Datetime.add(fields.Datetime.now(), days=1)
            key = self.env["res.users.apikeys"].with_user(user)._generate("rpc", "Test", expires)
            response = self.url_open(
                "/json/2/maintenance.request/write",
                data=json.dumps({"ids": request.ids, "vals": values}),
                headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
            )
            self.assertEqual(response.status_code, 422, response.text)
            self.assertIn("closed", response.json()["message"])
