from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestFailure(MaintenanceCase):
    """Failure, cause and remedy, and finishing the work from one screen."""

    def _code(self, kind, **values):
        return self.env["maintenance.failure.code"].create({"name": f"Some {kind}", "kind": kind, **values})

    def test_a_usable_catalogue_is_shipped(self):
        codes = self.env["maintenance.failure.code"].with_user(self.technician).search([("company_id", "=", False)])
        count = {kind: len(found) for kind, found in codes.grouped("kind").items()}
        self.assertGreaterEqual(count["failure"], 8)
        self.assertGreaterEqual(count["cause"], 10)
        self.assertGreaterEqual(count["remedy"], 8)
        self.assertEqual(len(set(codes.mapped(lambda code: (code.kind, code.code)))), len(codes))

    def test_codes_fit_kind_category_and_company(self):
        request = self._assigned()
        other_category = self.env["maintenance.equipment.category"].create({"name": "Pumps"})
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        request.failure_id = self._code("failure", category_ids=self.category.ids)
        for code in (
            self._code("cause"),
            self._code("failure", category_ids=other_category.ids),
            self._code("failure", company_id=other_company.id),
        ):
            with self.subTest(code=code.name, kind=code.kind), self.assertRaises(ValidationError):
                request.failure_id = code.id
        with self.assertRaises(UserError):
            self._code("cause", company_id=other_company.id).with_user(self.technician).read(["name"])

    def test_planners_keep_the_catalogue(self):
        for user in (self.operator, self.technician, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.env["maintenance.failure.code"].with_user(user).create({"name": "Mine", "kind": "cause"})
        self.env["maintenance.failure.code"].with_user(self.planner).create({"name": "Ours", "kind": "cause"})

    def test_required_where_the_company_says_so(self):
        self.company.failure_codes_required = True
        request = self._assigned()
        request.action_start()
        with self.assertRaisesRegex(UserError, "“What failed, Why, What helped”"):
            request.action_complete()
        with self.assertRaises(UserError):
            request.with_user(self.planner).action_close()
        request.write({"failure_id": self._code("failure").id, "cause_id": self._code("cause").id})
        with self.assertRaisesRegex(UserError, "“What helped”"):
            request.action_complete()
        request.remedy_id = self._code("remedy")
        request.action_complete()
        self.assertEqual(request.state, "completed")
        preventive = self._assigned(maintenance_type="preventive")
        preventive.action_start()
        preventive.action_complete()

    def test_not_required_otherwise(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        self.assertEqual(request.state, "completed")

    def test_history_of_the_asset(self):
        before = self._assigned()
        before.action_start()
        before.write({"failure_id": self._code("failure").id, "work_done": "Greased"})
        before.action_complete()
        request = self._assigned()
        action = request.action_view_asset_history()
        found = self.env["maintenance.request"].with_user(self.technician).search(action["domain"])
        self.assertIn(before, found)
        self.assertNotIn(request, found)
        other = self.env["maintenance.equipment"].create({"name": "Press"})
        self.assertFalse(found.filtered(lambda job: job.equipment_id == other))

    def test_finishing_from_one_screen(self):
        """What the screen writes and then does, in the order the web client does it."""
        request = self._assigned()
        request.action_timer_start()
        action = request.action_open_done()
        self.assertEqual((action["views"][0][1], action["res_id"]), ("form", request.id))
        request.web_save({"work_done": "Roller replaced", "hours_by_hand": 0.5, "failure_id": self._code("failure").id}, {})
        answer = request.action_finish()
        opened = self.env.ref(answer["params"]["next"]["params"]["action"])
        self.assertEqual(opened.path, "my-work-orders")
        self.assertEqual((request.state, request.work_done), ("completed", "Roller replaced"))
        self.assertEqual(request.labor_ids.mapped("hours"), [0.5], "the hours are booked once")
