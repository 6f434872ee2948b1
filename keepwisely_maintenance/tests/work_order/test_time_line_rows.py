from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .time_line_common import START, TimeLineCase


@tagged("post_install", "-at_install")
class TestTimeLineRights(TimeLineCase):
    def test_writes_itself(self):
        request = self._report()
        self._end_transaction()
        row = request.sudo().phase_ids
        values = {"maintenance_request_id": request.id, "phase": "repair", "date_from": START}
        for user in (self.operator, self.technician, self.planner, self.finance):
            rows = row.with_user(user)
            for method, arguments in (("create", [values]), ("write", [{"phase": "people"}]), ("unlink", [])):
                with self.assertRaises(UserError):
                    getattr(rows, method)(*arguments)
        for forbidden in (lambda: row.create(values), lambda: row.write({"phase": "people"}), row.unlink):
            with self.assertRaises(UserError):
                forbidden()
        for commands in ([(5,)], [(2, row.id)], [(0, 0, values)]):
            with self.assertRaises(UserError):
                request.with_user(self.planner).write({"phase_ids": commands})
        self.assertEqual((row.exists(), row.phase), (row, "acknowledge"))

    def test_one_open_row_at_a_time(self):
        request = self._report()
        self._end_transaction()
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(Exception, "one_open"), self.env.cr.savepoint():
            self.env.cr.execute(
                SQL(
                    "INSERT INTO maintenance_request_phase (maintenance_request_id, phase, date_from) VALUES (%s, 'people', %s)",
                    request.id, START,
                )
            )  # fmt: skip

    def test_who_reads(self):
        request = self._report()
        self._end_transaction()
        row = request.sudo().phase_ids
        rows = self.env["maintenance.request.phase"]
        domain = [("id", "=", row.id)]
        for user, seen in (
            (self.technician, 1), (self.outsider, 0), (self.planner, 1), (self.buyer, 1), (self.finance, 1),
        ):  # fmt: skip
            self.assertEqual(rows.with_user(user).search_count(domain), seen, user.name)
        with self.assertRaises(AccessError):
            rows.with_user(self.operator).search(domain)
        elsewhere = self.env["res.company"].create({"name": "Sister plant"})
        self.planner.company_ids |= elsewhere
        self.assertFalse(rows.with_user(self.planner).with_company(elsewhere).with_context(allowed_company_ids=elsewhere.ids).search(domain))

    def test_numbers_of_the_pivot(self):
        first, second, third = self._report(), self._report(), self._report()
        self._wait(1)
        first.with_user(self.planner).action_approve()
        self._wait(2)
        second.with_user(self.planner).action_approve()
        self._wait(9)
        third.with_user(self.planner).action_approve()
        self._wait(1)
        ids = (first | second | third).ids
        rows = self.env["maintenance.request.phase"].with_user(self.planner)
        groups = rows.formatted_read_group(
            [("maintenance_request_id", "in", ids)], ["phase"],
            ["hours:sum", "hours_per_order:avg", "hours_median:avg", "maintenance_request_id:count_distinct"],
        )  # fmt: skip
        numbers = {
            group["phase"]: (
                group["hours:sum"], group["hours_per_order:avg"], group["hours_median:avg"],
                group["maintenance_request_id:count_distinct"],
            )
            for group in groups
        }  # fmt: skip
        self.assertEqual(numbers, {"acknowledge": (16, 16 / 3, 3, 3), "people": (12 + 10 + 1, 23 / 3, 10, 3)})
        fields = rows.fields_get(["hours", "hours_per_order", "hours_median"], ["aggregator"])
        self.assertEqual(
            {name: field["aggregator"] for name, field in fields.items()},
            {"hours": "sum", "hours_per_order": "avg", "hours_median": "avg"},
        )
        line = rows.search([("maintenance_request_id", "=", third.id)])
        self.assertEqual(sum(line.mapped("share")), 100)
        self.assertEqual(line.filtered("date_to").action_open()["res_id"], third.id)

    def test_moving_80_costs_two_queries_more(self):
        def count(number):
            requests = self._report() if number == 1 else self.env["maintenance.request"].browse(
                [self._report().id for _n in range(number)]
            )  # fmt: skip
            self._end_transaction()
            self.env.invalidate_all()
            requests.sudo()._move_to("approved")
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["maintenance.request.phase"].sudo()._write_pending()
            return self.cr.sql_log_count - before

        self.assertEqual(count(1), 2)
        self.assertEqual(count(80), 2)

    def test_drawn_from_the_dates_on_the_work_order(self):
        """History of another system: reported on the 2nd, approved on the 3rd, started on the 5th, done two hours later."""
        with freeze_time("2026-03-10 12:00:00"):
            done, going_on = self._assigned(), self._assigned()
            for request in (done, going_on):
                request.action_start()
            done.action_complete()
            self._end_transaction()
        done.sudo().write(
            {
                "request_date": "2026-03-02", "date_approved": "2026-03-03 08:00:00", "date_started": "2026-03-05 08:00:00",
                "date_completed": "2026-03-05 10:00:00",
            }
        )  # fmt: skip
        phases = self.env["maintenance.request.phase"]
        before = phases.search([("maintenance_request_id", "=", going_on.id)])
        phases.sudo()._draw_from_stamps((done | going_on).ids)
        self._end_transaction()
        rows = phases.search([("maintenance_request_id", "=", done.id)], order="date_from")
        self.assertEqual(
            [(row.phase, row.hours) for row in rows], [("acknowledge", 24), ("people", 48), ("repair", 2)]
        )
        self.assertEqual(phases.search([("maintenance_request_id", "=", going_on.id)]), before)
