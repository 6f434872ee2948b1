from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import MaintenanceCase

#: Thursday evening at eight in Chicago, Friday morning at two in UTC.
THURSDAY, EVENING = date(2026, 3, 5), datetime(2026, 3, 6, 2)
#: Friday morning at six in Tokyo, still Thursday in UTC.
FRIDAY, MORNING = date(2026, 3, 6), datetime(2026, 3, 5, 21)


class PlantDayCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._move_to("America/Chicago")
        cls.pump = cls._create_part("Pump", 100.0)

    @classmethod
    def _move_to(cls, zone, company=None):
        """The plant stands there; people look from wherever they are, which is UTC here."""
        company = company or cls.company
        company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": f"40 hours in {zone}", "tz": zone, "company_id": company.id}
        )

    def _planned(self, moment):
        request = self._assigned()
        request.with_user(self.planner).schedule_date = moment
        return request


@tagged("post_install", "-at_install")
class TestPlantDays(PlantDayCase):
    """A day is a day in the plant, whoever looks and whatever day it is in UTC."""

    def test_needed_by(self):
        for zone, moment, day in (("America/Chicago", EVENING, THURSDAY), ("Asia/Tokyo", MORNING, FRIDAY)):
            with self.subTest(zone=zone), freeze_time("2026-03-02 15:00"):
                self._move_to(zone)
                request = self._planned(moment)
                part = self._add_part(request, self.pump)
                request.action_request_parts(offer=False)
                line = part.maintenance_requisition_line_ids
                self.assertEqual((line.date_required, line.requisition_id.date_required), (day, day))
                self.assertEqual(part.date, moment, "the move keeps its moment")
                self.assertFalse(request.is_planned_before_parts)
                self.assertEqual(request.action_request_service("Crane").line_ids.date_required, day)

    def test_ordered_for_noon_of_that_day(self):
        with freeze_time("2026-02-16 15:00"):
            request = self._planned(EVENING)
            self._add_part(request, self.pump)
            request.action_request_parts(offer=False)
            requisition = request.requisition_ids.with_user(self.procurement)
            if requisition.state == "to_approve":
                requisition.action_approve()
            order = self._order(requisition)
            self.assertEqual(order.order_line.date_planned, datetime(2026, 3, 5, 18), "noon in Chicago")
            self.assertEqual(request.parts_ready_date, THURSDAY)
            self.assertFalse(request.is_planned_before_parts)

    def _get_to_do(self, request):
        kind = self.env.ref("maintenance.mail_act_maintenance_request")
        return request.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_planned_to_do(self):
        """The board shows planned work; where somebody else makes Odoo's to-do, it is due on the day in the plant."""
        for zone, moment, day in (("America/Chicago", EVENING, THURSDAY), ("Asia/Tokyo", MORNING, FRIDAY)):
            with self.subTest(zone=zone), freeze_time("2026-03-02 15:00"):
                self._move_to(zone)
                request = self._planned(moment)
                self.assertFalse(self._get_to_do(request))
                kinds = ["maintenance.mail_act_maintenance_request"]
                request.sudo().activity_schedule(kinds[0], moment.date(), user_id=self.planner.id)
                self.assertEqual(self._get_to_do(request).date_deadline, day)
                request.with_user(self.planner).with_context(mail_activity_automation_skip=True).schedule_date = (
                    moment + timedelta(days=7)
                )
                request.sudo().activity_reschedule(kinds, date_deadline=moment.date() + timedelta(days=7))
                self.assertEqual(self._get_to_do(request).date_deadline, day + timedelta(days=7))

    @freeze_time(EVENING)
    def test_reported_worked_and_closed_today(self):
        request = self._assigned()
        self.assertEqual(request.request_date, THURSDAY)
        self.assertFalse(self.env["maintenance.equipment"].create({"name": "Press"}).effective_date, "nobody said since when")
        request.action_timer_start()
        self.assertEqual(request.labor_ids.date, THURSDAY)
        request.hours_by_hand = 1.0
        self.assertEqual(set(request.labor_ids.mapped("date")), {THURSDAY})
        offered = self.env["maintenance.labor"].with_user(self.technician).new({"maintenance_request_id": request.id})
        self.assertEqual(offered.date, THURSDAY)
        request.action_complete()
        self.assertEqual(request.close_date, THURSDAY)

    @freeze_time(EVENING)
    def test_of_each_company_its_own(self):
        """A set over two companies, looked at from one of them."""
        tokyo = self.env["res.company"].create({"name": "Tokyo"})
        self._move_to("Asia/Tokyo", tokyo)
        team = self.env["maintenance.team"].create({"name": "Night shift", "company_id": tokyo.id})
        planner = new_test_user(
            self.env, "kw_both", "maintenance.group_equipment_manager", company_id=self.company.id,
            company_ids=[Command.set((self.company | tokyo).ids)],
        )  # fmt: skip
        requests = self.env["maintenance.request"].with_user(planner).with_context(
            allowed_company_ids=(self.company | tokyo).ids
        ).create(
            [
                {"name": "Here", "maintenance_team_id": self.team.id},
                {"name": "There", "company_id": tokyo.id, "maintenance_team_id": team.id},
            ]
        )  # fmt: skip
        self.assertEqual(requests.mapped("request_date"), [THURSDAY, FRIDAY])
        requests.user_id = planner
        requests.action_approve()
        labors = self.env["maintenance.labor"].with_user(planner).with_context(
            allowed_company_ids=(self.company | tokyo).ids
        ).create([{"maintenance_request_id": request.id, "hours": 1.0} for request in requests])
        self.assertEqual(labors.mapped("date"), [THURSDAY, FRIDAY])
        requests.action_complete()
        self.assertEqual(requests.mapped("close_date"), [THURSDAY, FRIDAY])

    @freeze_time("2026-03-02 15:00")
    def test_demand(self):
        part = self._add_part(self._planned(EVENING), self.pump)
        rows = self.env["maintenance.part.demand"].search([("move_id", "=", part.id)])
        self.assertEqual(rows.mapped("date"), [THURSDAY])

    def test_days_of_waiting(self):
        with freeze_time("2026-03-05 15:00"):
            request = self._assigned()
            self._add_part(request, self._create_part("Gearbox", 900.0))
            request.action_request_parts(offer=False)
        requisition = request.requisition_ids
        self.assertEqual(requisition.state, "to_approve")
        for moment, days in ((EVENING, 0), (datetime(2026, 3, 6, 7), 1)):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(requisition._get_days_waited(), days)
                brief = requisition.with_user(self.procurement)._get_briefs()[requisition]
                self.assertEqual(brief["days_waiting"], days)

    @freeze_time(EVENING)
    def test_to_dos_are_due_today(self):
        request = self._assigned()
        self._add_part(request, self._create_part("Gearbox", 900.0))
        request.action_request_parts(offer=False)
        self.assertEqual(set(request.requisition_ids.sudo().activity_ids.mapped("date_deadline")), {THURSDAY})
        parts = request.sudo()
        parts._schedule_parts_activity()
        parts.activity_schedule("keepwisely_maintenance.mail_activity_check_hours", user_id=self.technician.id)
        self.assertEqual(set(parts.activity_ids.mapped("date_deadline")), {THURSDAY})

    def test_under_warranty_until_the_last_evening(self):
        self.conveyor.warranty_date = THURSDAY
        with freeze_time(EVENING):
            self.assertTrue(self.conveyor._get_warranty_warning())
        with freeze_time("2026-03-06 07:00"):
            self.assertFalse(self.conveyor._get_warranty_warning())

    def test_costs_of_the_evening_count_for_the_meter(self):
        meter = self.env["maintenance.meter"].create({"name": "Hours", "code": "CHI", "equipment_id": self.conveyor.id})
        readings = self.env["maintenance.meter.reading"]
        with freeze_time("2026-03-01 15:00"):
            readings.create({"meter_id": meter.id, "value": 10, "date": "2026-03-01 15:00:00"})
        with freeze_time(EVENING):
            readings.create({"meter_id": meter.id, "value": 110, "date": EVENING})
        with freeze_time("2026-03-06 15:00"):
            request = self._assigned()
            request.hours_by_hand = 1.0  # on Friday, after the last reading
            self.env.flush_all()
            self.assertEqual(meter.counted_cost, 0.0)
