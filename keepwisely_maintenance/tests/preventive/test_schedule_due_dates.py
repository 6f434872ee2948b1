from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_schedule import ScheduleCase

NOW = "2026-08-20 10:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestScheduleDueDates(ScheduleCase):
    """What a plant knows when it moves in: when each asset was done last, and when it is due next."""

    def setUp(self):
        super().setUp()
        self.motor = self.env["maintenance.equipment"].create({"name": "Motor", "maintenance_number": "EQ-7"})
        self.schedule = self._schedule("2026-09-01", interval=6, interval_unit="month", basis="completion")

    def _load(self, fields, *rows, user=None):
        return self.env["maintenance.schedule.asset"].with_user(user or self.planner).load(fields, [list(row) for row in rows])

    def _line(self, asset):
        return self.schedule.asset_ids.filtered(lambda line: line.equipment_id == asset)

    def test_last_done_says_when_it_is_due(self):
        result = self._load(
            ["schedule_id", "equipment_id", "last_done_date"],
            ("Grease the bearings", "EQ-7", "2026-03-08"), ("Grease the bearings", self.conveyor.display_name, "2026-02-02"),
        )  # fmt: skip
        self.assertFalse(result["messages"])
        self.assertIn(self.motor, self.schedule.equipment_ids, "it joined the schedule")
        motor, conveyor = self._line(self.motor), self._line(self.conveyor)
        self.assertEqual((motor.last_done_date, motor.next_date), (date(2026, 3, 8), date(2026, 9, 8)))
        self.assertEqual((conveyor.last_done_date, conveyor.next_date), (date(2026, 2, 2), date(2026, 8, 2)), "overdue")
        self.assertEqual(len(self.schedule.asset_ids), 2, "nothing twice")

    def test_what_is_said_to_be_next_stays(self):
        self._load(
            ["schedule_id", "equipment_id", "last_done_date", "next_date"],
            ("Grease the bearings", "EQ-7", "2026-03-08", "2026-12-24"),
        )  # fmt: skip
        line = self._line(self.motor)
        self.assertEqual((line.last_done_date, line.next_date), (date(2026, 3, 8), date(2026, 12, 24)))

    def test_with_the_schedule(self):
        schedule = self.env["maintenance.schedule"].with_user(self.planner).create(
            {
                "name": "Oil", "interval": 1, "interval_unit": "year", "next_date": "2027-01-01",
                "asset_ids": [
                    Command.create({"equipment_id": self.motor.id, "last_done_date": "2026-03-24"}),
                    Command.create({"equipment_id": self.conveyor.id, "next_date": "2026-10-01"}),
                ],
            }
        )  # fmt: skip
        dates = {line.equipment_id: line.next_date for line in schedule.asset_ids}
        self.assertEqual(dates, {self.motor: date(2027, 3, 24), self.conveyor: date(2026, 10, 1)})

    def test_an_export_comes_back(self):
        self._load(["schedule_id", "equipment_id", "last_done_date"], ("Grease the bearings", "EQ-7", "2026-03-08"))
        self.planner.group_ids |= self.env.ref("base.group_allow_export")
        names = [".id", "schedule_id/.id", "equipment_id/.id", "last_done_date", "next_date"]
        lines = self.schedule.asset_ids.with_user(self.planner)
        before = lines.export_data(names)["datas"]
        result = self._load(names, *[[str(value) for value in row] for row in before if row[3]])
        self.assertFalse(result["messages"])
        self.assertEqual(lines.export_data(names)["datas"], before)

    def test_work_orders_know_better(self):
        self._run("2026-09-01")
        self._complete(self.schedule.request_ids, "2026-09-02 10:00:00")
        with self.assertRaisesRegex(UserError, "Work orders say when"):
            self._line(self.conveyor).with_user(self.planner).last_done_date = "2026-08-01"
        with self.assertRaisesRegex(UserError, "in the future"):
            self._load(["schedule_id", "equipment_id", "last_done_date"], ("Grease the bearings", "EQ-7", "2026-08-21"))
            self.schedule.asset_ids.create(
                {"schedule_id": self.schedule.id, "equipment_id": self.motor.id, "last_done_date": "2026-08-21"}
            )

    def test_planners_alone(self):
        with self.assertRaises(AccessError):
            self.env["maintenance.schedule.asset"].with_user(self.technician).create(
                {"schedule_id": self.schedule.id, "equipment_id": self.motor.id}
            )
        with self.assertRaisesRegex(UserError, "Say which schedule"):
            self.env["maintenance.schedule.asset"].with_user(self.planner).create({"equipment_id": self.motor.id})
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["maintenance.schedule"].create(
            {"name": "Theirs", "company_id": sister.id, "next_date": "2027-01-01", "equipment_ids": [
                Command.create({"name": "Press", "company_id": sister.id, "maintenance_team_id": False}),
            ]}
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.env["maintenance.schedule.asset"].with_user(self.planner).create(
                {"schedule_id": theirs.id, "equipment_id": self.motor.id, "next_date": "2027-02-01"}
            )
