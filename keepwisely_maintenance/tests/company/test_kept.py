from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestKept(MaintenanceCase):
    """What is kept between clicks follows when it changes."""

    def test_the_first_stage_of_a_state(self):
        stages = self.env["maintenance.stage"]
        first = stages._first_of_state("in_progress")
        earlier = stages.create({"name": "At the bench", "state": "in_progress", "sequence": first.sequence - 1})
        self.assertEqual(stages._first_of_state("in_progress"), earlier)
        earlier.sequence = first.sequence + 1
        self.assertEqual(stages._first_of_state("in_progress"), first)
        earlier.sequence = first.sequence - 1
        earlier.unlink()
        self.assertEqual(stages._first_of_state("in_progress"), first)

    def test_delegations_about_a_day(self):
        delegations, today = self.env["maintenance.approval.delegation"], fields.Date.today()
        delegation = delegations.with_user(self.procurement).create(
            {
                "user_id": self.procurement.id, "delegate_id": self.planner.id,
                "date_from": today + timedelta(days=10), "date_to": today + timedelta(days=20),
            }
        )  # fmt: skip
        self.assertNotIn(delegation.id, delegations._get_ids_around(today))
        delegation.date_from = today
        self.assertIn(delegation.id, delegations._get_ids_around(today))

    def test_the_time_zone_of_a_plant(self):
        for name in ("Asia/Tokyo", "America/Lima"):
            self.company.resource_calendar_id.tz = name
            self.assertEqual(str(self.company._get_plant_timezone()), name)
        self.company.resource_calendar_id = self.company.resource_calendar_id.copy({"tz": "Asia/Tokyo"})
        self.assertEqual(str(self.company._get_plant_timezone()), "Asia/Tokyo")

    def test_the_sequence_of_a_document(self):
        def draw():
            asked = self.env["maintenance.requisition"].with_user(self.technician).create({})
            return asked.name[:2], self._report().reference[:2]

        usual = draw()
        own = self.env["ir.sequence"].create(
            [
                {"name": code, "code": code, "prefix": "X-", "company_id": self.company.id}
                for code in ("maintenance.requisition", "maintenance.request")
            ]
        )
        self.assertEqual(draw(), ("X-", "X-"))
        own.active = False
        self.assertEqual(draw(), usual)
        own.active = True
        self.assertEqual(draw(), ("X-", "X-"))
        own.unlink()
        self.assertEqual(draw(), usual)
