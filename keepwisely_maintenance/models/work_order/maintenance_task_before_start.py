from odoo import api, fields, models
from odoo.exceptions import UserError

from .maintenance_task_check import ANSWERS

#: Answers, and what makes them answers; once the work was started on them they stay.
RELEASE_FIELDS = {"is_done", "note", "photo", *ANSWERS.values()}


class MaintenanceChecklistBeforeStart(models.AbstractModel):
    _inherit = "maintenance.checklist.mixin"

    is_before_start = fields.Boolean(
        "Before start", help="Lock-out, permit, risk check: the work cannot be started before this task is done and passed."
    )

    @api.model
    def _get_checklist_fields(self):
        return [*super()._get_checklist_fields(), "is_before_start"]


class MaintenanceTaskBeforeStart(models.Model):
    """Tasks that release the work. What it was started on stays as it is while the work goes on."""

    _inherit = "maintenance.task"

    def write(self, vals):
        if (RELEASE_FIELDS | {"name", "maintenance_request_id", *self._get_checklist_fields()}) & vals.keys():
            self._check_release_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_only_before_start(self):
        self._check_release_kept()

    def _get_unreleased(self):
        """Those that keep the work from being started."""
        return self.filtered(lambda task: task.is_before_start and (not task.is_done or task.is_failed))

    def _check_release_kept(self):
        """:raises UserError: work was started on this answer."""
        if self.env.su:
            return
        for task in self.filtered(lambda task: task.is_before_start and task.is_done):
            request = task.maintenance_request_id
            if request._lifecycle_rank(request.state) >= 3:
                raise UserError(
                    self.env._(
                        "%(work_order)s was started on “%(task)s”, so it stays; move the work back before changing it.",
                        work_order=request.display_name,
                        task=task.name,
                    )
                )


class MaintenanceRequestBeforeStart(models.Model):
    """Permission to start: tasks marked *before start* hold the gate shut on every way through it."""

    _inherit = "maintenance.request"

    maintenance_released_by_id = fields.Many2one(
        "res.users", "Released by", readonly=True, copy=False, tracking=True,
        help="Who answered the last of the tasks that had to be done before the work was started.",
    )  # fmt: skip
    maintenance_date_released = fields.Datetime("Released on", readonly=True, copy=False)
    maintenance_start_message = fields.Char("Before start", compute="_compute_maintenance_start_message")

    @api.depends("task_ids.is_before_start", "task_ids.is_done", "task_ids.is_failed", "task_ids.name", "state")
    def _compute_maintenance_start_message(self):
        """What is still to be done or failed; empty once the work is under way."""
        for request in self:
            waits = request.state and request._is_work_open() and request._lifecycle_rank(request.state) < 3
            request.maintenance_start_message = waits and ", ".join(request.task_ids._get_unreleased().mapped("name"))

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"maintenance_released_by_id", "maintenance_date_released"}

    @api.model
    def _check_protected(self, vals):
        if {"maintenance_released_by_id", "maintenance_date_released"} & vals.keys() and not self.env.su:
            raise UserError(self.env._("Who released the work and when follows from its tasks; answer them instead."))
        return super()._check_protected(vals)

    def _get_way_to(self, state, vals, now):
        gates, values = super()._get_way_to(state, vals, now)
        if "_gate_start" in gates:
            # sudo: every task counts, also those that the user does not see
            released = self.sudo().task_ids.filtered(lambda task: task.is_before_start and task.date_done)
            last = released.sorted("date_done")[-1:]
            values.update(maintenance_released_by_id=last.done_by_id.id, maintenance_date_released=last.date_done)
        return gates, values

    def _gate_start(self, state, vals):
        self._maintenance_check_released()
        return super()._gate_start(state, vals)

    def _gate_leave_waiting(self, state, vals):
        # parts that arrive let work go on that was started before; people are asked
        if not self.env.su and state not in ("approved", "assigned", "requested", "cancelled"):
            self._maintenance_check_released()
        return super()._gate_leave_waiting(state, vals)

    def _maintenance_check_released(self):
        """:raises UserError: a task that has to be done before the work is started is not, or failed."""
        # sudo: every task counts, also those that the user does not see
        for request in self.sudo():
            task = request.task_ids._get_unreleased()[:1]
            if task.is_failed:
                raise UserError(
                    self.env._(
                        "“%(task)s” failed, so %(work_order)s cannot be started; set it right and answer it again.",
                        task=task.name,
                        work_order=request.display_name,
                    )
                )
            if task:
                raise UserError(
                    self.env._(
                        "Answer “%(task)s” before starting %(work_order)s.",
                        task=task.name,
                        work_order=request.display_name,
                    )
                )
