from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestWorkType(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspection = cls.env.ref("keepwisely_maintenance.work_type_inspection")
        cls.breakdown = cls.env.ref("keepwisely_maintenance.work_type_breakdown")

    def test_the_native_type_follows(self):
        request = self._report(maintenance_work_type_id=self.inspection.id)
        self.assertEqual(request.maintenance_type, "preventive", "not the native default")
        request.with_user(self.planner).maintenance_work_type_id = self.breakdown
        self.assertEqual(request.maintenance_type, "corrective")
        request.with_user(self.planner).maintenance_work_type_id = False
        self.assertEqual(request.maintenance_type, "corrective", "left as it was")

    def test_the_native_type_is_set_by_others(self):
        breakdown = self._report(maintenance_work_type_id=self.breakdown.id)
        inspection = self._report(maintenance_work_type_id=self.inspection.id)
        (breakdown | inspection).with_user(self.planner).write({"maintenance_type": "preventive", "name": "Both"})
        self.assertEqual(inspection.maintenance_work_type_id, self.inspection, "it fits")
        self.assertFalse(breakdown.maintenance_work_type_id, "a breakdown is not preventive")
        self.assertEqual((breakdown | inspection).mapped("name"), ["Both", "Both"])
        self.assertFalse(self._report(maintenance_type="preventive").maintenance_work_type_id)
        with self.assertRaises(ValidationError):
            self._report(maintenance_type="corrective", maintenance_work_type_id=self.inspection.id)

    def test_default_values(self):
        requests = self.env["maintenance.request"].with_user(self.planner)
        requests = requests.with_context(default_maintenance_work_type_id=self.inspection.id)
        self.assertEqual(requests.create({"name": "Look"}).maintenance_type, "preventive")
        other = requests.create({"name": "Mend", "maintenance_type": "corrective"})
        self.assertFalse(other.maintenance_work_type_id)

    def test_on_the_form(self):
        # as planner: what the form says for others depends on uid, which Odoo's Form of tests does not know
        form = Form(self.env["maintenance.request"].with_user(self.planner))
        form.name = "Look"
        form.maintenance_work_type_id = self.inspection
        self.assertEqual(form.maintenance_type, "preventive")
        form.maintenance_type = "corrective"
        self.assertFalse(form.maintenance_work_type_id)
        form.maintenance_work_type_id = self.breakdown
        self.assertEqual(form.save().maintenance_type, "corrective")

    def test_work_that_is_not_theirs_or_over(self):
        request = self._assigned()
        with self.assertRaises(UserError):
            request.with_user(self.operator).maintenance_work_type_id = self.breakdown
        request.maintenance_work_type_id = self.breakdown
        request.action_start()
        request.action_complete()
        with self.assertRaises(UserError):
            request.maintenance_work_type_id = self.inspection
        request.with_user(self.planner).maintenance_work_type_id = self.inspection
        self.assertIn("Breakdown", request.message_ids[:1].body, "a correction leaves its trace")

    def test_what_was_counted_stays(self):
        self._report(maintenance_work_type_id=self.breakdown.id)
        kind = self.breakdown.with_user(self.planner)
        with self.assertRaises(UserError):
            kind.maintenance_type = "preventive"
        kind.write({"name": "Break-down", "maintenance_type": "corrective"})
        free = kind.create({"name": "Rounds", "maintenance_type": "corrective"})
        free.maintenance_type = "preventive"

    def test_roles_and_companies(self):
        for user in (self.operator, self.technician, self.buyer):
            kinds = self.env["maintenance.work.type"].with_user(user)
            self.assertIn(self.inspection, kinds.search([]))
            with self.assertRaises(AccessError):
                kinds.create({"name": "Mine"})
            with self.assertRaises(AccessError):
                self.inspection.with_user(user).name = "Mine"
        company = self.env["res.company"].create({"name": "Another plant"})
        theirs = self.env["maintenance.work.type"].create({"name": "Theirs", "company_id": company.id})
        self.assertNotIn(theirs, theirs.with_user(self.planner).search([]))
        with self.assertRaises(UserError):
            self._report(maintenance_work_type_id=theirs.id)
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="maintenance.group_equipment_manager", company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )  # fmt: skip
        self.assertIn(theirs, theirs.with_user(stranger).search([]))

    def test_schedules(self):
        schedules = self.env["maintenance.schedule"].with_user(self.planner)
        with self.assertRaises(ValidationError):
            schedules.create({"name": "Mend", "work_type_id": self.breakdown.id})
        schedule = schedules.create(
            {"name": "Look", "work_type_id": self.inspection.id, "equipment_ids": [(6, 0, self.conveyor.ids)]}
        )
        schedule.action_generate()
        request = schedule.request_ids
        self.assertEqual((request.maintenance_work_type_id, request.maintenance_type), (self.inspection, "preventive"))
        unused = schedules.env["maintenance.work.type"].create({"name": "Rounds", "maintenance_type": "preventive"})
        schedule.work_type_id = unused
        with self.assertRaises(UserError):
            unused.maintenance_type = "corrective"
