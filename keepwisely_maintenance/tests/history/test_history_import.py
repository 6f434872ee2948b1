from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .history_common import COLUMNS, FLAG, HistoryCase


@tagged("post_install", "-at_install")
class TestHistoryImport(HistoryCase):
    """The import screen's way in: every bad row is told, with its number and its reason, and no other."""

    def _get_wrong_file(self):
        ahead = f"{datetime.now() + timedelta(days=40):%Y-%m-%d} 08:00:00"
        return [
            self._row(1, labor_hours="3", labor_cost="126"),
            self._row(2, maintenance_date_reported="2024-03-06 06:00:00"),
            self._row(3, date_started="2024-03-05 12:00:00"),
            self._row(4, maintenance_person_id="Nobody Known", labor_hours="3"),
            self._row(1),
            self._row(9),
            self._row(6, date_completed=ahead),
            self._row(7, equipment_id="Press 77"),
            self._row(8, labor_hours="approx. 3"),
            self._row(10, labor_hours="-3"),
            self._row(11, date_completed=""),
            self._row(12, state="Terminated"),
            self._row(13, labor_hours="3", labor_cost="96"),
            self._row(14, maintenance_downtime_from="2024-04-05 06:00:00", maintenance_downtime_to="2024-04-05 05:00:00"),
            self._row(15, maintenance_downtime_from="2024-04-06 06:00:00", maintenance_downtime_to="2024-04-06 10:00:00"),
            self._row(16, maintenance_downtime_from="2024-04-06 09:00:00", maintenance_downtime_to="2024-04-06 11:00:00"),
            self._row(17, state="Closed", date_closed="2024-03-05 11:00:00"),
            self._row(18, maintenance_person_id="", labor_hours="3"),
        ]

    WRONG = {
        3: "Completed before it was reported.",
        4: "Completed before it was started.",
        5: "No matching record found for name 'Nobody Known'",
        6: "OLD-1 stands in the file already.",
        7: "OLD-9 is here already.",
        8: "“Completed on” lies in the future.",
        9: "No matching record found for name 'Press 77'",
        10: "'approx. 3' does not seem to be a number",
        11: "Hours are more than zero.",
        12: "Say when it was completed; today is not taken instead.",
        13: "'Terminated' not found in selection field",
        15: "The downtime ends before it begins.",
        17: "The downtime overlaps the one of its asset",
        18: "Closed before it was completed.",
        19: "Say who worked the hours.",
    }

    def _check_wrong(self, result):
        errors = self._errors(result)
        self.assertEqual(sorted(errors), sorted(self.WRONG))
        for row, words in self.WRONG.items():
            self.assertEqual(len(errors[row]), 1, errors[row])
            self.assertIn(words, errors[row][0])

    def test_all_or_nothing(self):
        self._bring_in(9)
        result = self._load(self._get_wrong_file())
        self._check_wrong(result)
        self.assertFalse(result["ids"])
        self.assertEqual(self.env["maintenance.request"].search([("reference", "like", "OLD-")]).mapped("reference"), ["OLD-9"])

    def test_without_bad_rows(self):
        self._bring_in(9)
        result = self._load(self._get_wrong_file(), maintenance_history_skip_bad=True)
        self._check_wrong(result)
        self.assertEqual({message["type"] for message in result["messages"]}, {"warning"})
        requests = self.env["maintenance.request"].with_user(self.planner).browse(result["ids"])
        self.assertEqual(requests.mapped("reference"), ["OLD-1", "OLD-13", "OLD-15"])
        self.assertEqual(sum(requests.mapped("labor_hours")), 6)
        self.assertEqual(sum(requests.mapped("total_cost")), 222)
        self.assertEqual(sum(requests.mapped("downtime_hours")), 4)

    def test_who_has_left_and_what_was_scrapped(self):
        self.conveyor.active = False
        result = self._load([self._row(1, labor_hours="3", labor_cost="96")])
        self.assertFalse(result["messages"])
        request = self.env["maintenance.request"].browse(result["ids"])
        self.assertEqual(request.labor_ids.person_id, self.left)
        self.assertEqual(request.equipment_id, self.conveyor)

    def test_external_ids(self):
        columns = ["id", *COLUMNS]
        result = self._load([["__import__.old_1", *self._row(1)]], columns)
        request = self.env["maintenance.request"].browse(result["ids"])
        self.assertEqual(request.get_external_id()[request.id], "__import__.old_1")
        again = self._load([["__import__.old_1", *self._row(1, name="Other")]], columns)
        self.assertEqual(self._errors(again), {2: ["It is here already."]})

    def test_own_time_zone(self):
        """Moments in a file are those of whoever imports, as in every import of Odoo."""
        self.mover.tz = "America/New_York"
        result = self._load([self._row(1)])
        request = self.env["maintenance.request"].browse(result["ids"])
        self.assertEqual(request.date_completed, datetime(2024, 3, 5, 16, 30))

    # -- One file for each kind --------------------------------------------------------------------------

    LABOR = ("maintenance_request_id", "person_id", "date", "hours", "amount")
    DOWNTIME = ("maintenance_request_id", "date_from", "date_to")
    COST = ("maintenance_request_id", "equipment_id", "date", "kind", "amount", "name")

    def test_hours(self):
        request = self._bring_in(1)
        rows = [
            ("OLD-1", "Ruth Left", "2024-03-05", "2.5", "99.99"),
            ("OLD-1", "Karl Contract", "2024-03-05", "1", ""),
        ]
        result = self._load(rows, self.LABOR, "maintenance.labor")
        self.assertFalse(result["messages"])
        self.assertEqual(request.labor_hours, 3.5)
        self.assertEqual(self.env["maintenance.labor"].browse(result["ids"][0]).amount, 99.99)
        again = self._load(rows, self.LABOR, "maintenance.labor")
        self.assertEqual(self._errors(again), {row: ["These hours are here already."] for row in (2, 3)})
        wrong = self._load(
            [
                ("OLD-1", "", "2024-03-05", "2", ""),
                ("OLD-1", "Ruth Left", "2024-03-05", "0", ""),
                ("OLD-2", "Ruth Left", "2024-03-05", "2", ""),
                ("OLD-1", "Ruth Left", f"{date.today() + timedelta(days=9)}", "2", ""),
                ("OLD-1", "Ruth Left", "2024-03-05", "2", "-5"),
            ],
            self.LABOR,
            "maintenance.labor",
        )
        errors = self._errors(wrong)
        self.assertEqual(sorted(errors), [2, 3, 4, 5, 6])
        words_by_row = {2: "Say who", 3: "more than zero", 4: "No matching record", 5: "in the future", 6: "cost nothing"}
        for row, words in words_by_row.items():
            self.assertIn(words, errors[row][0])

    def test_a_number_is_no_name(self):
        """Another work order that happens to be called like the number of this one takes none of its hours."""
        self._bring_in(2, name="OLD-1")
        request = self._bring_in(1)
        result = self._load([("OLD-1", "Ruth Left", "2024-03-05", "2", "")], self.LABOR, "maintenance.labor")
        self.assertFalse(result["messages"])
        self.assertEqual(request.labor_hours, 2)

    def test_work_of_here_takes_no_past(self):
        """Who may bring in the past does not get around the gates of what is worked here."""
        request = self._assigned()
        request.with_user(self.planner).action_complete()
        request.with_user(self.planner).action_close()
        words = "was not brought in; enter it there as usual"
        result = self._load([(request.reference, "Ruth Left", "2024-03-05", "2", "")], self.LABOR, "maintenance.labor")
        self.assertIn(words, self._errors(result)[2][0])
        row = (request.reference, "2024-03-05 06:00:00", "2024-03-05 07:00:00")
        result = self._load([row], self.DOWNTIME, "maintenance.downtime")
        self.assertIn(words, self._errors(result)[2][0])
        result = self._load([(request.reference, "", "2024-03-05", "Parts", "5", "")], self.COST, "maintenance.cost.entry")
        self.assertIn(words, self._errors(result)[2][0])

    def test_downtimes(self):
        request = self._bring_in(1)
        rows = [
            ("OLD-1", "2024-03-05 06:00:00", "2024-03-05 08:00:00"),
            ("OLD-1", "2024-03-05 07:00:00", "2024-03-05 09:00:00"),
            ("OLD-1", "2024-03-06 08:00:00", "2024-03-06 07:00:00"),
            ("OLD-1", "2024-03-07 08:00:00", ""),
        ]
        result = self._load(rows, self.DOWNTIME, "maintenance.downtime")
        errors = self._errors(result)
        self.assertEqual(sorted(errors), [3, 4, 5])
        self.assertFalse(request.downtime_ids)
        self.assertFalse(self._load(rows[:1], self.DOWNTIME, "maintenance.downtime")["messages"])
        self.assertEqual(request.downtime_hours, 2)
        self.assertEqual(request.downtime_ids.equipment_id, self.conveyor)
        names = ("maintenance_request_id", "equipment_id", "date_from", "date_to")
        moments = ("2024-03-06 06:00:00", "2024-03-06 08:00:00")
        wrong = self._load([("OLD-1", "Mixer 9", *moments)], names, "maintenance.downtime")
        self.assertIn("is about another asset", self._errors(wrong)[2][0])
        self.assertFalse(self._load([("OLD-1", "Conveyor 3", *moments)], names, "maintenance.downtime")["messages"])

    # -- The screen -----------------------------------------------------------------------------------------

    def test_screen_offers_what_a_row_can_say(self):
        def offered(user, context):
            tree = self.env["base_import.import"].with_user(user).with_context(**context).get_fields_tree("maintenance.request")
            return {field["name"] for field in tree}

        self.assertFalse({"reference", "date_completed", "labor_cost"} & offered(self.mover, {}))
        self.assertLessEqual(set(COLUMNS), offered(self.mover, FLAG))
        self.assertFalse({"parts_state", "phase", "part_ids", "message_ids"} & offered(self.mover, FLAG))
        self.assertFalse({"reference", "date_completed"} & offered(self.planner, FLAG))

    def test_screen_imports(self):
        """As the import screen does it: a file, a trial, then for good."""
        text = "\n".join(
            ["Number;Asset;By;What;Done;Hours;Cost"]
            + [f"OLD-{number};Conveyor 3;Ruth Left;Belt torn;05.03.2024 11:30;2,5;1.061,69" for number in range(3)]
        )
        options = {
            "has_headers": True, "quoting": '"', "separator": ";", "encoding": "utf-8", "datetime_format": "%d.%m.%Y %H:%M",
            "date_format": "%d.%m.%Y", "float_decimal_separator": ",", "float_thousand_separator": ".",
        }  # fmt: skip
        wizard = self.env["base_import.import"].with_user(self.mover).with_context(**FLAG).create(
            {"res_model": "maintenance.request", "file": text.encode(), "file_type": "text/csv"}
        )
        preview = wizard.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        names = ["reference", "equipment_id", "maintenance_person_id", "name", "date_completed", "labor_hours", "labor_cost"]
        trial = wizard.execute_import(names, preview["headers"], dict(options), dryrun=True)
        self.assertFalse(trial["messages"])
        self.assertFalse(self.env["maintenance.request"].search([("reference", "like", "OLD-")]))
        result = wizard.execute_import(names, preview["headers"], dict(options))
        requests = self.env["maintenance.request"].with_user(self.planner).browse(result["ids"])
        self.assertEqual(requests.mapped("state"), ["completed"] * 3)
        self.assertEqual(requests.mapped("labor_cost"), [1061.69] * 3)
        self.assertEqual(set(requests.mapped("date_completed")), {datetime(2024, 3, 5, 11, 30)})

    def test_hours_of_today_are_past_enough(self):
        self._bring_in(1)
        today = self.company._get_plant_day()
        rows = [("OLD-1", "Ruth Left", str(today + timedelta(days=days)), "1", "") for days in (0, 1)]
        self.assertEqual(list(self._errors(self._load(rows, self.LABOR, "maintenance.labor"))), [3])
