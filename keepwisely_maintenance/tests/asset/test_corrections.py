from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.asset.maintenance_request_downtime_corrected import Claim, cut_out, lay_out
from ..common import MaintenanceCase

MONDAY = datetime(2026, 3, 2, 8)


def _at(hours):
    return MONDAY + timedelta(hours=hours)


@tagged("post_install", "-at_install")
class TestDowntimeCorrected(MaintenanceCase):
    """A report that is corrected has always said so; A and B are two conveyors whose hours cost 120 and 10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a = cls.conveyor
        cls.a.downtime_hourly_cost = 120.0
        cls.b = cls.env["maintenance.equipment"].create(
            {"name": "Conveyor 4", "maintenance_team_id": cls.team.id, "downtime_hourly_cost": 10.0}
        )

    def _down(self, hours, asset=None, status="down", **values):
        with freeze_time(_at(hours)):
            return self._report(equipment_id=(asset or self.a).id, reported_status=status, **values)

    def _do(self, hours, act):
        with freeze_time(_at(hours)):
            result = act()
            self.env.flush_all()
            self.env.invalidate_all()
        return result

    def _complete(self, hours, request):
        def complete():
            work = request.with_user(self.planner)
            work.action_approve()
            work.user_id = self.technician
            work.with_user(self.technician).action_start()
            work.with_user(self.technician).action_complete()
        self._do(hours, complete)

    def _periods(self, asset):
        """``(status, from, to, work order)`` of the downtime of an asset, in hours since Monday; to is None while it lasts."""
        self.env.invalidate_all()

        def hours(moment):
            return moment and (moment - MONDAY).total_seconds() / 3600

        return [
            (period.status, hours(period.date_from), hours(period.date_to) or None, period.maintenance_request_id)
            for period in asset.downtime_ids.sorted("date_from")
        ]

    # -- Another asset ----------------------------------------------------------------------------

    def test_the_wrong_asset_was_never_down(self):
        """240 hours × 120 stood on the wrong one after ten days."""
        request = self._down(0).sudo()
        self._do(240, lambda: request.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual((self.a.status, self._periods(self.a)), ("running", []))
        with freeze_time(_at(240)):
            self.a.invalidate_recordset()
            self.assertEqual((self.a.downtime_hours, self.a.downtime_cost), (0.0, 0.0))
            self.assertEqual((self.b.status, self.b.status_since), ("down", MONDAY))
            self.assertEqual((self.b.downtime_hours, self.b.downtime_cost), (240.0, 2400.0))
        self._complete(241, request)
        self.assertEqual(self._periods(self.b), [("down", 0, 241, request)])

    def test_what_was_completed_is_corrected_too(self):
        request = self._down(0).sudo()
        self._complete(5, request)
        self._do(9, lambda: request.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual(self._periods(self.a), [])
        self.assertEqual(self._periods(self.b), [("down", 0, 5, request)])
        self.assertEqual(self.b.downtime_cost, 50.0)

    def test_closed_stays_closed(self):
        request = self._down(0).sudo()
        self._complete(5, request)
        self._do(6, request.with_user(self.planner).action_close)
        with self.assertRaisesRegex(UserError, "closed"):
            request.with_user(self.planner).equipment_id = self.b
        self.assertEqual(self._periods(self.a), [("down", 0, 5, request)])

    def test_what_others_said_of_it_meanwhile(self):
        """Degraded by one report, down by the wrong one, and down by a third from hour 4 on."""
        degraded = self._down(0, status="degraded").sudo()
        wrong = self._down(1).sudo()
        down = self._down(4).sudo()
        self.assertEqual(len(self._periods(self.a)), 2)
        self._do(6, lambda: wrong.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual(self._periods(self.a), [("degraded", 0, 4, degraded), ("down", 4, None, down)])
        self.assertEqual(self._periods(self.b), [("down", 1, None, wrong)])
        self._complete(8, down)
        self.assertEqual(self._periods(self.a)[1:], [("down", 4, 8, down), ("degraded", 8, None, degraded)])

    def test_what_was_said_before_and_never_counted_by_itself(self):
        """The second report came while the asset ran badly already; it goes on when the first is done."""
        first, second = self._down(0, status="degraded").sudo(), self._down(1, status="degraded").sudo()
        wrong = self._down(2).sudo()
        self.assertFalse(second.downtime_ids)
        self._complete(6, first)
        self._do(8, lambda: setattr(wrong.with_user(self.planner), "reported_status", "running"))
        self.assertEqual(
            [(status, begin, end) for status, begin, end, _request in self._periods(self.a)][-1], ("degraded", 6, None)
        )

    def test_what_was_written_down_by_hand_goes_on(self):
        self._do(0, lambda: self.a.with_user(self.technician).action_degraded("Noise"))
        wrong = self._down(2).sudo()
        self._do(3, lambda: wrong.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual(self._periods(self.a), [("degraded", 0, None, self.env["maintenance.request"])])

    def test_the_right_one_was_down_already(self):
        """Only the time before its own report is added; as that is done, the corrected one still says so."""
        own = self._down(2, self.b).sudo()
        wrong = self._down(0).sudo()
        self._do(3, lambda: wrong.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual(self._periods(self.b), [("down", 0, 2, wrong), ("down", 2, None, own)])
        self._complete(5, own)
        self.assertEqual(self.b.status, "down")
        self._complete(6, wrong)
        self.assertEqual(self._periods(self.b), [("down", 0, 2, wrong), ("down", 2, 6, wrong)])

    def test_the_right_one_ran_badly(self):
        own = self._down(0, self.b, status="degraded").sudo()
        wrong = self._down(2).sudo()
        self._do(3, lambda: wrong.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual(self._periods(self.b), [("degraded", 0, 2, own), ("down", 2, None, wrong)])

    def test_an_asset_taken_off(self):
        request = self._down(0).sudo()
        self._do(2, lambda: request.with_user(self.planner).write({"equipment_id": False}))
        self.assertEqual(self._periods(self.a), [])

    def test_reporters_and_technicians_correct_it_as_well(self):
        for hours, user in ((0, self.operator), (10, self.technician)):
            request = self._down(hours).sudo()
            self._do(hours + 1, lambda request=request, user=user: request.with_user(user).write({"equipment_id": self.b.id}))
            self.assertEqual(self._periods(self.a), [])
            self.assertEqual(self._periods(self.b)[-1], ("down", hours, None, request))
            self._complete(hours + 2, request)

    # -- Another status ---------------------------------------------------------------------------

    def test_a_planner_corrects_the_status(self):
        request = self._down(0).sudo()
        self._do(3, lambda: request.with_user(self.planner).write({"reported_status": "degraded"}))
        self.assertEqual(self._periods(self.a), [("degraded", 0, None, request)])
        self._do(4, lambda: request.with_user(self.planner).write({"reported_status": "running"}))
        self.assertEqual((self._periods(self.a), self.a.status), ([], "running"))
        self._do(5, lambda: request.with_user(self.planner).write({"reported_status": "down"}))
        self.assertEqual(self._periods(self.a), [("down", 0, None, request)], "from the moment of the report")
        self._do(6, lambda: request.with_user(self.planner).write({"date_failure": _at(-2)}))
        self.assertEqual(self._periods(self.a), [("down", -2, None, request)])
        self._complete(7, request)
        self._do(8, lambda: request.with_user(self.planner).write({"reported_status": "running"}))
        self.assertEqual(self._periods(self.a), [], "also of what is completed")
        self._do(9, lambda: request.with_user(self.planner).write({"reported_status": "down"}))
        self.assertEqual(self._periods(self.a), [("down", -2, 7, request)])

    def test_a_technician_says_how_it_is_from_now_on(self):
        """Technicians begin and end a downtime, they do not correct one."""
        request = self._do(0, lambda: self._assigned(reported_status="down")).sudo()
        self._do(3, lambda: request.with_user(self.technician).write({"reported_status": "degraded"}))
        self.assertEqual(self._periods(self.a), [("down", 0, 3, request), ("degraded", 3, None, request)])
        self._do(4, lambda: request.with_user(self.technician).write({"reported_status": "running"}))
        self.assertEqual(self._periods(self.a), [("down", 0, 3, request), ("degraded", 3, 4, request)])
        self._do(6, lambda: request.with_user(self.technician).write({"reported_status": "down"}))
        self.assertEqual(self._periods(self.a)[2:], [("down", 6, None, request)])

    def test_who_reported_when_is_not_for_hands(self):
        request = self._down(0)
        with self.assertRaisesRegex(UserError, "by the system"):
            request.with_user(self.planner).maintenance_reported_at = _at(-9)
        with freeze_time(_at(1)):
            other = self._report(maintenance_reported_at=_at(-9))
        self.assertEqual(other.maintenance_reported_at, _at(1))

    # -- The work goes on -------------------------------------------------------------------------

    def test_back_to_work(self):
        """Completed by mistake: it stood still all the time."""
        request = self._down(0).sudo()
        self._complete(4, request)
        self.assertEqual(self.a.status, "running")
        self._do(5, lambda: request.with_user(self.technician).action_reopen())
        self.assertEqual((self.a.status, self._periods(self.a)), ("down", [("down", 0, None, request)]))
        self._do(6, lambda: request.with_user(self.technician).action_complete())
        self.assertEqual(self._periods(self.a), [("down", 0, 6, request)])

    def test_back_to_work_where_a_milder_report_came_after_it(self):
        degraded = self._down(0, status="degraded").sudo()
        request = self._down(1).sudo()
        self._complete(4, request)
        self._do(5, lambda: request.with_user(self.technician).action_reopen())
        self.assertEqual(self._periods(self.a), [("degraded", 0, 1, degraded), ("down", 1, None, request)])

    def test_what_was_ended_by_hand_stays_ended(self):
        request = self._down(0).sudo()
        self._do(3, lambda: self.a.with_user(self.technician).action_running())
        self._complete(4, request)
        self._do(5, lambda: request.with_user(self.technician).action_reopen())
        self.assertEqual(self._periods(self.a), [("down", 0, 3, request), ("down", 5, None, request)])

    def test_not_fixed(self):
        """It is down again from when somebody says so."""
        request = self._down(0, date_failure=_at(-1)).sudo()
        self._complete(4, request)
        self._do(9, lambda: request.with_user(self.operator).action_not_fixed("It stands again"))
        self.assertEqual(self._periods(self.a), [("down", -1, 4, request), ("down", 9, None, request)])
        self.assertEqual(self.a.status, "down")

    def test_not_fixed_after_closing(self):
        request = self._down(0).sudo()
        self._complete(4, request)
        self._do(5, request.with_user(self.planner).action_close)
        self._do(9, lambda: request.with_user(self.operator).action_not_fixed("It stands again"))
        again = request.next_request_ids
        self.assertEqual(again.reported_status, "down")
        self.assertEqual(self._periods(self.a), [("down", 0, 4, request), ("down", 9, None, again)])

    def test_cancelled_by_mistake(self):
        request = self._down(0).sudo()
        self._do(4, request.with_user(self.planner).archive_equipment_request)
        self.assertEqual(self.a.status, "running")
        self._do(6, request.with_user(self.planner).reset_equipment_request)
        self.assertEqual(self._periods(self.a), [("down", 0, None, request)])

    # -- Arithmetic -------------------------------------------------------------------------------

    def test_lay_out(self):
        claims = [Claim("degraded", 0, 9, "x"), Claim("down", 2, 4, "y"), Claim("down", 3, 6, "z"), Claim("down", 11, 12, "y")]
        self.assertEqual(
            [tuple(row) for row in lay_out(claims)],
            [("degraded", 0, 2, "x"), ("down", 2, 4, "y"), ("down", 4, 6, "z"), ("degraded", 6, 9, "x"), ("down", 11, 12, "y")],
        )
        self.assertEqual(lay_out([]), [])

    def test_cut_out(self):
        self.assertEqual(cut_out(0, 10, [(2, 3), (5, 12)]), [(0, 2), (3, 5)])
        self.assertEqual(cut_out(0, 10, []), [(0, 10)])
        self.assertEqual(cut_out(2, 4, [(0, 9)]), [])
        self.assertEqual(cut_out(2, 4, [(7, 9), (0, 1)]), [(2, 4)])

    # -- What the end of the work has ended --------------------------------------------------------

    def test_what_is_corrected_after_completion_goes_on_with_the_work(self):
        request = self._down(0).sudo()
        self._complete(5, request)
        self._do(9, lambda: request.with_user(self.planner).write({"equipment_id": self.b.id}))
        self._do(10, lambda: request.with_user(self.technician).action_reopen())
        self.assertEqual(self._periods(self.b), [("down", 0, None, request)])

    def test_an_end_that_a_planner_corrects_is_no_end_by_work(self):
        request = self._down(0).sudo()
        self._complete(5, request)
        self.assertTrue(self.a.downtime_ids.is_ended_by_work)
        self._do(6, lambda: self.a.downtime_ids.with_user(self.planner).write({"date_to": _at(4)}))
        self.assertFalse(self.a.downtime_ids.is_ended_by_work)
        self._do(7, lambda: request.with_user(self.technician).action_reopen())
        self.assertEqual(self._periods(self.a), [("down", 0, 4, request), ("down", 7, None, request)])

    def test_what_was_cancelled_says_nothing_of_the_asset(self):
        wrong = self._down(0).sudo()
        cancelled = self._down(1).sudo()
        self._do(2, cancelled.with_user(self.planner).archive_equipment_request)
        self._do(3, lambda: wrong.with_user(self.planner).write({"equipment_id": self.b.id}))
        self.assertEqual((self._periods(self.a), self.a.status), ([], "running"))

    def test_what_a_third_of_an_hour_costs(self):
        """To the cent; while nobody has chosen the asset yet there is no currency to round to."""
        values = {"status": "down", "date_from": _at(0), "date_to": _at(1)}
        period = self.env["maintenance.downtime"].create({"equipment_id": self.a.id, **values})
        self.assertEqual(period.hourly_cost, 120.0)
        self.assertEqual(period._get_cost(0.111111), 13.33)
        drafted = self.env["maintenance.downtime"].new({**values, "hourly_cost": 120.0})
        self.assertAlmostEqual(drafted._get_cost(0.111111), 13.33332, 6)
