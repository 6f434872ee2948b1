from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ...const import DONE_STATES
from ...context import is_by_system
from ...kept import forget_kept

#: The lifecycle of a work order, in the order of the board.
WORK_ORDER_STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("assigned", "Assigned"),
    ("waiting_parts", "Waiting for parts"),
    ("in_progress", "In progress"),
    ("completed", "Completed"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


class MaintenanceStage(models.Model):
    _inherit = "maintenance.stage"

    state = fields.Selection(
        WORK_ORDER_STATES,
        compute="_compute_state",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="What the stage stands for. Several stages may share a state, so boards stay "
        "yours while the rules of the lifecycle hold.",
    )

    maintenance_is_asked = fields.Boolean(
        "To be confirmed", readonly=True, copy=False,
        help="The stage is older than this module; an administrator says once what it stands for.",
    )  # fmt: skip

    # The recurrence of native Maintenance copies a work order when it enters a done stage:
    # a cancelled one must never trigger that.
    _done_matches_state = models.Constraint(
        "CHECK(COALESCE(done, FALSE) = (state IN ('completed', 'closed')))",
        "A stage is done exactly when its state is Completed or Closed.",
    )

    @api.depends("done")
    def _compute_state(self):
        """Keep state in step with the native done flag, which other modules write alone.

        A stage from before the module has no state while nobody has said what it stands for.
        """
        for stage in self:
            if stage.done and stage.state not in DONE_STATES:
                stage.state = "completed"
            elif not stage.done and (stage.state in DONE_STATES or not (stage.state or stage._origin)):
                stage.state = "in_progress"

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create([self._with_matching_done(vals) for vals in vals_list])
        forget_kept(self.env)
        return stages

    def write(self, vals):
        vals = self._with_matching_done(vals)
        self._check_unused(vals)
        result = super().write(vals)
        forget_kept(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        forget_kept(self.env)
        return result

    def _check_unused(self, vals):
        """Work orders pass the gates of their lifecycle; a stage does not carry them past.

        :raises UserError: the state of a stage changes that has work orders in it.
        """
        if is_by_system(self.env, "maintenance_classifying"):
            return
        changed = self.filtered(
            lambda stage: vals.get("state", stage.state) != stage.state or bool(vals.get("done", stage.done)) != stage.done
        )
        # sudo: also work orders that one does not see, of other companies and cancelled ones
        requests = self.env["maintenance.request"].sudo().with_context(active_test=False)
        used = requests.search([("stage_id", "in", changed.ids)], limit=1).stage_id
        if used and not used.state:
            raise UserError(
                self.env._(
                    "Work orders are in the stage %s; an administrator says under Maintenance, First Steps what it stands for.",
                    used.name,
                )
            )
        if used:
            raise UserError(
                self.env._(
                    "Work orders are in the stage %s; move them first, or make a new stage with the other state.",
                    used.name,
                )
            )

    @api.model
    def _with_matching_done(self, vals):
        """Whoever sets the state need not think of the native flag as well."""
        if "state" in vals and not vals["state"]:
            raise UserError(self.env._("Say which state of a work order the stage stands for."))
        if vals.get("state") and "done" not in vals:
            return dict(vals, done=vals["state"] in DONE_STATES)
        return vals

    @api.model
    def _first_of_state(self, state):
        """Return the first stage on the board that stands for ``state`` (may be empty)."""
        return self.browse(self._maintenance_get_first_id(state))

    @api.model
    @tools.ormcache("state")
    def _maintenance_get_first_id(self, state):
        """Kept, because every move of a work order asks for it."""
        return self.search([("state", "=", state)], limit=1).id
