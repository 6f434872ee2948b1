from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...models.kpi.kpi_measure import Period
from ...models.kpi.maintenance_kpi import CODES
from .history_common import FLAG, RIGHTS, HistoryCase

#: Lists for the export screen in the order in which they come back; who brings them in, and whether they are of the past.
ORDER = [
    ("people", "administrator", False),
    ("users", "administrator", False),
    ("teams", "mover", False),
    ("categories", "mover", False),
    ("places", "mover", False),
    ("tags", "mover", False),
    ("assets", "mover", False),
    ("failure_codes", "mover", False),
    ("work_types", "mover", False),
    ("stages", "mover", False),
    ("job_templates", "mover", False),
    ("meters", "mover", False),
    ("readings", "mover", False),
    ("meter_rules", "mover", False),
    ("schedules", "mover", False),
    ("due_dates", "mover", False),
    ("work_orders", "mover", True),
    ("hours", "mover", True),
    ("downtimes", "mover", True),
    ("costs", "mover", True),
]

#: What is looked at again after the way back; of the ledger the totals are.
COMPARED = [name for name, _who, _past in ORDER if name != "costs"]

#: Key figures of stock and orders, which are moved with Inventory and Purchase.
ELSEWHERE = {"stock_out", "emergency_purchases"}


def as_text(value):
    """A cell of a file."""
    if value is None or value is False:
        return ""
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    return value if isinstance(value, str) else str(value)


