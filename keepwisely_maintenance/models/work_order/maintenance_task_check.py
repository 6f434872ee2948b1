from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...context import get_moment
from .maintenance_checklist_mixin import CHECK_DIGITS

#: The field that answers each kind of task; a tick needs none.
ANSWERS = {"pass_fail": "result", "number": "value", "text": "note", "photo": "photo", "signature": "signature"}

#: Stamped by the system.
STAMPS = {"has_value", "is_failed", "done_by_id", "date_done"}


class MeasuredValue(fields.Float):
    """A number that reads as False in the screens and outside until something was measured: zero is an answer.

    ``write({"value": False})`` takes the answer back; in Python code the field is a plain number.
    """

    def convert_to_read(self, value, record, use_display_name=True):
        return value if record.has_value else False

    def convert_to_write(self, value, record):
        return value


class MaintenanceTaskCheck(models.Model):
    """Answers of tasks: what was measured, seen or signed, by whom and when, and whether it fails.

    ``is_done`` says that the answer is there. It follows the answer; set by hand, it is refused where
    the answer is missing.
    """

    _inherit = "maintenance.task"

    result = fields.Selection([("pass", "Pass"), ("fail", "Fail")], copy=False)
    value = MeasuredValue(
        digits=CHECK_DIGITS, copy=False, aggregator=None, help="What was measured, in the unit of the task."
    )
    has_value = fields.Boolean("Measured", copy=False, readonly=True)
    note = fields.Text(copy=False)
    photo = fields.Image(max_width=1920, max_height=1920, copy=False)
    signature = fields.Image(max_width=1024, max_height=512, copy=False)
    is_failed = fields.Boolean(
        "Failed", compute="_compute_is_failed", store=True, help="Failed, or the number is outside its limits."
    )
    done_by_id = fields.Many2one("res.users", "Done by", copy=False, readonly=True)
    date_done = fields.Datetime("Done on", copy=False, readonly=True)
    answer_text = fields.Char("Answer given", compute="_compute_answer_text")
    # What the current user may do, so that views offer only what will be accepted.
    can_answer = fields.Boolean(compute="_compute_can_answer")
    can_define = fields.Boolean(compute="_compute_can_answer")

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("kind", "result", "value", "has_value", "limits", "limit_min", "limit_max")
    def _compute_is_failed(self):
        for task in self:
            if task.kind == "number":
                task.is_failed = task.has_value and not task._is_within_limits(task.value)
            else:
                task.is_failed = task.kind == "pass_fail" and task.result == "fail"

    @api.depends("kind", "result", "value", "has_value", "unit")
    def _compute_answer_text(self):
        """“3.5 bar”, “Fail”; empty where the answer is a text or a picture."""
        results = dict(self._fields["result"]._description_selection(self.env))
        for task in self:
            if task.kind == "number" and task.has_value:
                task.answer_text = " ".join(filter(None, [task._format_value(task.value), task.unit]))
            else:
                task.answer_text = task.kind == "pass_fail" and results.get(task.result)

    @api.depends_context("uid")
    @api.depends("maintenance_request_id.state", "maintenance_request_id.user_id")
    def _compute_can_answer(self):
        for task in self:
            request = task.maintenance_request_id
            works = not request or request.user_is_planner or request.user_is_technician
            task.can_answer = works and (not request or request._is_work_open())
            added = not task._origin or task.create_uid == self.env.user
            task.can_define = task.can_answer and (added or request.user_is_planner)

    # -- CRUD ---------------------------------------------------------------------------------

    @api.model
    def _get_guarded_fields(self):
        return STAMPS

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_answer_vals(vals) for vals in vals_list]
        tasks = super().create(vals_list)
        for task, vals in zip(tasks, vals_list, strict=True):
            task._settle_answer(vals, self.browse())
        return tasks

    def write(self, vals):
        self._check_definition(vals)
        vals = self._prepare_answer_vals(vals)
        done_before = self.filtered("is_done")
        result = super().write(vals)
        self._settle_answer(vals, done_before)
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_only_own(self):
        self._check_own()

    def _check_definition(self, vals):
        """:raises UserError: a technician changes what somebody else wants to have checked."""
        if {"name", "maintenance_request_id", *self._get_checklist_fields()} & vals.keys():
            self._check_own()

    def _check_own(self):
        """Technicians answer every task of their work, and change or delete those they added."""
        if self.env["maintenance.request"]._user_is_planner():
            return
        for task in self:
            if task.create_uid != self.env.user:
                raise UserError(
                    self.env._("“%s” was not added by you; a planner can change or delete it.", task.name)
                )

    @api.model
    def _prepare_answer_vals(self, vals):
        """:raises UserError: stamps are written by hand, or the value is no number."""
        if STAMPS & vals.keys() and not self.env.su:
            raise UserError(self.env._("Who did a task and when is recorded by the system; tick it or answer it instead."))
        if "value" not in vals:
            return vals
        measured = vals["value"] is not False and vals["value"] is not None
        if measured and not self._is_number(vals["value"]):
            raise UserError(self.env._("Enter a number as the measured value."))
        return {**vals, "has_value": measured}

    @api.model
    def _is_number(self, value):
        try:
            return isfinite(float(value))
        except (TypeError, ValueError):
            return False

    def _settle_answer(self, vals, done_before):
        """Let ``is_done`` follow the answer, and stamp who and when.

        :raises UserError: tasks are called done without their answer.
        """
        answered = self.filtered(lambda task: task._is_answered())
        if vals.get("is_done"):
            for task in self - answered:
                raise UserError(task._describe_missing_answer())
        done = self.filtered("is_done")
        lost = done - answered
        if "is_done" not in vals:
            done |= answered.filtered(lambda task: ANSWERS.get(task.kind) in vals)
        done -= lost
        fresh = done.filtered(lambda task: task not in done_before or ANSWERS.get(task.kind) in vals)
        self._stamp(fresh, {"is_done": True, "done_by_id": self.env.uid, "date_done": get_moment(self.env)})
        self._stamp((done_before | lost) - done, {"is_done": False, "done_by_id": False, "date_done": False})

    def _stamp(self, tasks, vals):
        # sudo: who did it and when is recorded by the system
        return super(MaintenanceTaskCheck, tasks.sudo()).write(vals)  # pylint: disable=super-method-mismatch

    # -- Answers ------------------------------------------------------------------------------

    def _is_answered(self):
        """Whether the answer its kind asks for is there."""
        self.ensure_one()
        if self.kind == "number":
            return self.has_value
        return self.kind == "tick" or bool((self.note or "").strip() if self.kind == "text" else self[ANSWERS[self.kind]])

    def _describe_missing_answer(self):
        self.ensure_one()
        sentences = {
            "pass_fail": self.env._("Say whether “%s” passes or fails to have it done.", self.name),
            "number": self.env._("Enter what was measured for “%s” to have it done.", self.name),
            "text": self.env._("Write the answer of “%s” into its note to have it done.", self.name),
            "photo": self.env._("Take the photo of “%s” to have it done.", self.name),
            "signature": self.env._("Sign “%s” to have it done.", self.name),
        }
        return sentences[self.kind]

    def action_pass(self):
        return self.write({"result": "pass"})

    def action_fail(self):
        return self.write({"result": "fail"})

    def action_toggle_done(self):
        """Tick, or take a tick back; the answer stays."""
        for task in self:
            task.is_done = not task.is_done
        return True

    def action_answer(self):
        """Open what the task asks for, in a dialog."""
        return self._get_records_action(
            name=self.name,
            target="new",
            views=[(self.env.ref("keepwisely_maintenance.maintenance_task_view_form").id, "form")],
        )
