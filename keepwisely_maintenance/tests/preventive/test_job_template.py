from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestJobTemplate(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspection = cls.env.ref("keepwisely_maintenance.work_type_inspection")
        cls.template = cls.env["maintenance.job.template"].with_user(cls.planner).create(
            {
                "name": "Replace the bearing",
                "work_type_id": cls.inspection.id,
                "expected_hours": 2.5,
                "instruction_text": "<p>Warm it up first.</p>",
                "task_ids": [
                    Command.create({"name": "Lock out", "is_before_start": True, "sequence": 1}),
                    Command.create({"name": "Play", "kind": "number", "unit": "mm", "limits": "max", "limit_max": 0.2}),
                ],
                "part_ids": [Command.create({"product_id": cls.seal.id, "product_uom_qty": 2})],
            }
        )

    def _make(self, user, **values):
        return self.env["maintenance.request"].with_user(user).create(
            {"equipment_id": self.conveyor.id, "maintenance_template_id": self.template.id, **values}
        )

    def _check_filled(self, request):
        self.assertEqual(request.task_ids.mapped("name"), ["Lock out", "Play"])
        self.assertEqual(request.task_ids.mapped(lambda task: (task.sequence, task.is_before_start)), [(1, True), (10, False)])
        play = request.task_ids[1]
        self.assertEqual((play.kind, play.unit, play.limits, play.limit_max), ("number", "mm", "max", 0.2))
        self.assertEqual(request.part_ids.mapped(lambda part: (part.product_id, part.product_uom_qty)), [(self.seal, 2.0)])
        self.assertEqual((request.maintenance_work_type_id, request.maintenance_type), (self.inspection, "preventive"))
        self.assertEqual(request.expected_hours, 2.5)
        self.assertIn("Warm it up", request.instruction_text)

    def test_a_work_order_from_it(self):
        for user in (self.technician, self.outsider, self.planner):
            with self.subTest(user=user.name):
                request = self._make(user)
                self.assertEqual(request.name, "Replace the bearing")
                self._check_filled(request.sudo())
                self.assertEqual(request.sudo().part_ids.maintenance_author_id, user)

    def test_what_is_given_wins(self):
        request = self._make(
            self.planner, name="Bearing of the drive", maintenance_type="corrective", expected_hours=4,
            task_ids=[Command.create({"name": "Play"})],
        )  # fmt: skip
        self.assertEqual((request.name, request.expected_hours), ("Bearing of the drive", 4))
        self.assertEqual(request.maintenance_type, "corrective")
        self.assertFalse(request.maintenance_work_type_id)
        self.assertCountEqual(request.task_ids.mapped("name"), ["Lock out", "Play"], "not twice")

    def test_on_the_form(self):
        # as planner: what the form says for others depends on uid, which Odoo's Form of tests does not know
        form = Form(self.env["maintenance.request"].with_user(self.planner))
        form.equipment_id = self.conveyor
        form.maintenance_template_id = self.template
        self.assertEqual((form.name, form.maintenance_work_type_id), ("Replace the bearing", self.inspection))
        form.name = "Bearing of the drive"
        request = form.save()
        self._check_filled(request)
        self.assertEqual(request.name, "Bearing of the drive")

    def test_picked_later(self):
        request = self._assigned()
        request.maintenance_template_id = self.template
        self.assertEqual(request.name, "Squealing conveyor")
        self.assertEqual(request.task_ids.mapped("name"), ["Lock out", "Play"])
        self.assertEqual(request.part_ids.state, "assigned", "the work was approved, so it is reserved")
        request.maintenance_template_id = self.template
        self.assertEqual(len(request.task_ids), 2)
        self.assertEqual(len(request.part_ids), 1)
        with self.assertRaises(UserError):
            request.with_user(self.operator).maintenance_template_id = False
        copied = request.with_user(self.planner).copy()
        self.assertEqual(len(copied.task_ids), 2, "copied, not added once more")

    def test_its_tasks_hold_the_gate_shut(self):
        stage = self.env["maintenance.stage"].search([("state", "=", "in_progress")], limit=1)
        with self.assertRaises(UserError):
            self._make(self.planner, stage_id=stage.id, user_id=self.planner.id)
        request = self._assigned()
        with self.assertRaises(UserError):
            request.write({"maintenance_template_id": self.template.id, "stage_id": stage.id})
        request.maintenance_template_id = self.template
        lock = request.task_ids[0]
        with self.assertRaises(UserError):
            lock.unlink()
        with self.assertRaises(UserError):
            lock.is_before_start = False
        lock.is_done = True
        request.action_start()

    def test_work_that_is_over(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        for user in (self.technician, self.planner):
            with self.assertRaises(UserError):
                request.with_user(user).maintenance_template_id = self.template

    def test_default_value(self):
        requests = self.env["maintenance.request"].with_user(self.planner)
        requests = requests.with_context(default_maintenance_template_id=self.template.id)
        request = requests.create({"equipment_id": self.conveyor.id})
        self._check_filled(request)

    def test_a_schedule_from_it(self):
        schedules = self.env["maintenance.schedule"].with_user(self.planner)
        schedule = schedules.create({"template_id": self.template.id, "equipment_ids": [Command.set(self.conveyor.ids)]})
        self.assertEqual((schedule.name, schedule.duration), ("Replace the bearing", 2.5))
        self.assertEqual(schedule.work_type_id, self.inspection)
        self.assertEqual(schedule.task_ids.mapped("name"), ["Lock out", "Play"])
        self.assertEqual(schedule.part_ids.product_id, self.seal)
        schedule.action_generate()
        request = schedule.request_ids
        self.assertEqual(request.task_ids.mapped("name"), ["Lock out", "Play"])
        self.assertEqual(len(request.part_ids), 1)
        other = self.template.copy({"name": "Another", "task_ids": [Command.create({"name": "Look"})]})
        schedule.template_id = other
        self.assertIn("Look", schedule.task_ids.mapped("name"))
        form = Form(schedules)
        form.template_id = self.template
        self.assertEqual((form.name, form.duration), ("Replace the bearing", 2.5))
        form.equipment_ids.add(self.conveyor)
        self.assertEqual(len(form.save().task_ids), 2)

    def test_roles_and_companies(self):
        templates = self.env["maintenance.job.template"]
        self.assertEqual(self.template.with_user(self.technician).task_ids[0].name, "Lock out")
        for user in (self.technician, self.operator, self.buyer):
            with self.assertRaises(AccessError):
                templates.with_user(user).create({"name": "Mine"})
        for model in ("maintenance.job.template", "maintenance.job.template.task", "maintenance.job.template.part"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.operator).search([])
        with self.assertRaises(AccessError):
            self._make(self.operator, name="What does it say?")
        with self.assertRaises(AccessError):
            self._report().maintenance_template_id = self.template
        company = self.env["res.company"].create({"name": "Another plant"})
        theirs = templates.create({"name": "Theirs", "company_id": company.id})
        with self.assertRaises(AccessError):
            self._report().with_user(self.planner).maintenance_template_id = theirs
