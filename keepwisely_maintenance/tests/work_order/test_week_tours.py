from odoo.tests import tagged

from ..browser_common import BrowserCase


class WeekTourCase(BrowserCase):
    """A planner plans a job without a date, in the browser."""

    def setUp(self):
        super().setUp()
        self.job = self._report().with_user(self.planner)
        self.job.action_approve()
        self.job.expected_hours = 2.0


@tagged("post_install", "-at_install")
class TestWeekTours(WeekTourCase):
    browser_size = "1280x800"

    def test_desk(self):
        self.start_tour("/odoo/maintenance-week", "keepwisely_planner_week", login="kw_planner")
        self.assertEqual((self.job.state, self.job.user_id.id, self.job.schedule_date), ("approved", False, False))

    def test_tablet(self):
        self.browser_size = "820x1100"
        self.start_tour("/odoo/maintenance-week", "keepwisely_planner_week", login="kw_planner")
        self.assertFalse(self.job.schedule_date)


@tagged("post_install", "-at_install")
class TestWeekPhoneTours(WeekTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.start_tour("/odoo/maintenance-week", "keepwisely_planner_week_phone", login="kw_planner")
        self.assertEqual((self.job.state, self.job.user_id), ("assigned", self.technician))
        self.assertTrue(self.job.schedule_date)
