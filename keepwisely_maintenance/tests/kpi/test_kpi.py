from datetime import timedelta

from odoo.tests import tagged

from ...models.kpi.maintenance_kpi import CODES
from ...words import format_day
from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpiReliability(KpiCase):
    """MTBF, MTTR, mean downtime, time to acknowledge, first-time fix."""

    def test_mtbf_in_calendar_time(self):
        """A day of 24 hours with 2 failures that took 2 hours together.

        Operating time 24 - 2 = 22 h, 22 h ÷ 2 failures = 11 h. Here the day is a month of m days, with two
        standstills of one hour each: (24 m - 2) ÷ 2.
        """
        self._down(self._ago(10), 1)
        self._down(self._ago(5), 1)
        # degraded assets work
        self._down(self._ago(3), 5, status="degraded")
        kpi = self._kpi("mtbf", kpi_months=1)
        hours = (self.now - self._get_start(kpi)).total_seconds() / 3600
        self.assertEqual(kpi.denominator, 2)
        self.assertAlmostEqual(kpi.numerator, hours - 2, delta=0.1)
        self.assertAlmostEqual(kpi.value, (hours - 2) / 2, delta=0.1)

    def test_mtbf_counts_the_hours_meter(self):
        """An asset that ran 1,000 hours by its meter and failed 4 times: 1000 ÷ 4 = 250 h, whatever the calendar says."""
        meter = self.env["maintenance.meter"].create(
            {"name": "Hours", "code": "KPI-H", "equipment_id": self.conveyor.id, "unit": "h"}
        )
        readings = self.env["maintenance.meter.reading"]
        for days, value in ((40, 5000), (20, 5400), (1, 6000)):
            readings.create({"meter_id": meter.id, "value": value, "date": self._ago(days)})
        for days in (30, 22, 14, 6):
            self._down(self._ago(days), 2)
        kpi = self._kpi("mtbf")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (1000, 4, 250))

    def test_mtbf_before_use_and_after_scrapping(self):
        """In use from 40 to 30 days ago: 10 days = 240 h, less 2 h of standstill, ÷ 1 failure = 238 h."""
        self.conveyor.write({"effective_date": self.today - timedelta(days=40), "scrap_date": self.today - timedelta(days=30)})
        self._down(self._ago(35), 2)
        self.conveyor.active = False
        kpi = self._kpi("mtbf")
        self.assertAlmostEqual(kpi.value, 238)
        self.assertEqual(self._open_records(kpi, "other"), self.conveyor)

    def test_nobody_knows_since_when(self):
        """An asset without a start date is not new: its failures and hours are left out on both sides, and it is said."""
        self._down(self._ago(35), 2)
        known = self.env["maintenance.equipment"].create({"name": "Press", "effective_date": self.today - timedelta(days=40)})
        known.scrap_date = self.today - timedelta(days=30)
        self._down(self._ago(36), 2, known)
        self.assertFalse(self._kpi("mtbf").left_out_text)
        self.conveyor.effective_date = False
        kpi = self._kpi("mtbf")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (238, 1, 238))
        self.assertEqual(kpi.left_out_text, "Without the assets that have no start date: 1.")
        self.assertEqual(self._open_records(kpi).equipment_id, known)
        self.assertEqual(self._open_records(kpi, "other"), known)
        self.assertEqual(self._kpi("mean_downtime").denominator, 2, "how long it stood still is known")
        meter = self.env["maintenance.meter"].create(
            {"name": "Hours", "code": "KPI-N", "equipment_id": self.conveyor.id, "unit": " H "}
        )
        for days, value in ((40, 100), (1, 600)):
            self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": value, "date": self._ago(days)})
        kpi = self._kpi("mtbf")
        self.assertEqual((kpi.numerator, kpi.denominator), (738, 2), "the meter counted 500 hours of it")
        self.assertFalse(kpi.left_out_text)
        meter.active = False
        self.assertEqual(self._kpi("mtbf").value, 238)

    def test_availability(self):
        """In use for all of 10 days with standstills of 2 and 10 h, one of them for preventive work: 228 ÷ 240 = 95 %."""
        self.conveyor.write({"effective_date": self.today - timedelta(days=40), "scrap_date": self.today - timedelta(days=30)})
        job = self._assigned(maintenance_type="preventive")
        self._down(self._ago(35), 2)
        self._down(self._ago(37), 10, maintenance_request_id=job.id)
        self._down(self._ago(33), 5, status="degraded")
        kpi = self._kpi("availability")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (228, 240, 95))
        self.assertEqual(len(self._open_records(kpi)), kpi.record_count)
        self.assertEqual(kpi.record_count, 2)
        self.assertEqual(self._open_records(kpi, "other"), self.conveyor)

    def test_availability_of_what_still_stands(self):
        """It stands since five hours, and lasts: what was before the period and what is to come is not counted."""
        self.conveyor.effective_date = self.today - timedelta(days=400)
        self.env["maintenance.downtime"].create({"equipment_id": self.conveyor.id, "date_from": self._ago(0, 5)})
        self._down(self._ago(390), 50)
        kpi = self._kpi("availability")
        self.assertAlmostEqual(kpi.denominator - kpi.numerator, 5, places=1)
        self.assertEqual(kpi.record_count, 1)

    def test_availability_of_an_asset_and_its_line(self):
        """A line is available as its components are: (240 − 24 + 240) ÷ 480 = 95 %; who reports reads it as well."""
        days = {"effective_date": self.today - timedelta(days=40), "scrap_date": self.today - timedelta(days=30)}
        self.conveyor.write(days)
        motor = self.env["maintenance.equipment"].create({"name": "Motor", "parent_id": self.conveyor.id, **days})
        bolt = self.env["maintenance.equipment"].create({"name": "Bolt", "parent_id": motor.id})
        self._down(self._ago(35), 24, motor)
        self.env.flush_all()
        self.env.invalidate_all()
        assets = (self.conveyor | motor | bolt).with_user(self.operator)
        self.assertEqual(assets.mapped("maintenance_availability"), [95, 90, 0])

    def test_standstill_for_preventive_work_is_no_failure(self):
        job = self._assigned(maintenance_type="preventive")
        self._down(self._ago(5), 3, maintenance_request_id=job.id)
        self.assertFalse(self._kpi("mtbf").is_measured)
        self.assertFalse(self._kpi("mean_downtime").is_measured)

    def test_mean_downtime(self):
        """Standstills of 2, 3 and 7 hours: 12 ÷ 3 = 4 h. One that lasts counts when it ends."""
        for days, hours in ((20, 2), (15, 3), (10, 7)):
            self._down(self._ago(days), hours)
        self.env["maintenance.downtime"].create({"equipment_id": self.conveyor.id, "date_from": self._ago(1)})
        kpi = self._kpi("mean_downtime")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (12, 3, 4))
        self.assertEqual(len(self._open_records(kpi)), kpi.record_count)

    def test_mttr(self):
        """Repairs of 1, 2, 3 and 6 hours: 12 h ÷ 4 repairs = 3 h (total repair time ÷ number of repairs)."""
        for days, hours in ((40, 1), (30, 2), (20, 3), (10, 6)):
            self._repair(self._ago(days), hours)
        # nobody booked hours, preventive, and before the period
        self._repair(self._ago(9))
        self._repair(self._ago(8), 8, maintenance_type="preventive")
        self._repair(self._ago(800), 8)
        kpi = self._kpi("mttr")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (12, 4, 3))
        self.assertEqual(kpi.value_text, "03:00 h")
        self.assertEqual(len(self._open_records(kpi)), 4)
        self.assertEqual(sum(self._open_records(kpi, "other").mapped("hours")), 12)

    def test_acknowledge(self):
        """Looked after 1, 2 and 9 hours after the report: 12 ÷ 3 = 4 h. A report nobody touched has no time yet."""
        for days, hours in ((20, 1), (15, 2), (10, 9)):
            request = self._assigned()
            self._set(request, create_date=self._ago(days), date_acknowledged=self._ago(days) + timedelta(hours=hours))
        self._report()
        kpi = self._kpi("acknowledge")
        self.assertAlmostEqual(kpi.value, 4)
        self.assertEqual(kpi.denominator, 3)
        self.assertEqual(len(self._open_records(kpi)), 3)

    def test_first_time_fix(self):
        """Of 5 repairs one was reported again after 10 days and one was said not to be fixed: 3 ÷ 5 = 60 %.

        The second report itself held (300 days without another).
        """
        self._repair(self._ago(340))
        self._repair(self._ago(300))
        self._repair(self._ago(290), reported=self._ago(292))
        self._repair(self._ago(200))
        # longer ago than 30 days holds
        bad = self._repair(self._ago(100))
        self._set(bad, not_fixed_count=1)
        # too young to say
        self._repair(self._ago(5))
        kpi = self._kpi("first_time_fix")
        self.assertEqual((kpi.numerator, kpi.denominator), (3, 5))
        self.assertAlmostEqual(kpi.value, 60)
        self.assertEqual(len(self._open_records(kpi)), 5)
        fixed = self._open_records(kpi, "other")
        self.assertEqual(len(fixed), 3)
        self.assertEqual(set(fixed.mapped("is_fixed_first_time")), {True})
        self.assertFalse(any((self._open_records(kpi) - fixed).mapped("is_fixed_first_time")))

    def test_cancelled_report_does_not_undo_a_repair(self):
        self._repair(self._ago(60))
        again = self._assigned()
        again.with_user(self.planner).archive_equipment_request()
        self._set(again, create_date=self._ago(50))
        self.assertEqual(self._kpi("first_time_fix").value, 100)

    def _get_start(self, kpi):
        period = kpi._get_period()
        return self.company._get_plant_moment(period.start, self.now.min.time())


