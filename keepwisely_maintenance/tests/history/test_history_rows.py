from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .history_common import FLAG, HistoryCase


@tagged("post_install", "-at_install")
class TestHistoryRows(HistoryCase):
    """Work of another system is written down as it was, and nothing comes of it today."""

    def test_keeps_its_dates_people_and_number(self):
        request = self._bring_in(1, labor_hours=4.5, labor_cost=200.0, parts_cost=30.0, service_cost=12.5).with_user(self.planner)
        self.assertEqual(request.reference, "OLD-1")
        self.assertEqual(request.state, "closed")
        self.assertTrue(request.maintenance_brought_in)
        self.assertEqual(request.create_date, datetime(2024, 3, 4, 6))
        self.assertEqual(request.maintenance_date_reported, datetime(2024, 3, 4, 6))
        self.assertEqual(request.request_date, date(2024, 3, 4))
        self.assertEqual(request.date_approved, datetime(2024, 3, 4, 8))
        self.assertEqual(request.date_acknowledged, datetime(2024, 3, 4, 8))
        self.assertEqual(request.date_started, datetime(2024, 3, 5, 7))
        self.assertEqual(request.date_completed, datetime(2024, 3, 5, 11, 30))
        self.assertEqual(request.date_closed, datetime(2024, 3, 8, 9))
        self.assertEqual(request.close_date, date(2024, 3, 5))
        self.assertEqual(request.maintenance_person_id, self.left)
        self.assertFalse(request.user_id, "never whoever imports")
        self.assertFalse(request.owner_user_id)
        self.assertFalse(request.is_approval_due)
        self.assertEqual(request.maintenance_team_id, self.team)
        labor = request.labor_ids
        self.assertEqual((labor.person_id, labor.date, labor.hours, labor.amount), (self.left, date(2024, 3, 5), 4.5, 200.0))
        self.assertFalse(labor.user_id)
        self.assertEqual((request.labor_cost, request.parts_cost, request.service_cost), (200.0, 30.0, 12.5))
        self.assertEqual(request.total_cost, 242.5)
        self.assertEqual(self.conveyor.with_user(self.planner).maintenance_cost, 242.5)
        self.assertEqual(request.cost_entry_ids.mapped("date"), [date(2024, 3, 5)] * 2)

    def test_nothing_of_today(self):
        self.conveyor.category_id.technician_user_id = self.technician
        messages = self.env["mail.message"].search_count([])
        activities = self.env["mail.activity"].search_count([])
        moves = self.env["stock.move"].search_count([])
        analytic = self.env["account.analytic.line"].search_count([])
        requests = self._bring_in(
            1, 2, user_id=self.technician.id, priority="3", labor_hours=3, parts_cost=9, recurring_maintenance=False
        )
        self._end_transaction()
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        self.assertEqual(self.env["stock.move"].search_count([]), moves)
        self.assertEqual(self.env["account.analytic.line"].search_count([]), analytic)
        self.assertFalse(requests.sudo().message_follower_ids)
        self.assertEqual(requests.user_id, self.technician)

    def test_time_line_is_of_its_dates(self):
        request = self._bring_in(1)
        self._end_transaction()
        rows = [(row.phase, row.date_from, row.date_to) for row in request.with_user(self.planner).phase_ids.sorted("date_from")]
        self.assertEqual(
            rows,
            [
                ("acknowledge", datetime(2024, 3, 4, 6), datetime(2024, 3, 4, 8)),
                ("people", datetime(2024, 3, 4, 8), datetime(2024, 3, 5, 7)),
                ("repair", datetime(2024, 3, 5, 7), datetime(2024, 3, 5, 11, 30)),
            ],
        )

    def test_open_work_goes_on(self):
        """Work that was open there is open here, in its phase since then; its gates hold from now on."""
        request = self._bring_in(
            1, state="assigned", maintenance_person_id=self.contractor.id, date_started=False, date_completed=False,
            date_closed=False,
        )  # fmt: skip
        self._end_transaction()
        rows = [(row.phase, row.date_from, row.date_to) for row in request.phase_ids.sorted("date_from")]
        self.assertEqual(
            rows,
            [
                ("acknowledge", datetime(2024, 3, 4, 6), datetime(2024, 3, 4, 8)),
                ("people", datetime(2024, 3, 4, 8), False),
            ],
        )
        request = request.with_context(maintenance_bring_in_history=False).with_user(self.planner)
        with self.assertRaises(UserError):
            request.date_approved = datetime(2024, 1, 1)
        request.action_start()
        self._end_transaction()
        self.assertEqual(request.phase_ids.sorted("date_from").mapped("phase"), ["acknowledge", "people", "repair"])
        request.action_complete()
        self.assertGreater(request.date_completed, datetime(2026, 1, 1))

    def test_open_work_of_somebody_who_has_left(self):
        """It comes in as it was; a planner gives it to somebody else."""
        request = self._bring_in(1, state="assigned", date_started=False, date_completed=False, date_closed=False)
        self.assertEqual(request.maintenance_person_id, self.left)
        request = request.with_context(maintenance_bring_in_history=False).with_user(self.planner)
        request.user_id = self.technician
        self.assertEqual(request.maintenance_person_id, self.technician.partner_id)

    def test_closed_like_any_other(self):
        request = self._bring_in(1, labor_hours=2.0).with_context(maintenance_bring_in_history=False).with_user(self.planner)
        with self.assertRaisesRegex(UserError, "closed and stays as it is"):
            request.name = "Something else"
        with self.assertRaises(UserError):
            request.labor_ids.hours = 3
        with self.assertRaises(UserError):
            request.unlink()
        request.with_context(**FLAG).action_reopen("Wrong asset")
        self.assertEqual(request.state, "in_progress")

    def test_what_cost_nothing(self):
        """Zero is a cost; only where none is said, an hour costs what the person's costs."""
        self.contractor.maintenance_hourly_cost = 30.0
        free, unsaid = self._history().create(
            [
                self._values(1, labor_hours=2.0, labor_cost=0.0, maintenance_person_id=self.contractor.id),
                self._values(2, labor_hours=2.0, maintenance_person_id=self.contractor.id),
            ]
        ).with_user(self.planner)
        self.assertEqual((free.labor_cost, unsaid.labor_cost), (0.0, 60.0))

    def test_state_of_the_asset_stays(self):
        self.conveyor.with_user(self.planner).action_down()
        request = self._bring_in(
            1, maintenance_downtime_from="2024-03-04 05:00:00", maintenance_downtime_to="2024-03-05 11:30:00"
        ).with_user(self.planner)
        self.assertEqual(self.conveyor.status, "down")
        self.assertEqual(request.downtime_hours, 30.5)
        self.assertEqual(request.downtime_ids.maintenance_request_id, request)
        self.assertTrue(request.downtime_ids.maintenance_brought_in)

    def test_lines_of_its_own(self):
        request = self._bring_in(
            1,
            labor_ids=[
                Command.create({"person_id": self.left.id, "date": "2024-03-05", "hours": 2, "amount": 77.77}),
                Command.create({"user_id": self.technician.id, "date": "2024-03-06", "hours": 30, "hourly_cost": 10}),
            ],
            downtime_ids=[Command.create({"date_from": "2024-03-04 05:00:00", "date_to": "2024-03-04 06:00:00"})],
        ).with_user(self.planner)
        self.assertEqual(sorted(request.labor_ids.mapped("amount")), [77.77, 300.0])
        self.assertEqual(request.labor_ids.person_id, self.left | self.technician.partner_id)
        self.assertEqual(request.downtime_hours, 1.0)

    def test_due_by_schedule(self):
        schedule = self.env["maintenance.schedule"].with_user(self.planner).create(
            {"name": "Belt check", "interval": 30, "interval_unit": "day", "equipment_ids": [Command.set(self.conveyor.ids)]}
        )
        on_time, late = self._history().create(
            [
                self._values(1, schedule_id=schedule.id, schedule_due_date="2024-03-04"),
                self._values(2, schedule_id=schedule.id, schedule_due_date="2024-02-25"),
            ]
        ).with_user(self.planner)
        self.assertEqual(on_time.maintenance_type, "preventive")
        self.assertEqual(on_time.schedule_asset_id, schedule.asset_ids)
        self.assertEqual((on_time.is_done_in_time, late.is_done_in_time), (True, False))
        self.assertEqual(schedule.asset_ids.last_done_date, date(2024, 3, 5))

    # -- What cannot be ----------------------------------------------------------------------------------

    def test_what_cannot_be(self):
        ahead = datetime.now().replace(microsecond=0) + timedelta(days=3)
        for values, words in (
            ({"date_completed": "2024-03-03 06:00:00"}, "Completed before it was reported"),
            ({"date_completed": "2024-03-05 06:59:00"}, "Completed before it was started"),
            ({"date_closed": "2024-03-05 06:59:00"}, "Closed before it was completed"),
            ({"date_approved": "2024-03-03 06:59:00"}, "Approved before it was reported"),
            ({"date_closed": str(ahead)}, "“Closed on” lies in the future"),
            ({"date_completed": False}, "Say when it was completed"),
            ({"state": "in_progress"}, "It is “In progress” and has “Completed on”"),
            ({"state": "cancelled"}, "has “Completed on”"),
            ({"state": "nonsense"}, "cannot be brought in"),
            ({"labor_hours": -1}, "Hours are more than zero"),
            ({"labor_hours": 3, "maintenance_person_id": False}, "Say who worked the hours"),
            ({"labor_hours": float("nan")}, "is no number"),
            ({"parts_cost": "twelve"}, "is no number"),
            ({"date_started": "yesterday"}, "is no date"),
            ({"maintenance_downtime_from": "2024-03-05 06:59:00"}, "when it ended"),
            (
                {"maintenance_downtime_from": "2024-03-05 06:59:00", "maintenance_downtime_to": "2024-03-05 06:00:00"},
                "ends before it begins",
            ),
            ({"equipment_id": 10**8}, "“Asset” is unknown"),
            ({"name": False}, "Say what the work was about"),
            ({"parts_state": "ready"}, "cannot be brought in"),
            ({"part_ids": [Command.create({"product_id": self.bearing.id})]}, "cannot be brought in"),
            ({"labor_ids": [Command.link(1)]}, "nothing else is linked"),
            ({"maintenance_date_reported": False, "date_approved": False, "date_started": False, "date_completed": False,
              "date_closed": False, "state": "requested"}, "Say when it was reported"),
        ):  # fmt: skip
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self._bring_in(1, **values)
        self.assertFalse(self.env["maintenance.request"].search([("reference", "=", "OLD-1")]))

    def test_every_bad_row_is_told(self):
        with self.assertRaises(ValidationError) as caught:
            self._history().create([self._values(1), self._values(1), self._values(2, name=False)])
        self.assertEqual(
            str(caught.exception), "Row 2: OLD-1 stands in the file already.\nRow 3: Say what the work was about."
        )

    def test_number_once(self):
        self._bring_in(1)
        with self.assertRaisesRegex(ValidationError, "OLD-1 is here already"):
            self._bring_in(1)
        fresh = self._history().create(self._values(7, reference=False))
        self.assertTrue(fresh.reference)

    def test_overlapping_downtime(self):
        period = {"maintenance_downtime_from": "2024-03-04 05:00:00", "maintenance_downtime_to": "2024-03-04 09:00:00"}
        self._bring_in(1, **period)
        with self.assertRaisesRegex(ValidationError, "overlaps the one of its asset from .* on, which is here already"):
            self._bring_in(2, maintenance_downtime_from="2024-03-04 08:59:00", maintenance_downtime_to="2024-03-04 10:00:00")
        self._bring_in(3, maintenance_downtime_from="2024-03-04 09:00:00", maintenance_downtime_to="2024-03-04 10:00:00")
        self._bring_in(4, equipment_id=self.mixer.id, **period)

    # -- Who may -------------------------------------------------------------------------------------------

    def test_right(self):
        """The flag from outside asks for the right, on every path and whoever goes on as superuser."""
        values = {
            "maintenance.request": self._values(1),
            "maintenance.labor": {"hours": 1},
            "maintenance.downtime": {"equipment_id": self.conveyor.id},
            "maintenance.cost.entry": {"amount": 5, "kind": "part", "equipment_id": self.conveyor.id, "date": "2024-01-01"},
        }
        for user in (self.planner, self.technician, self.operator, self.buyer):
            for model, vals in values.items():
                with self.subTest(user=user.name, model=model):
                    with self.assertRaisesRegex(AccessError, "Bring in history"):
                        self._history(model, user).create(vals)
                    with self.assertRaisesRegex(AccessError, "Bring in history"):
                        self._history(model, user).load(list(vals), [["1"] * len(vals)])
        with self.assertRaisesRegex(AccessError, "Bring in history"):
            # as superuser by way of code that goes on with the caller's context
            self.env["maintenance.request"].with_user(self.planner).with_context(**FLAG).sudo().create(self._values(1))

    def test_own_keys_count_for_nothing(self):
        """What the module says to itself nobody can say over the network."""
        requests = self.env["maintenance.request"].with_user(self.planner).with_context(maintenance_bringing_in=True)
        with self.assertRaises(UserError):
            requests.create(self._values(1))
        with self.assertRaises(AccessError):
            labor = self.env["maintenance.labor"].with_user(self.planner)
            labor.create({"maintenance_request_id": self._assigned().id, "hours": 1, "maintenance_brought_in": True})
        # hours that are marked are charged to nobody
        labor = self.env["maintenance.labor"].with_user(self.technician)
        self.env["ir.default"].with_user(self.technician).set(labor._name, "maintenance_brought_in", True, user_id=True)
        for context in ({}, {"default_maintenance_brought_in": True}):
            vals = {"maintenance_request_id": self._assigned().id, "hours": 1}
            self.assertFalse(labor.with_context(**context).create(vals).maintenance_brought_in)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        asset = self.env["maintenance.equipment"].create({"name": "Far", "company_id": other.id})
        for values in ({"equipment_id": asset.id}, {"company_id": other.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                self._bring_in(1, **values)
