from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..common import MaintenanceCase


class PeopleCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # one planner whom the team is told to report to
        cls.team.maintenance_planner_id = cls.planner
        cls.welder = cls.env["res.partner"].create({"name": "Wanda Welder", "email": "wanda@example.com"})
        cls.helper = cls.env["res.partner"].create({"name": "Hank Helper"})

    def _todos(self, user, request, kind):
        return self._activities(user, request).filtered(
            lambda todo: todo.activity_type_id == self.env.ref(f"keepwisely_maintenance.mail_activity_{kind}")
        )


@tagged("post_install", "-at_install")
class TestPeople(PeopleCase):
    """Contractors and colleagues without a login, and several people on one job."""

    def test_the_person_and_the_technician_go_in_step(self):
        request = self._report().with_user(self.planner)
        request.action_approve()
        request.maintenance_person_id = self.technician.partner_id
        self.assertEqual(request.user_id, self.technician)
        request.user_id = self.colleague
        self.assertEqual(request.maintenance_person_id, self.colleague.partner_id)
        request.maintenance_person_id = self.welder
        self.assertFalse(request.user_id)
        request.action_assign()
        self.assertEqual((request.state, request.maintenance_person_id), ("assigned", self.welder))
        request.user_id = self.technician
        self.assertEqual(request.maintenance_person_id, self.technician.partner_id)
        request.user_id = False
        self.assertFalse(request.maintenance_person_id)
        self.assertEqual(request.with_user(self.operator).progress_message, "The team will do it.")

    def test_created_and_planned_in_one_go(self):
        stage = self.env["maintenance.stage"]._first_of_state("assigned")
        values = {"name": "Weld", "equipment_id": self.conveyor.id, "maintenance_person_id": self.welder.id}
        request = self.env["maintenance.request"].with_user(self.planner).create({**values, "stage_id": stage.id})
        self.assertEqual((request.state, request.maintenance_person_id), ("assigned", self.welder))
        request = self._report().with_user(self.planner)
        request.write({"stage_id": stage.id, "maintenance_person_id": self.technician.partner_id.id})
        self.assertEqual((request.state, request.user_id), ("assigned", self.technician))
        self.assertIn("Wanda", self._manned(self.welder).with_user(self.operator).progress_message)

    def _manned(self, person, crew=(), **values):
        request = self._report(**values).with_user(self.planner)
        request.action_approve()
        request.maintenance_person_id = person
        request.maintenance_crew_ids = [Command.set([member.id for member in crew])]
        request.action_assign()
        return request

    def test_whom_the_work_can_be_given_to(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        far = new_test_user(
            self.env, login="kw_far", groups="keepwisely_maintenance.group_maintenance_technician", name="Far",
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)],
        )  # fmt: skip
        gone = new_test_user(
            self.env, login="kw_gone", groups="keepwisely_maintenance.group_maintenance_technician", name="Gone"
        )
        gone.active = False
        request = self._report().with_user(self.planner)
        domain = safe_eval(request._fields["user_id"].domain, {"company_id": self.company.id})
        offered = self.env["res.users"].with_user(self.planner).search(domain)
        self.assertTrue(self.technician | self.colleague | self.planner <= offered)
        self.assertFalse((self.operator | self.buyer | far | gone | self.env.ref("base.public_user")) & offered)
        firm = self.env["res.partner"].create({"name": "Cranes Ltd", "is_company": True})
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": elsewhere.id})
        for user in (self.operator, self.buyer, far, gone):
            for values in (
                {"user_id": user.id},
                {"maintenance_person_id": user.partner_id.id},
                {"maintenance_crew_ids": [Command.link(user.partner_id.id)]},
            ):
                with self.subTest(user=user.name, values=values), self.assertRaises(ValidationError):
                    request.write(values)
        for person in (firm, theirs):
            with self.subTest(person=person.name), self.assertRaises(ValidationError):
                request.sudo().maintenance_person_id = person
        people = self.env["res.partner"].with_user(self.planner).search([("maintenance_can_work", "=", True)])
        self.assertTrue(self.welder | self.technician.partner_id | self.planner.partner_id <= people)
        self.assertFalse((self.operator.partner_id | firm | gone.partner_id) & people)
        self.assertTrue(self.welder.with_user(self.planner).maintenance_can_work)
        self.assertFalse(self.operator.partner_id.with_user(self.planner).maintenance_can_work)

    def test_crew(self):
        request = self._manned(self.technician.partner_id, (self.outsider.partner_id, self.helper))
        mine = self.env["maintenance.request"].with_user(self.outsider).search([("maintenance_is_mine", "=", True)])
        self.assertIn(request.id, mine.ids, "the crew sees it among its own")
        self.assertTrue(request.with_user(self.outsider).maintenance_is_mine)
        self.assertFalse(request.with_user(self.colleague).maintenance_is_mine)
        crewed = request.with_user(self.outsider)
        crewed.action_timer_start()
        crewed.action_timer_pause()
        self.env["maintenance.labor"].with_user(self.outsider).create({"maintenance_request_id": request.id, "hours": 2})
        task = self.env["maintenance.task"].with_user(self.outsider).create(
            {"maintenance_request_id": request.id, "name": "Lock out"}
        )
        task.is_done = True
        self._add_part(crewed, self.seal, 1)
        crewed.action_complete()
        self.assertEqual(request.state, "completed")
        self.assertIn(self.outsider.partner_id, request.sudo().labor_ids.person_id)
        other = self._assigned()
        with self.assertRaises(AccessError):
            other.with_user(self.outsider).read(["name"])

    def test_the_crew_is_told_once(self):
        request = self._manned(self.technician.partner_id)
        request.maintenance_crew_ids = self.colleague.partner_id | self.welder
        self.assertEqual(len(self._notifications(self.colleague, request)), 1)
        request.maintenance_crew_ids = self.colleague.partner_id
        request.maintenance_crew_ids = self.colleague.partner_id | self.helper
        self.assertEqual(len(self._notifications(self.colleague, request)), 1)
        followers = request.sudo().message_partner_ids
        self.assertIn(self.colleague.partner_id, followers)
        self.assertFalse((self.welder | self.helper) & followers, "nothing is mailed to people without a login")

    def test_the_crew_stands_in_the_history(self):
        request = self._manned(self.welder)
        self._end_transaction()
        request.with_user(self.planner).maintenance_crew_ids = self.helper
        self._end_transaction()
        history = request.sudo().message_ids
        values = history.tracking_value_ids.filtered(lambda value: value.field_id.name == "maintenance_crew_ids")
        self.assertEqual(values.mapped("new_value_char"), ["Hank Helper"])
        request.with_user(self.planner).priority = "2"
        self._end_transaction()
        self.assertEqual(
            values,
            request.sudo().message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "maintenance_crew_ids"),
        )

    def test_who_chooses_the_crew(self):
        request = self._manned(self.technician.partner_id)
        request.with_user(self.technician).maintenance_crew_ids = self.helper
        request.with_user(self.colleague).maintenance_crew_ids = [Command.link(self.colleague.partner_id.id)]
        self.assertEqual(request.maintenance_crew_ids, self.helper | self.colleague.partner_id)
        with self.assertRaises(UserError):
            request.with_user(self.colleague).maintenance_crew_ids = [Command.unlink(self.helper.id)]
        with self.assertRaises(UserError):
            request.with_user(self.colleague).maintenance_person_id = self.welder
        with self.assertRaises(UserError):
            request.with_user(self.operator).maintenance_crew_ids = [Command.clear()]
        request.with_user(self.colleague).maintenance_crew_ids = [Command.unlink(self.colleague.partner_id.id)]
        self.assertEqual(request.maintenance_crew_ids, self.helper)
        reports = self.env["maintenance.request"].with_user(self.operator)
        for context, values in (
            ({}, {"maintenance_crew_ids": [Command.set(self.helper.ids)]}),
            ({}, {"maintenance_person_id": self.welder.id}),
            ({"default_maintenance_person_id": self.welder.id}, {}),
            ({"default_maintenance_crew_ids": self.helper.ids}, {}),
        ):
            with self.subTest(context=context, values=values), self.assertRaises(UserError):
                reports.with_context(**context).create({"name": "Leak", "equipment_id": self.conveyor.id, **values})

    def test_a_contractors_job_is_nobodys_to_take_by_starting(self):
        request = self._manned(self.welder)
        request.with_user(self.technician).action_start()
        self.assertEqual((request.maintenance_person_id, request.user_id.id), (self.welder, False))

    def test_hours_of_people_without_a_login(self):
        self.welder.with_company(self.company).maintenance_hourly_cost = 70.0
        self.company.maintenance_hourly_cost = 30.0
        request = self._manned(self.technician.partner_id, (self.welder, self.helper))
        labors = self.env["maintenance.labor"]
        job = {"maintenance_request_id": request.id}
        booked = labors.with_user(self.planner).create({**job, "person_id": self.welder.id, "hours": 2})
        self.assertEqual((booked.amount, booked.user_id.id, booked.person_id), (140.0, False, self.welder))
        helped = labors.with_user(self.technician).create({**job, "person_id": self.helper.id, "hours": 1})
        self.assertEqual(helped.sudo().amount, 30.0, "the rate of the company")
        own = labors.with_user(self.technician).create({**job, "hours": 1})
        self.assertEqual((own.person_id, own.user_id, own.sudo().amount), (self.technician.partner_id, self.technician, 40.0))
        by_person = labors.with_user(self.planner).create({**job, "person_id": self.colleague.partner_id.id, "hours": 1})
        self.assertEqual(by_person.user_id, self.colleague)
        by_person.user_id = self.technician
        self.assertEqual(by_person.person_id, self.technician.partner_id)
        by_person.person_id = self.helper
        self.assertFalse(by_person.user_id)
        with self.assertRaises(UserError, msg="not in the crew"):
            labors.with_user(self.technician).create(
                {**job, "person_id": self.env["res.partner"].create({"name": "Else"}).id, "hours": 1}
            )
        with self.assertRaises(UserError, msg="has a login"):
            labors.with_user(self.technician).create({**job, "person_id": self.colleague.partner_id.id, "hours": 1})
        with self.assertRaises(UserError, msg="not responsible"):
            labors.with_user(self.colleague).create({**job, "person_id": self.helper.id, "hours": 1})
        with self.assertRaises(ValidationError, msg="a day has 24 hours for each person"):
            labors.with_user(self.planner).create({**job, "person_id": self.welder.id, "hours": 23})
        firm = self.env["res.partner"].create({"name": "Cranes Ltd", "is_company": True})
        with self.assertRaises(ValidationError):
            labors.with_user(self.planner).create({**job, "person_id": firm.id, "hours": 1})
        with self.assertRaises(AccessError):
            self.welder.with_user(self.technician).read(["maintenance_hourly_cost"])

    def test_workload(self):
        start = fields.Datetime.now()
        request = self._manned(self.technician.partner_id, (self.welder,), schedule_date=start)
        request.expected_hours = 6
        alone = self._manned(self.helper, schedule_date=start)
        alone.expected_hours = 5
        rows = self.env["maintenance.workload"].with_user(self.planner)._prepare_rows(self.company)
        planned = {}
        for row in rows:
            planned[row["person_id"]] = planned.get(row["person_id"], 0) + row["planned_hours"]
        self.assertEqual(planned[self.technician.partner_id.id], 3)
        self.assertEqual(planned[self.welder.id], 3)
        self.assertEqual(planned[self.helper.id], 5)
        self.assertEqual(planned[self.colleague.partner_id.id], 0)
        self.assertTrue(all(row["capacity_hours"] for row in rows if row["person_id"] == self.helper.id))

    def test_in_the_screen(self):
        request = self._report().with_user(self.planner)
        request.action_approve()
        with Form(request) as form:
            form.maintenance_person_id = self.welder
            form.maintenance_crew_ids.add(self.helper)
        self.assertEqual((request.maintenance_person_id, request.maintenance_crew_ids), (self.welder, self.helper))
        with Form(self.env["maintenance.labor"].with_user(self.planner)) as form:
            form.maintenance_request_id = request
            form.person_id = self.welder
            form.hours = 1.5
        self.assertEqual(request.labor_ids.person_id, self.welder)
        with Form(request) as form:
            form.user_id = self.technician
        self.assertEqual(request.maintenance_person_id, self.technician.partner_id)
        for model in ("maintenance.workload", "maintenance.labor", "maintenance.team", "res.partner"):
            self.env[model].with_user(self.planner).get_views([(False, "list"), (False, "form")])