@tagged("post_install", "-at_install")
class TestKpiGeneral(KpiCase):
    """What holds for all figures."""

    def test_all_codes_have_a_record_and_a_definition(self):
        figures = self.env["maintenance.kpi"].search([])
        self.assertEqual({code for code, _name in CODES}, set(figures.mapped("code")))
        for kpi in figures:
            self.assertTrue(kpi.definition and kpi.exclusions and kpi.source and kpi.records_label, kpi.code)

    def test_no_data_is_not_zero(self):
        """Nothing was counted: no value, no text, no trend, no rating, no graph."""
        # an asset that has been in use since a known day is data: it was available
        self.conveyor.effective_date = False
        self.env.invalidate_all()
        self.planner.group_ids |= self.env.ref("purchase.group_purchase_user")
        for kpi in self.env["maintenance.kpi"].with_user(self.planner).search([("is_today", "=", False)]):
            self.assertFalse(kpi.is_refused, kpi.code)
            self.assertFalse(kpi.is_measured, kpi.code)
            self.assertIsNone(kpi._get_value(kpi._get_results([kpi._get_period()])[0]))
            for name in ("value_text", "previous_text", "change", "rating", "graph", "calculation"):
                self.assertFalse(kpi[name], (kpi.code, name))

    def test_zero_is_a_number(self):
        """One repair, and it did not hold: 0 ÷ 1 = 0 %, with a text and a rating."""
        request = self._repair(self._ago(60))
        self._set(request, not_fixed_count=1)
        kpi = self._kpi("first_time_fix")
        self.assertTrue(kpi.is_measured)
        self.assertEqual((kpi.value, kpi.value_text, kpi.rating), (0, "0 %", "bad"))

    def test_against_the_period_before_and_the_target(self):
        """Three months: repairs of 6 h before and 3 h now; less is better, 3 h is above a target of 2.8 h and near it."""
        self._repair(self._ago(120), 6)
        self._repair(self._ago(30), 3)
        kpi = self._kpi("mttr", kpi_months=3)
        kpi.sudo().target = 2.8
        self.assertEqual((kpi.value, kpi.previous_text, kpi.change, kpi.direction), (3, "06:00 h", "better", "down"))
        self.assertEqual((kpi.rating, kpi.target_text), ("near", "02:48 h"))
        self.assertIn(format_day(self.env, self.today), kpi.period_text)
        opened = kpi.with_context(kpi_team_ids=self.team.ids).action_open_definition()
        self.assertEqual((opened["res_id"], opened["context"]), (kpi.id, {"kpi_months": 3, "kpi_team_ids": self.team.ids}))
        self.assertEqual(self._kpi("mttr", kpi_months=12).value, 4.5)

    def test_graph_of_twelve_months_has_gaps(self):
        self._repair(self._ago(70), 6)
        self._repair(self._ago(1), 3)
        kpi = self._kpi("mttr")
        history = self.env["maintenance.kpi"].with_user(self.planner)._get_history(["mttr"])[kpi]
        values = [value for _month, _result, value in history]
        self.assertEqual(len(values), 12)
        self.assertEqual(sum(value is None for value in values), 10)
        self.assertIn("null", kpi.graph)

    def test_one_team_alone(self):
        self._repair(self._ago(20), 2)
        self._repair(self._ago(20), 4, maintenance_team_id=self.other_team.id, user_id=self.technician.id)
        self.assertEqual(self._kpi("mttr").value, 3)
        self.assertEqual(self._kpi("mttr", kpi_team_ids=self.team.ids).value, 2)
        kpi = self._kpi("mttr", kpi_team_ids=self.other_team.ids)
        self.assertEqual(kpi.value, 4)
        self.assertEqual(self._open_records(kpi).maintenance_team_id, self.other_team)

    def test_technicians_count_what_they_may_see(self):
        """The outsider is of another team: the number is that of the records a click opens."""
        self._repair(self._ago(20), 2)
        self.assertEqual(self._kpi("mttr", self.technician).value, 2)
        self.assertFalse(self._kpi("mttr", self.outsider).is_measured)
        self.assertFalse(self._open_records(self._kpi("mttr", self.outsider)))

    def test_whose_records_cannot_be_read_sees_no_number(self):
        """A buyer may not read meters: the figure that needs them still works; nobody meets an error."""
        for user in (self.technician, self.planner, self.buyer, self.finance, self.storekeeper):
            kpis = self.env["maintenance.kpi"].with_user(user)
            if kpis.has_access("read"):
                kpis.search([]).mapped("value_text")