@tagged("post_install", "-at_install")
class TestRoundTrip(HistoryCase):
    """A plant is exported with the lists of the export screen, and comes into a database that never saw it.

    That database is this one, taken back to where it was before the plant: only the numbers of new records go on, so what
    relied on them is found.
    """

    acts_cold = False
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mover.write(
            {
                # moments go out and come in as the planner reads them; where clocks go back, an hour of the year is unclear
                "tz": "Asia/Kolkata",
                "group_ids": [Command.link(cls.env.ref("base.group_allow_export").id)],
            }
        )
        cls.administrator = new_test_user(
            cls.env, login="kw_administrator", groups=f"base.group_system,base.group_allow_export,{RIGHTS}", tz="Asia/Kolkata"
        )
        # what is there on both sides
        for records in (cls.seal, cls.vendor, cls.technician, cls.planner, cls.technician.partner_id, cls.mover, cls.operator):
            records.export_data(["id"])
        cls.env["res.partner"].browse(cls.planner.partner_id.ids).export_data(["id"])

    # -- The plant --------------------------------------------------------------------------------------

    def _build(self):
        env = self.env(user=self.mover)
        today = self.company._get_plant_day()
        self.contractor_2 = self.env["res.partner"].create({"name": "Olga Contract", "maintenance_hourly_cost": 62.5})
        self.gone = self.env["res.partner"].create({"name": "Ruth Gone", "active": False})
        fitter = new_test_user(
            self.env, login="kw_fitter", groups="keepwisely_maintenance.group_maintenance_technician", name="Fred Fitter"
        )
        team = env["maintenance.team"].create({"name": "Fitters", "member_ids": [Command.set(fitter.ids)]})
        category = env["maintenance.equipment.category"].create({"name": "Presses", "technician_user_id": False})
        place = env["stock.location"].with_context(maintenance_new_place=True)
        hall = place.create({"name": "Hall 7", "location_id": False})
        bay = place.create({"name": "Bay 2", "location_id": hall.id})
        tags = env["maintenance.asset.tag"].create([{"name": "Ex zone"}, {"name": "Leased, by month", "color": 3}])
        assets = env["maintenance.equipment"]
        line = assets.create(
            {"name": "Zenith press line", "maintenance_number": "PL-1", "effective_date": today - timedelta(days=900),
             "maintenance_team_id": team.id, "category_id": category.id, "cost": 90000, "replacement_value": 120000,
             "downtime_hourly_cost": 250.5, "useful_life_years": 12, "location_id": hall.id}
        )  # fmt: skip
        press = assets.create(
            {"name": "Press", "maintenance_number": "PR-1", "parent_id": line.id, "category_id": category.id,
             "maintenance_team_id": team.id, "maintenance_tag_ids": [Command.set(tags.ids)], "serial_no": "000123",
             "maintenance_manufacturer": "Hammer & Sons", "model": "H\"9\"", "maintenance_condition": "good",
             "maintenance_warranty_start": today - timedelta(days=100), "maintenance_warranty_months": 24,
             "effective_date": today - timedelta(days=400), "location_id": bay.id, "note": "<p>Guard &amp; light</p>"}
        )  # fmt: skip
        ram = assets.create({"name": "A ram", "parent_id": press.id, "maintenance_team_id": team.id, "effective_date": False})
        scrapped = assets.create(
            {"name": "Old saw", "maintenance_team_id": team.id, "effective_date": today - timedelta(days=2000),
             "scrap_date": today - timedelta(days=90), "active": False}
        )  # fmt: skip
        failure, cause, remedy = env["maintenance.failure.code"].create(
            [
                {"name": "Leaks oil", "kind": "failure", "category_ids": [Command.set(category.ids)]},
                {"name": "Seal worn", "kind": "cause", "code": "W-1"},
                {"name": "Seal replaced", "kind": "remedy"},
            ]
        )
        self.bench = env["maintenance.stage"].create({"name": "On the bench", "state": "in_progress", "sequence": 4})
        kind = env["maintenance.work.type"].create({"name": "Oil service", "maintenance_type": "preventive"})
        env["maintenance.job.template"].create(
            {"name": "Grease all", "category_ids": [Command.set(category.ids)], "expected_hours": 0,
             "task_ids": [Command.create({"name": "Grease"}), Command.create({"name": "Read", "kind": "number", "unit": "bar"})]}
        )  # fmt: skip
        self._build_meters(env, press)
        schedules = env["maintenance.schedule"].create(
            [
                {"name": "Monthly oil", "interval": 1, "interval_unit": "month", "start_date": today + timedelta(days=12),
                 "equipment_ids": [Command.set((press | ram).ids)], "work_type_id": kind.id, "duration": 0,
                 "owner_user_id": False, "task_ids": [
                     Command.create({"name": "Drain"}), Command.create({"name": "Fill", "is_mandatory": True})
                 ]},
                {"name": "By the hour", "trigger": "meter", "meter_interval": 500, "equipment_ids": [Command.set(press.ids)]},
            ]
        )  # fmt: skip
        yearly = env["maintenance.schedule"].create(
            {"name": "A yearly service", "interval": 1, "interval_unit": "year", "start_date": today + timedelta(days=40),
             "basis": "completion", "equipment_ids": [Command.set(press.ids)]}
        )  # fmt: skip
        yearly.included_ids = schedules[0]
        schedules[0].asset_ids.filtered(lambda due: due.equipment_id == ram).write(
            {"last_done_date": today - timedelta(days=20), "next_date": today + timedelta(days=9)}
        )
        schedules[1].asset_ids.next_meter_value = 4321.5
        self._build_past(env, team, press, ram, scrapped, fitter, failure, cause, remedy, schedules[0], kind, today)
        self._build_present(team, press, fitter)
        self._build_costs(env, line, press, today)
        # what the databases both have waits for nothing of the plant
        self._end_transaction()

    def _build_meters(self, env, press):
        meters = env["maintenance.meter"].create(
            [
                {"name": "Hours", "code": "PR-H", "equipment_id": press.id, "unit": "h", "max_daily_use": 24},
                {"name": "Oil", "code": "PR-OIL", "equipment_id": press.id, "kind": "gauge", "unit": "°C"},
                {"name": "Hall", "code": "PR-HALL", "equipment_id": press.id, "kind": "gauge", "unit": "°C", "active": True},
            ]
        )
        now = fields.Datetime.now()
        answer = env["maintenance.meter"].ingest_readings(
            [
                {"meter": code, "value": value + n * step, "date": (now - timedelta(days=300 - n, minutes=7)).isoformat(),
                 "external_id": f"{code}-{n}"}
                for n in range(0, 300, 3) for code, value, step in (("PR-H", 4000, 6.5), ("PR-OIL", 60.1, 0), ("PR-HALL", 20, 0))
            ]
        )  # fmt: skip
        self.assertFalse(answer["errors"])
        env["maintenance.meter.reading"].create({"meter_id": meters[0].id, "value": 12, "date": now, "is_reset": True})
        env["maintenance.meter.rule"].create(
            {"meter_id": meters[1].id, "measure": "difference", "other_meter_id": meters[2].id, "value_name": "Heat",
             "value_unit": "K", "threshold": 45, "hysteresis": 2.5, "max_age": 0, "condition_ids": [
                 Command.create({"meter_id": meters[0].id, "measure": "daily_use", "threshold": 1}),
                 Command.create({"meter_id": meters[1].id, "measure": "product", "other_meter_id": meters[2].id,
                                 "factor": 0.10471975512, "threshold": 100}),
             ]}
        )  # fmt: skip

    def _build_past(self, env, team, press, ram, scrapped, fitter, failure, cause, remedy, schedule, kind, today):
        """Fourteen months of work that was brought in before."""
        past, rows = env["maintenance.request"].with_context(**FLAG), []
        for n in range(40):
            day = datetime.combine(today - timedelta(days=420 - 10 * n), datetime.min.time())
            asset = (press, ram, press, scrapped if n < 30 else press)[n % 4]
            preventive = n % 5 == 0 and asset == press
            row = {
                "reference": f"OLD-{n:03}", "name": f"Work, number {n}", "equipment_id": asset.id, "priority": str(n % 4),
                "maintenance_person_id": (self.contractor_2 if n % 3 else self.gone).id,
                "state": "closed" if n % 3 else "completed",
                "maintenance_date_reported": day + timedelta(hours=6, minutes=n),
                "date_acknowledged": day + timedelta(hours=7 + n % 3),
                "date_approved": day + timedelta(hours=8), "date_started": day + timedelta(hours=9),
                "date_completed": day + timedelta(hours=30 + n), "maintenance_type": "corrective",
                "work_done": "Said: \"done\",\nand more", "labor_hours": 1.1 + n / 7, "labor_cost": 33.33 + n,
                "not_fixed_count": int(n % 7 == 0), "parts_cost": n * 1.01, "service_cost": 99.5 if n % 6 == 0 else 0,
            }  # fmt: skip
            if preventive:
                row.update(maintenance_type="preventive", schedule_id=schedule.id, maintenance_work_type_id=kind.id,
                           schedule_due_date=(day + timedelta(days=n % 9)).date())  # fmt: skip
            elif asset == press:
                row.update(failure_id=failure.id, cause_id=cause.id, remedy_id=remedy.id, date_failure=day)
                row["maintenance_downtime_from"] = day + timedelta(hours=5)
                row["maintenance_downtime_to"] = day + timedelta(hours=31)
            if n % 4 == 0:
                row.update(schedule_date=day + timedelta(hours=24), schedule_end=day + timedelta(hours=32))
            rows.append(row)
        nothing = dict.fromkeys(("date_completed", "labor_hours", "labor_cost", "parts_cost", "service_cost"), False)
        rows.append({**rows[3], **nothing, "reference": "OLD-C", "state": "cancelled"})
        past.create(rows)

    def _build_present(self, team, press, fitter):
        """Work of today, as it is done here."""
        states = ("requested", "approved", "assigned", "in_progress", "completed", "closed", "cancelled")
        for state in states:
            request = self.env["maintenance.request"].with_user(self.operator).create(
                {"name": f"Today, {state}", "equipment_id": press.id, "description": "<p>It <b>leaks</b></p>"}
            )
            request = request.with_user(self.planner)
            if state == "cancelled":
                request.archive_equipment_request()
            if state in ("requested", "cancelled"):
                continue
            request.action_approve()
            request.expected_hours = 3.25
            if state == "approved":
                continue
            request.user_id = fitter
            request.maintenance_crew_ids = self.contractor_2
            request.action_assign()
            if state == "assigned":
                continue
            request.action_start()
            labors = self.env["maintenance.labor"].with_user(self.planner)
            labors.create({"maintenance_request_id": request.id, "user_id": fitter.id, "hours": 1 / 3, "hourly_cost": 41.17})
            labors.create(
                {"maintenance_request_id": request.id, "user_id": False, "person_id": self.contractor_2.id, "hours": 0.75}
            )
            if state == "in_progress":
                request.stage_id = self.bench
                continue
            self._add_part(request, self.seal, 2).action_use_part()
            self._add_part(request, self.seal, 2).action_use_part()
            request.action_complete()
            if state == "closed":
                request.action_close()

    def _build_costs(self, env, line, press, today):
        opening = env["maintenance.cost.entry"]
        for months in range(1, 15):
            day = date(today.year, today.month, 1) - timedelta(days=30 * months)
            opening.create(
                [
                    {"equipment_id": line.id, "date": day, "kind": "service", "amount": 1000.25 + months, "name": "Contract"},
                    {"equipment_id": press.id, "date": day, "kind": "labor", "amount": 80},
                    {"equipment_id": press.id, "date": day, "kind": "part", "amount": -12.5},
                    {"equipment_id": press.id, "date": day, "kind": "part", "amount": -12.5},
                ]
            )
        env["maintenance.downtime"].with_context(**FLAG).create(
            {"equipment_id": line.id, "date_from": datetime(2025, 11, 2, 4, 30), "date_to": datetime(2025, 11, 2, 9, 15, 7),
             "reason": "Power cut", "status": "down"}
        )  # fmt: skip

    # -- Out and in -------------------------------------------------------------------------------------

    def _get_list(self, name):
        exports = self.env.ref(f"keepwisely_maintenance.export_{name}")
        return exports.resource, exports.export_fields.mapped("name")

    def _export(self, name, user, last_ids):
        """What the export screen writes for the records that came after ``last_ids``, as texts."""
        model, names = self._get_list(name)
        records = self.env[model].with_user(user).with_context(active_test=False, import_compat=True)
        if records._is_an_ordinary_table():
            names = ["id", *names]
            records = records.search([("id", ">", last_ids[model])])
        else:
            records = records.search([("entry", "!=", "labor")])
        rows = records.export_data(names)["datas"]
        return names, [[as_text(cell) for cell in row] for row in rows]

    def _get_last_ids(self):
        self.env.flush_all()
        last_ids = {}
        for name, _who, _past in ORDER:
            model = self.env[self._get_list(name)[0]]
            if model._is_an_ordinary_table():
                self.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {model._table}")
                last_ids[model._name] = self.cr.fetchone()[0]
        return last_ids

    def _get_ledger(self):
        """``{(asset, kind, month): amount}``"""
        self.env.flush_all()
        groups = self.env["maintenance.cost.report"]._read_group([], ["equipment_id", "kind", "date:month"], ["amount:sum"])
        return {
            (asset.name, kind, month): round(amount, 2) for asset, kind, month, amount in groups if round(amount, 2)
        }

    def _get_figures(self):
        """``{(key figure, months): its two sides, and how many records}``"""
        self.env.flush_all()
        today = self.company._get_plant_day()
        periods = {months: Period.of_last_months(today, months) for months in (1, 3, 12, 24)}
        figures = {}
        for kpi in self.env["maintenance.kpi"].search([]):
            for months, result in zip(periods, kpi._get_results(list(periods.values())), strict=True):
                figures[kpi.code, months] = tuple(float(side) for side in result)
        return figures

    def _go_back(self, savepoint):
        savepoint.rollback()
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def _move(self):
        """Build the plant, take it out, forget it, bring it in; returns what it was and what it is."""
        # hours of operation go on while this runs
        clock = freeze_time(fields.Datetime.now())
        clock.start()
        self.addCleanup(clock.stop)
        last_ids = self._get_last_ids()
        savepoint = self.cr.savepoint(flush=True)
        self._build()
        files = {
            name: self._export(name, getattr(self, who), last_ids) for name, who, _past in ORDER
        }
        before = files, self._get_ledger(), self._get_figures()
        self._go_back(savepoint)
        self.assertFalse(self._get_ledger(), "nothing of the plant is left")
        last_ids = self._get_last_ids()
        refused = {}
        for name, who, past in ORDER:
            model, _names = self._get_list(name)
            if name == "costs":
                model = "maintenance.cost.entry"
            records = self.env[model].with_user(getattr(self, who))
            names, rows = files[name]
            result = records.with_context(**(FLAG if past else {})).load(names, rows)
            if result["messages"]:
                refused[name] = result["messages"][:5]
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertFalse(refused)
        after = {name: self._export(name, getattr(self, who), last_ids) for name, who, _past in ORDER}
        return before, (after, self._get_ledger(), self._get_figures())

    def _by_id(self, rows):
        """``{external id: its lines}``; lists put what is equal otherwise by the number of the record."""
        records, record_id = {}, None
        for row in rows:
            record_id = row[0] or record_id
            records.setdefault(record_id, []).append(row)
        return records

    def test_a_plant_comes_back(self):
        (files, ledger, figures), (files_again, ledger_again, figures_again) = self._move()
        self.assertGreater(len(ledger), 60)
        self.assertEqual(ledger_again, ledger)
        # of a moment the parts of a second stay behind
        other = {
            key: (sides, figures_again[key])
            for key, sides in figures.items()
            if key[0] not in ELSEWHERE
            and any(abs(again - side) > 0.005 for side, again in zip(sides, figures_again[key], strict=True))
        }
        self.assertFalse(other)
        # a figure without a value says nothing
        empty = {code for code, _name in CODES} - {code for (code, _months), sides in figures.items() if sides[1]}
        self.assertLessEqual(empty, ELSEWHERE)
        self.assertFalse([name for name in COMPARED if not files[name][1]], "lists without a row say nothing")
        changed = {
            (name, record_id): (lines, again.get(record_id))
            for name in COMPARED
            for again in [self._by_id(files_again[name][1])]
            for record_id, lines in self._by_id(files[name][1]).items()
            if again.get(record_id) != lines
        }
        self.assertFalse(changed)
        for name in COMPARED:
            self.assertEqual(len(files_again[name][1]), len(files[name][1]), name)

    def test_lists_can_be_exported_and_read(self):
        """Every column is one of the model's, which whoever exports may read."""
        for exports in self.env["ir.exports"].search([("name", "=like", "To move%")]):
            names = exports.export_fields.mapped("name")
            with self.subTest(exports.name):
                records = self.env[exports.resource].with_user(self.administrator).search([], limit=3)
                self.assertEqual(len(records.export_data(names)["datas"][:1]), min(len(records), 1))
                self.assertEqual(len(set(names)), len(names))

    def test_work_that_waited_for_parts(self):
        waiting = self.env["maintenance.stage"].search([("state", "=", "waiting_parts")], limit=1)
        columns = ["reference", "name", "state", "stage_id", "maintenance_date_reported", "date_approved", "date_started"]
        moments = ["2026-03-01 08:00:00", "2026-03-01 09:00:00"]
        result = self._load(
            [
                ["W-1", "Begun", "Waiting for parts", waiting.name, *moments, "2026-03-01 10:00:00"],
                ["W-2", "Not begun", "", waiting.name, *moments, ""],
                ["W-3", "Both", "Approved", waiting.name, *moments, ""],
            ],
            columns,
            maintenance_history_skip_bad=True,
        )
        self.assertEqual(list(self._errors(result)), [4], "a stage and another status")
        requests = self.env["maintenance.request"].browse(result["ids"])
        self.assertEqual(requests.mapped("state"), ["in_progress", "approved"])

    def test_components_above_their_whole(self):
        columns = ["id", "name", "parent_id/id", "criticality"]
        rows = [
            ["move.seal", "Seal", "move.pump", ""],
            ["move.fan", "Fan", "", "no such"],
            ["move.pump", "Pump", "move.line", ""],
            ["move.line", "Line", "", ""],
        ]
        assets = self.env["maintenance.equipment"].with_user(self.mover)
        result = assets.load(columns, rows)
        self.assertEqual({message["rows"]["from"] for message in result["messages"]}, {1}, "the row of the file")
        rows[1][3] = ""
        result = assets.load(columns, rows)
        self.assertFalse(result["messages"])
        self.assertEqual(self.env.ref("move.seal").parent_id.parent_id, self.env.ref("move.line"))
        rows[3][2] = "move.seal"
        result = assets.load(columns, rows)
        self.assertTrue(result["messages"], "round in a circle")
