import re
from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common import MaintenanceCase
from .roles_money import MoneyActs
from .roles_parts import PartActs
from .roles_plant import PlantActs

PAGE = Path(__file__).parents[3] / "docs" / "roles.md"


class _RollBack(Exception):
    pass


@tagged("post_install", "-at_install")
class TestRoles(MoneyActs, PartActs, PlantActs, MaintenanceCase):
    """Walks the table of docs/roles.md, so that it and the module cannot disagree.

    An empty cell means refused; any word or tick means that it works, for what the word says
    (own, of the team).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.decider = new_test_user(cls.env, login="kw_decider", groups="base.group_user", name="Decider")
        tier = cls.env["maintenance.approval.tier"].search([("company_id", "=", cls.company.id)], limit=1)
        tier.user_ids = cls.decider
        cls.requester = new_test_user(cls.env, login="kw_requester", groups="base.group_user", name="Requester")
        cls.users = {
            "requester": cls.requester,
            "technician": cls.technician,
            "planner": cls.planner,
            "buyer": cls.buyer,
            "storekeeper": cls.storekeeper,
            "approver": cls.decider,
        }
        cls.pump = cls._create_part("Pump", 900.0)
        cls.welder = cls.env["res.partner"].create({"name": "Wanda Welder"})

    def _table(self):
        """``{row: {role: cell without footnotes}}`` from the page."""
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in PAGE.read_text().splitlines()
            if line.startswith("|")
        ]
        roles = rows[0][1:]
        return {
            row[0]: dict(zip(roles, (re.sub("[¹²³⁴⁵]", "", cell).strip() for cell in row[1:]), strict=True))
            for row in rows[2:]
            if row[0] != "group"
        }

    def test_the_table(self):
        if not PAGE.exists():
            self.skipTest("the page stands beside the module in its repository only")
        table = self._table()
        self.assertEqual(set(table), set(self.ACTIONS), "every row has its check, every check its row")
        self.assertEqual(set(table["report a problem"]), set(self.users))
        wrong = [
            f"{row}: {role} {'is refused' if cell else 'may'} ({name})"
            for row, cells in table.items()
            for role, cell in cells.items()
            for name in self.ACTIONS[row]
            if self._is_allowed(getattr(self, name), self.users[role], cell) != bool(cell)
        ]
        self.assertFalse(wrong)

    def _is_allowed(self, check, user, cell):
        try:
            with self.env.cr.savepoint():
                try:
                    check(user, cell)
                    allowed = True
                except UserError as refusal:
                    allowed = False
                    self.assertNotIn("Traceback", str(refusal))
                raise _RollBack
        except _RollBack:
            self.env.invalidate_all()
        return allowed

    def test_strangers(self):
        """Portal and public users read nothing of it."""
        portal = new_test_user(self.env, login="kw_portal", groups="base.group_portal", name="Portal")
        for user in (portal, self.env.ref("base.public_user")):
            for model in self.env:
                if model.startswith("maintenance.") and not self.env[model]._abstract:
                    with self.subTest(user=user.login, model=model), self.assertRaises(UserError):
                        self.env[model].with_user(user).search_read([], ["id"], limit=1)

    # -- Scenes --------------------------------------------------------------------------------------

    def _open_work(self, user=None, **values):
        """Work assigned to the technician, or reported by ``user``."""
        request = self._assigned(**values)
        return request.with_user(user) if user else request

    def _short_work(self):
        request = self._assigned()
        self._add_part(request, self.pump, 1)
        request.action_request_parts()
        return request

    def _waiting_requisition(self):
        requisition = self._short_work().sudo().requisition_ids
        self.assertEqual(requisition.state, "to_approve")
        return requisition

    # -- Checks: raise UserError when the user may not ---------------------------------------------------

    def _reports(self, user, cell):
        self.env["maintenance.request"].with_user(user).create({"name": "Smoke", "equipment_id": self.conveyor.id})

    def _scans(self, user, cell):
        reported = self._report()
        asset = self.env["maintenance.equipment"].with_user(user)._find_scanned(self.conveyor.scan_token)
        self.assertIn(reported.id, asset._get_scanned_jobs().ids)
        self.assertEqual(asset._report_scanned("Smoke").owner_user_id, user)

    def _prints_labels(self, user, cell):
        self.conveyor.with_user(user).read(["scan_url"])

    def _renews_codes(self, user, cell):
        self.conveyor.with_user(user).action_renew_scan_token()

    def _done(self, user):
        """Work that ``user`` reported and the technician did."""
        request = self.env["maintenance.request"].with_user(user).create(
            {"name": "Smoke", "equipment_id": self.conveyor.id}
        )
        work = request.with_user(self.planner)
        work.action_approve()
        work.user_id = self.technician
        work.with_user(self.technician).action_start()
        work.with_user(self.technician).action_complete()
        return request

    def _confirms(self, user, cell):
        self._done(user).action_confirm_fix()
        if cell == "own":
            with self.assertRaises(UserError):
                self._done(self.operator).with_user(user).action_confirm_fix()

    def _says_not_fixed(self, user, cell):
        self._done(user).action_not_fixed("Smoke again")
        others = self._done(self.operator).with_user(user)
        if cell == "own":
            with self.assertRaises(UserError):
                others.action_not_fixed("Smoke again")
        else:
            others.action_not_fixed("Smoke again")

    def _sees(self, user, cell):
        requests = self.env["maintenance.request"]
        own = requests.with_user(user).create({"name": "Mine", "equipment_id": self.conveyor.id})
        team = self._assigned()
        other = self._report(maintenance_team_id=self.other_team.id)
        seen = requests.with_user(user).search([("id", "in", (own | team | other).ids)])
        expected = {"own": own, "of the team": own | team}.get(cell, own | team | other)
        self.assertEqual(seen.ids and set(seen.ids), set(expected.ids))

    def _cancels(self, user, cell):
        request = self.env["maintenance.request"].with_user(user).create(
            {"name": "Smoke", "equipment_id": self.conveyor.id}
        )
        request.archive_equipment_request()
        if cell.startswith("own"):
            others = self._report().with_user(user)
            with self.assertRaises(UserError):
                others.archive_equipment_request()

    def _approves_work(self, user, cell):
        self._report().with_user(user).action_approve()

    def _assigns_others(self, user, cell):
        request = self._report().with_user(self.planner)
        request.action_approve()
        request.with_user(user).user_id = self.colleague

    def _closes(self, user, cell):
        self._done(self.operator).with_user(user).action_close()

    def _reopens(self, user, cell):
        request = self._done(self.operator)
        request.with_user(self.planner).action_close()
        request.with_user(user).action_reopen("Noise again")

    def _changes_where_it_belongs(self, user, cell):
        self._open_work(user).write({"maintenance_team_id": self.other_team.id, "analytic_distribution": False})

    def _corrects(self, user, cell):
        self._done(self.operator).with_user(user).priority = "2"

    def _changes_closed(self, user, cell):
        request = self._done(self.operator)
        request.with_user(self.planner).action_close()
        request.with_user(user).priority = "2"

    def _works(self, user, cell):
        request = self._open_work(user)
        task = self.env["maintenance.task"].create({"maintenance_request_id": request.id, "name": "Lock out"})
        request.action_start()
        task.with_user(user).is_done = True
        request.action_complete()

    def _books_hours(self, user, cell):
        request = self._open_work(user)
        who = self.colleague if cell == "for all" else user
        self.env["maintenance.labor"].with_user(user).create(
            {"maintenance_request_id": request.id, "user_id": who.id, "hours": 1}
        )

    def _works_in_crew(self, user, cell):
        request = self._assigned().sudo()
        request.with_context(mail_notrack=True).write(
            {"maintenance_team_id": self.other_team.id, "user_id": self.outsider.id}
        )
        # whoever cannot be put there is refused here already
        request.with_user(self.planner).maintenance_crew_ids = user.partner_id
        work = self.env["maintenance.request"].with_user(user).search([("id", "=", request.id)])
        self.env["maintenance.labor"].with_user(user).create({"maintenance_request_id": work.id, "hours": 1})
        self.env["maintenance.task"].with_user(user).create({"maintenance_request_id": work.id, "name": "Look"}).is_done = True
        work.action_start()
        work.action_complete()

    def _chooses_crew(self, user, cell):
        self._open_work(user).maintenance_crew_ids = self.colleague.partner_id

    def _joins_crew(self, user, cell):
        request = self._assigned().with_user(self.planner)
        request.user_id = self.colleague
        request.with_user(user).maintenance_crew_ids = [Command.link(user.partner_id.id)]
        request.with_user(user).maintenance_crew_ids = [Command.unlink(user.partner_id.id)]

    def _gives_work_to_contractors(self, user, cell):
        self._open_work(user).maintenance_person_id = self.welder

    def _books_for_crew(self, user, cell):
        request = self._open_work()
        request.with_user(self.planner).maintenance_crew_ids = self.welder
        self.env["maintenance.labor"].with_user(user).create(
            {"maintenance_request_id": request.id, "person_id": self.welder.id, "hours": 1}
        )

    def _runs_timer(self, user, cell):
        request = self._open_work(user)
        request.action_timer_start()
        request.action_timer_pause()
        self.assertEqual(request.sudo().labor_ids.user_id, user)

    def _works_on_phone(self, user, cell):
        request = self._open_work(self.planner)
        self.env["maintenance.phone"].with_user(user)._check_worker()
        command = {"id": "00000000-0000-4000-8000-000000000000", "kind": "start", "job": request.id, "values": {}}
        answer = self.env["maintenance.phone.command"].with_user(user)._receive(None, [command])[0]
        self.assertEqual(answer["state"], "sent", answer["sentence"])

    def _reads_entries_of_phones(self, user, cell):
        request = self._open_work(self.technician)
        command = {"id": "00000000-0000-4000-8000-000000000000", "kind": "note", "job": request.id, "values": {"text": "x"}}
        self.env["maintenance.phone.command"].with_user(self.colleague)._receive(None, [command])
        row = self.env["maintenance.phone.command"].sudo().search([], limit=1)
        row.with_user(user).read(["sentence"])

    def _answers_checks(self, user, cell):
        task = self.env["maintenance.task"].create(
            {"maintenance_request_id": self._open_work().id, "name": "Guard", "kind": "pass_fail"}
        )
        task.with_user(user).action_fail()
        task.with_user(user).action_follow_up()

    def _releases_work(self, user, cell):
        request = self._open_work()
        task = self.env["maintenance.task"].create(
            {"maintenance_request_id": request.id, "name": "Lock out", "is_before_start": True}
        )
        task.with_user(user).action_toggle_done()
        request.action_start()
        self.assertEqual(request.maintenance_released_by_id, user)

    def _keeps_job_templates(self, user, cell):
        self.env["maintenance.job.template"].with_user(user).create({"name": "New seal"})

    def _picks_job_template(self, user, cell):
        template = self.env["maintenance.job.template"].create({"name": "New seal"})
        self.env["maintenance.request"].with_user(user).create({"maintenance_template_id": template.id})

    def _weighs_rounds(self, user, cell):
        request = self.env["maintenance.request"].create({"name": "Round", "maintenance_team_id": self.team.id})
        line = self.env["maintenance.round.line"].create(
            {"maintenance_request_id": request.id, "equipment_id": self.conveyor.id}
        )
        line.with_user(user).weight = 2

    def _keeps_failure_codes(self, user, cell):
        self.env["maintenance.failure.code"].with_user(user).create({"name": "Rust", "kind": "cause"})

    def _keeps_work_types(self, user, cell):
        self.env["maintenance.work.type"].with_user(user).create({"name": "Rounds"})

    def _keeps_assets(self, user, cell):
        asset = self.env["maintenance.equipment"].with_user(user).create({"name": "Press"})
        asset.name = "Press 2"

    def _archives(self, user, cell):
        self._assigned()
        self.conveyor.with_user(user).maintenance_archive("cancel", "archive")
        self.assertFalse(self.conveyor.active)

    def _merges(self, user, cell):
        twin = self.env["maintenance.equipment"].create({"name": "Twin", "company_id": self.conveyor.company_id.id})
        twin.with_user(user).maintenance_merge_into(self.conveyor.id)
        self.assertEqual(twin.maintenance_merged_into_id, self.conveyor)

    def _says_how_an_asset_is(self, user, cell):
        asset = self.conveyor.with_user(user)
        if cell == "by a report":
            with self.assertRaises(UserError):
                asset.action_down()
            self.env["maintenance.request"].with_user(user).create(
                {"name": "Stands", "equipment_id": asset.id, "reported_status": "down"}
            )
        else:
            asset.action_down()
        self.assertEqual(asset.status, "down")
        if cell != "by a report":
            asset.action_running()

    def _reads_meters(self, user, cell):
        meter = self._meter()
        self.env["maintenance.meter.reading"].with_user(user).create({"meter_id": meter.id, "value": 5})
        self.env["maintenance.meter"].with_user(user).ingest_readings(
            [{"meter": "ROLES", "value": 6, "date": "2026-01-31T08:00:00Z", "external_id": "r"}]
        )

    def _keeps_meters(self, user, cell):
        meter = self._meter().with_user(user)
        meter.name = "Warmth"
        self.env["maintenance.meter.rule"].with_user(user).create({"meter_id": meter.id, "threshold": 80})
        reading = self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 5})
        reading.with_user(user).value = 6

    def _meter(self):
        return self.env["maintenance.meter"].create(
            {"name": "Heat", "code": "ROLES", "kind": "gauge", "equipment_id": self.conveyor.id}
        )

    def _keeps_schedules(self, user, cell):
        self.env["maintenance.schedule"].with_user(user).create(
            {"name": "Monthly", "equipment_ids": [Command.link(self.conveyor.id)], "interval": 1, "interval_unit": "month"}
        )

    ACTIONS = {
        "report a problem": ["_reports"],
        "report by scanning a label, follow what others reported there": ["_scans"],
        "confirm that it is fixed": ["_confirms"],
        "say that it is not fixed": ["_says_not_fixed"],
        "print labels, renew their codes": ["_prints_labels", "_renews_codes"],
        "see work orders": ["_sees"],
        "cancel": ["_cancels"],
        "approve, plan, assign to others, close, reopen": ["_approves_work", "_assigns_others", "_closes", "_reopens"],
        "change team, warehouse or analytic accounts of work under way": ["_changes_where_it_belongs"],
        "take, start, tasks, complete": ["_works"],
        "correct completed work, which leaves a trace": ["_corrects"],
        "change closed work without reopening it": ["_changes_closed"],
        "book hours": ["_books_hours"],
        "work in the crew of another team's job: see it, hours, tasks, complete": ["_works_in_crew"],
        "choose the crew": ["_chooses_crew"],
        "join or leave the crew": ["_joins_crew"],
        "give work to people without a login": ["_gives_work_to_contractors"],
        "book hours for crew without a login": ["_books_for_crew"],
        "run a timer on the work": ["_runs_timer"],
        "work on the phone, without a signal": ["_works_on_phone"],
        "see what others have sent from phones": ["_reads_entries_of_phones"],
        "release work that must not start before its checks": ["_releases_work"],
        "answer checks, report a failed one": ["_answers_checks"],
        "failure codes, work types": ["_keeps_failure_codes", "_keeps_work_types"],
        "add, use, drop, return and ask for parts": ["_handles_parts"],
        "hand out parts at the counter, take any of them back": ["_hands_out"],
        "put back on the shelf what was handed out and not used": ["_puts_back"],
        "take a part from less urgent work, for an emergency": ["_takes_parts"],
        "see who will get parts": ["_sees_who_gets"],
        "say who gets parts first": ["_puts_first"],
        "start although parts are missing": ["_starts_short"],
        "assets: create and change": ["_keeps_assets"],
        "places that are no shelves, tags of assets: create and change": ["_keeps_places", "_keeps_tags"],
        "archive an asset, and decide what becomes of its open work and components": ["_archives"],
        "merge two assets": ["_merges"],
        "say that an asset is down, degraded or running": ["_says_how_an_asset_is"],
        "read meters": ["_reads_meters"],
        "meters and their rules: create and change, correct readings": ["_keeps_meters"],
        "requisition by hand": ["_asks_by_hand"],
        "see prices and costs": ["_sees_prices", "_sees_costs"],
        "see the dashboard and where the time goes": ["_sees_figures", "_sees_where_time_goes"],
        "see costs of ownership and budgets, download workbooks": [
            "_sees_ownership", "_sees_budgets", "_downloads_workbook",
        ],
        "set budgets and targets, enter warranty recoveries": ["_sets_budgets", "_sets_targets", "_enters_recoveries"],
        "preventive schedules, job templates, weights of a round: create and change": [
            "_keeps_schedules", "_keeps_job_templates", "_weighs_rounds",
        ],
        "enter when work of a schedule was done last and is due next": ["_says_when_it_is_due"],
        "bring in the past of another system, without the right *Bring in history*": [
            "_brings_in_the_past", "_enters_opening_costs",
        ],
        "pick a job template": ["_picks_job_template"],
        "choose vendor and price": ["_prices"],
        "approve spending": ["_approves_spending"],
        "approve some lines, refuse others, let some wait": ["_decides_line_by_line"],
        "approve spending on what one asked for or wrote": ["_approves_own_money"],
        "delegate one's approvals for some days": ["_delegates"],
        "order a requisition, confirm orders": ["_orders"],
        "order for maintenance without a requisition, below the lowest tier": ["_orders_directly"],
        "ask for the decision from an order": ["_asks_from_order"],
        "order in emergency, before the approval": ["_orders_emergency"],
        "keep for stock or redirect what a job no longer needs": ["_chooses"],
        "receive": ["_receives"],
        "see reorder points, what is suggested and why": ["_sees_reorder_points"],
        "accept, change or reject suggested reorder points": [
            "_accepts_reorder_point", "_changes_reorder_point", "_rejects_reorder_point"
        ],
        "approval tiers": ["_keeps_tiers"],
    }
