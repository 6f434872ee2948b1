from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestWhoWorksNow(MaintenanceCase):
    """Who sees whose timers, who stops them, and two who say at once that it is not fixed."""

    def test_who_sees_who_is_at_work(self):
        with freeze_time("2026-11-23 09:12:00"):
            request = self._assigned(request_date="2026-03-01")
            request.action_timer_start()
            self._end_transaction()
        with freeze_time("2026-11-23 09:47:00"):
            for user in (self.technician, self.colleague, self.planner):
                with self.subTest(user=user.login):
                    self.assertRegex(request.with_user(user).timer_message, r"^Technician since .* \(00:35 h\)$")
            self.assertFalse(request.with_user(self.operator).timer_message)
            request.with_user(self.colleague).action_timer_start()
            self._end_transaction()
            seen = request.with_user(self.planner).timer_message
            self.assertRegex(seen, r"^Technician since .*, Colleague since .* \(00:00 h\)$")

    def test_who_stops_a_timer(self):
        request = self._assigned()
        request.action_timer_start()
        timer = request.sudo().labor_ids
        for user, error in ((self.outsider, AccessError), (self.operator, AccessError), (self.colleague, UserError)):
            with self.subTest(user=user.login), self.assertRaises(error):
                timer.with_user(user).action_stop_timer()
        self.assertTrue(timer.is_running)
        self.assertTrue(timer.with_user(self.technician).action_stop_timer())
        self.assertEqual((timer.is_running, timer.hours), (False, 0.01))
        booked = timer.timer_stop
        with freeze_time("2037-01-01"):
            timer.with_user(self.planner).action_stop_timer()
        self.assertEqual((timer.timer_stop, timer.hours), (booked, 0.01), "what does not run is not stopped once more")

    def test_a_storekeeper_stops_none(self):
        """Who may read the work and writes no hours is refused by the right itself."""
        request = self._assigned()
        request.action_timer_start()
        with self.assertRaises(AccessError):
            request.sudo().labor_ids.with_user(self.storekeeper).action_stop_timer()
        with self.assertRaises(AccessError):
            request.sudo().labor_ids.with_user(self.buyer).action_stop_timer()

    def test_saying_that_it_is_not_fixed_touches_the_row_before_anything_is_read(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        request = request.with_user(self.operator)
        order = []
        for name in ("_serialise", "_check_work_done"):
            native = getattr(type(request), name)
            self.patch(type(request), name, lambda records, name=name, native=native: order.append(name) or native(records))
        request.action_not_fixed("It squeals")
        self.assertEqual(order, ["_serialise", "_check_work_done"])
