from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ... import native_names
from ...hooks import _create_missing_stages
from .stages_common import replace_board

#: The board of a company, with what is understood of it.
OWN = (
    ("Neu", False, "requested"),
    ("À faire", False, False),
    ("In Arbeit", False, "in_progress"),
    ("Warten auf Teile", False, "waiting_parts"),
    ("New ideas", False, False),
    ("Not done", False, False),
    ("Renewal", False, False),
    ("Erledigt", True, "completed"),
    ("Terminé", False, False),
    ("Abgelegt", True, "closed"),
)


@tagged("post_install", "-at_install")
class TestStagesAsked(TransactionCase):
    """Stages from before the module: what is understood, what is asked, and what becomes of their work orders until then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(cls.env, login="kw_administrator", groups="base.group_system")
        cls.planner = new_test_user(cls.env, login="kw_planner", groups="maintenance.group_equipment_manager")
        cls.employee = new_test_user(cls.env, login="kw_employee", groups="base.group_user")
        cls.technician = new_test_user(
            cls.env, login="kw_technician", groups="keepwisely_maintenance.group_maintenance_technician"
        )

    def _install(self, *stages):
        """What the installation does with a board."""
        board = replace_board(self.env, *stages)
        self._old = self.env["mail.activity"].search([("user_id", "=", self.administrator.id)])
        self.env["maintenance.stage"]._maintenance_understand_all()
        _create_missing_stages(self.env)
        native_names.take(self.env)
        self.env["maintenance.stage"]._maintenance_ask_what_they_are()
        return board

    def _get_todos(self):
        todos = self.env["mail.activity"].search([("user_id", "=", self.administrator.id)]) - self._old
        return todos.filtered(lambda todo: "stand for" in (todo.summary or ""))

    def _enter(self, stage, **values):
        """Work from before the module, at a stage of the company."""
        request = self.env["maintenance.request"].create({"name": "Old", "owner_user_id": self.employee.id, **values})
        request.stage_id = stage
        self.assertEqual((request.stage_id, request.state), (stage, stage.state))
        return request

    def _open_wizard(self, user=None):
        return Form(self.env["maintenance.stage.states"].with_user(user or self.administrator))

    def _answer(self, answers):
        with self._open_wizard() as form:
            for index in range(len(form.line_ids)):
                with form.line_ids.edit(index) as line:
                    if line.stage_id.id in answers:
                        line.state = answers[line.stage_id.id]
        form.record.action_apply()
        self.env.invalidate_all()

    def _get_step(self):
        return self.env.ref("keepwisely_maintenance.first_step_stages").with_user(self.administrator)

    # -- Names -----------------------------------------------------------------------------------------

    def test_whole_names_are_understood(self):
        for langs in ([], ["de_DE", "fr_FR"]):
            for lang in langs:
                self.env["res.lang"]._activate_lang(lang)
            with self.subTest(langs=langs):
                board = self._install(*(stage[:2] for stage in OWN))
                self.assertEqual(board.mapped("state"), [stage[2] for stage in OWN])
                self.assertEqual(board.mapped("done"), [stage[1] for stage in OWN], "nothing is done by its name")

    def test_stages_of_odoo(self):
        board = self._install(("New Request", False), ("In Progress", False), ("Repaired", True), ("Scrap", True))
        self.assertEqual(board.mapped("state"), ["requested", "in_progress", "completed", "completed"])

    def test_english_names(self):
        names = {
            "Waiting for spare parts": "waiting_parts", "Planned": "assigned", "Approved": "approved",
            "Cancelled": "cancelled", "WORK IN PROGRESS": "in_progress", "Departments": False, "Explanation": False,
            "Uncancellable": False, "Approved or rejected": False, "Inbox": False,
        }  # fmt: skip
        board = self._install(*((name, False) for name in names))
        self.assertEqual(dict(zip(names, board.mapped("state"), strict=True)), names)

    def test_each_language_says_the_same_or_nothing_is_understood(self):
        for lang in ("de_DE", "fr_FR"):
            self.env["res.lang"]._activate_lang(lang)
        board = replace_board(
            self.env, ("In Progress", False), ("In progress", False), ("Stage 3", False), ("New Request", False), ("New", False)
        )
        translated, renamed, silent, native, half = board
        translated.with_context(lang="de_DE").name = "In Arbeit"
        translated.with_context(lang="fr_FR").name = "En cours"
        renamed.with_context(lang="de_DE").name = "Warten auf Teile"
        silent.with_context(lang="de_DE").name = "In Arbeit"
        native.with_context(lang="de_DE").name = "Neue Anfrage"
        half.with_context(lang="fr_FR").name = "Idées"
        self.env["maintenance.stage"]._maintenance_understand_all()
        self.assertEqual(board.mapped("state"), ["in_progress", False, False, "requested", False])

    def test_odoo_s_own_translations_are_known(self):
        self.env["res.lang"]._activate_lang("ja_JP")
        self.env["res.lang"]._activate_lang("de_DE")
        english = self.env["maintenance.stage"]._maintenance_read_terms("de_DE")
        self.assertEqual(english["In Bearbeitung"].lower(), "in progress")
        name = next(
            name for name, source in self.env["maintenance.stage"]._maintenance_read_terms("ja_JP").items()
            if source == "In Progress"
        )
        board = replace_board(self.env, ("In Progress", False))
        board.with_context(lang="ja_JP").name = name
        self.env["maintenance.stage"]._maintenance_understand_all()
        self.assertEqual(board.state, "in_progress")

    # -- Asking ----------------------------------------------------------------------------------------

    def test_administrators_are_asked(self):
        board = self._install(*(stage[:2] for stage in OWN))
        todo = self._get_todos()
        self.assertEqual(len(todo), 1)
        self.assertEqual(self._get_step().state, "open")
        self.assertFalse(self.env["maintenance.first.step"].with_user(self.planner).search([("id", "=", self._get_step().id)]))
        ideas = board[4]
        self._enter(ideas)
        self._enter(ideas, archive=True)
        form = self._open_wizard()
        lines = [form.line_ids.edit(index) for index in range(len(form.line_ids))]
        self.assertEqual([line.stage_id for line in lines], list(board.with_user(self.administrator)))
        self.assertEqual([line.state for line in lines], [
            "requested", False, "in_progress", "waiting_parts", False, False, False, "completed", "completed", "closed",
        ])  # fmt: skip
        self.assertEqual(lines[4].request_count, 2)
        with self.assertRaises(AccessError):
            self._open_wizard(self.planner)

    def test_a_board_of_odoo_asks_nothing(self):
        self._old = self.env["mail.activity"].search([("user_id", "=", self.administrator.id)])
        if not self.env["maintenance.stage"]._maintenance_is_native_board():
            self.skipTest("the board of this database is a company's own")
        self.env["maintenance.stage"]._maintenance_ask_what_they_are()
        self.assertFalse(self._get_todos())
        self.assertEqual(self._get_step().state, "done")
        self.assertFalse(self._open_wizard().line_ids)

    def test_nothing_moves_until_the_administrator_says_so(self):
        board = self._install(*(stage[:2] for stage in OWN))
        ideas, finished = board[4], board[8]
        request, done = self._enter(ideas), self._enter(finished)
        self.assertEqual((request.state, done.state, done.done), (False, False, False))
        with self.assertRaisesRegex(UserError, "administrator"):
            ideas.with_user(self.planner).state = "approved"
        self.assertEqual((request.stage_id, request.state), (ideas, False))
        # an answer in part, without the proposal for the other
        self._answer({ideas.id: "requested", finished.id: False})
        self.assertEqual((request.stage_id, request.state, done.state), (ideas, "requested", False))
        self.assertTrue(self._get_todos())
        self._answer({board[1].id: "approved", board[5].id: "in_progress", board[6].id: "assigned"})
        self.assertEqual((done.stage_id, done.state, finished.done), (finished, "completed", True))
        self.assertFalse(self._get_todos())
        self.assertEqual(self._get_step().state, "done")
        self.assertFalse(self._open_wizard().line_ids, "it is asked once")
        with self.assertRaises(UserError):
            ideas.with_user(self.planner).state = "approved"

    def test_what_was_added_goes_when_the_company_has_its_own(self):
        board = self._install(("Inbox", False), ("In progress", False), ("Done", True))
        added = self.env.ref("keepwisely_maintenance.stage_requested")
        self.assertEqual(self.env["maintenance.stage"].search([], limit=1), added)
        self._answer({board[0].id: "requested"})
        self.assertFalse(added.exists())
        new = self.env["maintenance.request"].with_user(self.employee).create({"name": "New"})
        self.assertEqual((new.stage_id, new.state), (board[0], "requested"))

    def test_what_was_added_stays_while_it_is_used(self):
        board = self._install(("Inbox", False), ("In progress", False), ("Done", True))
        new = self.env["maintenance.request"].with_user(self.employee).create({"name": "New"})
        added = self.env.ref("keepwisely_maintenance.stage_requested")
        self.assertEqual(new.stage_id, added)
        self._answer({board[0].id: "requested"})
        self.assertTrue(added.exists())

    # -- Work in a stage without a state ---------------------------------------------------------------

    def test_work_without_a_state_is_used_as_natively(self):
        board = self._install(("Inbox", False), ("Workshop", False), ("Done", True))
        inbox, workshop, _done = board
        request = self._enter(inbox, owner_user_id=self.employee.id)
        self.env["maintenance.request"].with_user(self.employee).create({"name": "Into it", "stage_id": workshop.id})
        for user in (self.employee, self.technician, self.planner):
            with self.subTest(user=user.login):
                self.assertEqual((request.state, inbox.state, workshop.state), (False, False, False))
                # what an employee sees of others is Odoo's to say
                request.sudo().owner_user_id = user
                self.env.invalidate_all()
                mine = request.with_user(user)
                self.assertEqual((mine.state, mine.stage_id.state, mine.stage_id), (False, False, inbox))
                mine.write({"name": "Changed", "stage_id": workshop.id})
                self.assertEqual((mine.stage_id, mine.state), (workshop, False))
                mine.stage_id = inbox
                mine.description = "Said more"
                mine.copy().unlink()
                mine.web_read({name: {} for name in ("state", "stage_id", "progress_message", "maintenance_can_edit", "phase")})
        domain = [("id", "=", request.id)]
        groups = self.env["maintenance.request"].with_user(self.planner).web_read_group(domain, ["stage_id"])
        self.assertIn(inbox.id, [group["stage_id"] and group["stage_id"][0] for group in groups["groups"]])
        with Form(request.with_user(self.planner)) as form:
            form.name = "By the form"
        request.with_user(self.planner).message_post(body="Talk")

    def test_work_passes_the_gates_when_it_leaves_for_a_state(self):
        board = self._install(("Inbox", False), ("In progress", False), ("Done", True))
        request = self._enter(board[0], owner_user_id=self.employee.id)
        with self.assertRaises(UserError):
            request.with_user(self.technician).stage_id = board[1]
        request.user_id = self.technician
        request.with_user(self.planner).stage_id = board[1]
        self.assertEqual(request.state, "in_progress")
        self.assertTrue(request.date_approved and request.date_started)
        # and is no way around them
        fresh = self.env["maintenance.request"].with_user(self.employee).create({"name": "Fresh"})
        fresh.with_user(self.technician).stage_id = board[0]
        with self.assertRaises(UserError):
            fresh.with_user(self.technician).stage_id = board[1]
        request.with_user(self.planner).action_complete()
        request.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            request.with_user(self.planner).stage_id = board[0]

    def test_key_figures_leave_it_out(self):
        board = self._install(("Inbox", False), ("In progress", False), ("Done", True))
        team = self.env["maintenance.team"].create({"name": "Alone"})
        request = self._enter(board[0], maintenance_team_id=team.id, schedule_date="2020-01-01 08:00:00")
        request.invalidate_recordset()
        self.assertFalse(request.phase_ids)
        self.assertFalse(request.phase)
        self.assertFalse(request.waiting_for)
        kpis = self.env["maintenance.kpi"]
        for measure in (kpis._measure_schedule_compliance(), kpis._measure_pm_compliance()):
            self.assertNotIn(request, measure.model.search(measure.domain))
        self.env.flush_all()
        self._answer({board[0].id: "requested"})
        self.assertTrue(request.phase)