@tagged("post_install", "-at_install")
class TestPeopleLeave(PeopleCase):
    """Whoever is archived gets nothing new, and what was theirs is the planner's, in one to-do."""

    def _leave(self, user):
        user.with_user(self.env.ref("base.user_admin")).active = False

    def test_open_work_is_handed_to_the_planner(self):
        assigned, begun, crewed = self._assigned(), self._assigned(), self._assigned()
        begun.action_timer_start()
        crewed.with_user(self.planner).write(
            {"user_id": self.colleague.id, "maintenance_crew_ids": [Command.set(self.technician.partner_id.ids)]}
        )
        done = self._assigned()
        done.action_start()
        done.action_complete()
        assigned.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.technician.id)
        self._leave(self.technician)
        self.assertEqual((assigned.user_id.id, assigned.maintenance_person_id.id, assigned.state), (False, False, "approved"))
        self.assertEqual((begun.user_id.id, begun.state), (False, "in_progress"))
        self.assertFalse(begun.sudo().labor_ids.filtered("is_running"), "the timer is stopped")
        self.assertFalse(crewed.sudo().maintenance_crew_ids)
        self.assertEqual(done.with_context(active_test=False).user_id, self.technician, "what is done stays theirs")
        todo = self._activities(self.planner, self.technician.partner_id)
        self.assertEqual(len(todo), 1)
        for request in (assigned, begun):
            self.assertIn(request.reference, todo.note)
            self.assertFalse(request.sudo().activity_ids.filtered(lambda todo: todo.user_id == self.technician))
        self.assertNotIn(done.reference, todo.note)

    def test_nothing_is_mailed_to_them(self):
        request = self._assigned()
        reported = self.env["maintenance.request"].with_user(self.technician).create(
            {"name": "Oil", "equipment_id": self.conveyor.id}
        )
        self._leave(self.technician)
        self._end_transaction()
        before = self.env["mail.notification"].search([("res_partner_id", "=", self.technician.partner_id.id)])
        for work in (request, reported):
            self.assertNotIn(self.technician.partner_id, work.sudo().message_partner_ids)
            work.with_user(self.planner).message_post(body="Hello", subtype_xmlid="mail.mt_comment")
            work.sudo()._tell_technician("Parts")
            work.sudo().message_post(body="You", partner_ids=self.technician.partner_id.ids)
            work.with_user(self.planner).archive_equipment_request()
        self._end_transaction()
        after = self.env["mail.notification"].search([("res_partner_id", "=", self.technician.partner_id.id)])
        self.assertEqual(after, before)

    def test_nothing_new_is_given_to_them(self):
        self.conveyor.technician_user_id = self.technician
        schedule = self.env["maintenance.schedule"].with_user(self.planner).create(
            {"name": "Oil", "equipment_ids": [Command.set(self.conveyor.ids)], "user_id": self.technician.id,
             "next_date": fields.Date.today(), "lead_days": 1}
        )  # fmt: skip
        forecast = self.env["maintenance.schedule.forecast"].search([("schedule_id", "=", schedule.id)], limit=1)
        self.assertEqual(forecast.user_id, self.technician)
        self._leave(self.technician)
        todo = self._activities(self.planner, self.technician.partner_id)
        self.assertEqual(len(todo), 1)
        self.assertIn("Assets that still name them as the technician: 1.", todo.note)
        self.assertIn("Schedules that still name them: 1.", todo.note)
        self.env.invalidate_all()
        forecast = self.env["maintenance.schedule.forecast"].with_context(active_test=False).search(
            [("schedule_id", "=", schedule.id)], limit=1
        )
        self.assertFalse(forecast.user_id)
        schedule.action_generate()
        self.assertTrue(schedule.request_ids)
        self.assertFalse(schedule.request_ids.with_context(active_test=False).user_id)
        report = self._report().sudo().with_context(active_test=False)
        self.assertFalse(report.user_id or report.maintenance_person_id)
        with self.assertRaises(ValidationError):
            report.user_id = self.technician
        with self.assertRaises(ValidationError):
            schedule.user_id = self.technician

    def test_a_copy_and_reopened_work(self):
        done = self._assigned()
        done.action_start()
        done.action_complete()
        self._leave(self.technician)
        copied = done.with_user(self.planner).copy().with_context(active_test=False)
        self.assertFalse(copied.user_id or copied.maintenance_person_id)
        done.with_user(self.operator).action_not_fixed("Still squeals")
        done = done.sudo().with_context(active_test=False)
        self.assertEqual((done.state, done.user_id.id, done.maintenance_person_id.id), ("approved", False, False))

    def test_a_contractor_leaves(self):
        request = self._report().with_user(self.planner)
        request.action_approve()
        request.maintenance_person_id = self.welder
        request.action_assign()
        self.welder.active = False
        self.assertEqual((request.state, request.maintenance_person_id.id), ("approved", False))
        self.assertEqual(len(self._activities(self.planner, self.welder)), 1)

    def test_a_planner_leaves(self):
        """What was reported to one planner waits for the others."""
        request = self._report()
        self.assertTrue(self._todos(self.planner, request, "reported"))
        other = new_test_user(self.env, login="kw_planner2", groups="maintenance.group_equipment_manager", name="Other")
        self._leave(self.planner)
        self.assertFalse(self._todos(self.planner, request, "reported"))
        self.assertEqual(len(self._todos(other, request, "reported")), 1)
