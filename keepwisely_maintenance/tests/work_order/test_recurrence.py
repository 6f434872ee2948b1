from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestRecurrence(MaintenanceCase):
    """Native recurrence makes the next occurrence when the work is done, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "40 hours", "tz": "America/Chicago", "company_id": cls.company.id}
        )

    def _grease(self, **values):
        request = self.env["maintenance.request"].with_user(self.planner).create(
            {
                "name": "Grease",
                "equipment_id": self.conveyor.id,
                "maintenance_type": "preventive",
                "recurring_maintenance": True,
                "user_id": self.technician.id,
                "schedule_date": "2026-03-06 15:00:00",
                "expected_hours": 3.0,
                **values,
            }
        )
        request.action_approve()
        request.action_assign()
        return request.with_user(self.technician)

    def _stage(self, state):
        return self.env["maintenance.stage"]._first_of_state(state)

    def _get_next(self, request):
        return self.env["maintenance.request"].search([("name", "=", request.name), ("id", "!=", request.id)])

    def test_once(self):
        request = self._grease()
        request.action_complete()
        closed_on, following = request.close_date, self._get_next(request)
        self.assertEqual(len(following), 1)
        self.assertEqual(request.maintenance_next_request_id, following)
        self.assertEqual((following.state, following.user_id, following.expected_hours), ("requested", self.technician, 3.0))
        request.with_user(self.planner).action_close()
        self.assertEqual(request.close_date, closed_on)
        request.with_user(self.planner).action_reopen("Not greased")
        request.action_complete()
        request.action_reopen()
        request.stage_id = self._stage("completed")
        self.assertEqual(self._get_next(request), following)

    def test_not_again_when_the_next_was_cancelled(self):
        request = self._grease()
        request.action_complete()
        self._get_next(request).with_user(self.planner).archive_equipment_request()
        request.action_reopen()
        request.action_complete()
        self.assertEqual(len(self._get_next(request)), 1)

    def test_each_occurrence_makes_one(self):
        """Many at once, moved to a done stage as a board or an import does it."""
        requests = self._grease(name="Belt") | self._grease(name="Chain")
        requests.with_user(self.planner).write({"stage_id": self._stage("completed").id})
        following = requests.maintenance_next_request_id
        self.assertEqual(following.mapped("name"), ["Belt", "Chain"])
        following.with_user(self.planner).write({"stage_id": self._stage("closed").id})
        self.assertEqual(len(following.maintenance_next_request_id), 2)

    def test_at_the_same_time_of_day(self):
        """Nine in the morning in Chicago, where the clocks change on 8 March."""
        with freeze_time("2026-03-06 20:00:00"):
            request = self._grease()
            request.action_complete()
        following = self._get_next(request)
        self.assertEqual(following.schedule_date, datetime(2026, 3, 13, 14))
        self.assertEqual(following.request_date, date(2026, 3, 6))

    def test_until(self):
        """The day is the one in the plant: Thursday evening there is Friday in UTC."""
        for until, count in (("2026-03-11", 0), ("2026-03-12", 1)):
            with self.subTest(until=until):
                request = self._grease(
                    name=until, schedule_date="2026-03-06 02:00:00", repeat_type="until", repeat_until=until
                )
                request.action_complete()
                self.assertEqual(len(self._get_next(request)), count)

    def test_only_what_recurs(self):
        for values in ({"recurring_maintenance": False}, {"maintenance_type": "corrective"}):
            request = self._grease(name=str(values), **values)
            request.action_complete()
            self.assertFalse(self._get_next(request))

    def test_not_for_hands(self):
        request, other = self._grease(), self._grease(name="Other")
        with self.assertRaises(UserError):
            request.with_user(self.planner).maintenance_next_request_id = other
