from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class MaintenanceRoundLine(models.Model):
    """An asset of a work order that is for several: what was found there, and what share of hours and costs it bears.

    Such a round names no asset of its own. Its tasks name theirs; the ledger divides every cost by the shares.
    """

    _name = "maintenance.round.line"
    _inherit = ["maintenance.correction.mixin"]
    _description = "Asset of a Round"
    _order = "maintenance_request_id, sequence, id"
    _check_company_auto = True
    _rec_name = "equipment_id"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="maintenance_request_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", required=True, ondelete="restrict", index=True, check_company=True
    )
    weight = fields.Float(default=1.0, help="How much of the hours and costs of the round this asset bears, against the others.")
    share = fields.Float(compute="_compute_share", store=True, digits=0, aggregator=None, help="Of hours and costs; 1 is all.")
    labor_hours = fields.Float("Hours", compute="_compute_labor_hours", help="Its share of the hours that were booked.")
    task_done_count = fields.Integer("Tasks done", compute="_compute_result")
    task_count = fields.Integer("Tasks", compute="_compute_result")
    result = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("failed", "Failed")], compute="_compute_result", help="By its tasks."
    )

    _asset_once = models.Constraint("UNIQUE(maintenance_request_id, equipment_id)", "The asset is on this round already.")
    _weight_not_negative = models.Constraint("CHECK(weight >= 0)", "A weight is zero or more.")

    @api.depends("weight", "maintenance_request_id.maintenance_round_line_ids.weight")
    def _compute_share(self):
        """By weight; equal shares where nothing weighs."""
        for line in self:
            lines = line.maintenance_request_id.maintenance_round_line_ids | line
            total = sum(lines.mapped("weight"))
            line.share = line.weight / total if total else 1.0 / len(lines)

    @api.depends("share", "maintenance_request_id.labor_ids.hours")
    def _compute_labor_hours(self):
        for line in self:
            line.labor_hours = line.share * line.maintenance_request_id.labor_hours

    @api.depends("maintenance_request_id.task_ids.is_done", "maintenance_request_id.task_ids.is_failed", "equipment_id")
    def _compute_result(self):
        for line in self:
            # sudo: whoever sees the asset of a round may know how it went
            tasks = line.sudo().maintenance_request_id.task_ids
            tasks = tasks.filtered(lambda task, line=line: task.equipment_id == line.equipment_id)
            done = tasks.filtered("is_done")
            line.task_count, line.task_done_count = len(tasks), len(done)
            line.result = "failed" if any(tasks.mapped("is_failed")) else "open" if tasks - done else "done"

    @api.constrains("maintenance_request_id", "equipment_id")
    def _check_no_other_asset(self):
        self.maintenance_request_id._check_maintenance_round()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_changeable()
        return lines

    def write(self, vals):
        self._check_changeable()
        with self.maintenance_request_id._maintenance_logging_corrections_of(self, vals.keys()):
            result = super().write(vals)
        self._check_changeable()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_while_open(self):
        self._check_changeable()
        for line in self:
            if not line.maintenance_request_id._is_work_open() and not self.env.su:
                raise UserError(
                    self.env._("%s was done with the round, so it stays on it; give it the weight 0.", line.equipment_id.name)
                )

    def _check_changeable(self):
        """:raises UserError: the work is closed, so its costs are divided for good."""
        self.maintenance_request_id._maintenance_check_not_closed()


class MaintenanceRequestRound(models.Model):
    """A work order for several assets: a round."""

    _inherit = "maintenance.request"

    maintenance_round_line_ids = fields.One2many(
        "maintenance.round.line", "maintenance_request_id", "Assets of the round", copy=True
    )
    # stored, so that boards tell rounds from other work without looking for their assets
    maintenance_asset_names = fields.Char(
        "Round of", compute="_compute_maintenance_asset_names", store=True, precompute=True
    )

    @api.depends("maintenance_round_line_ids.equipment_id.name")
    def _compute_maintenance_asset_names(self):
        for request in self:
            assets = request.maintenance_round_line_ids.equipment_id
            request.maintenance_asset_names = ", ".join(assets.mapped("name")) or False

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"maintenance_asset_names"}

    @api.model
    def _check_protected(self, vals):
        if "maintenance_asset_names" in vals and not self.env.su:
            raise UserError(self.env._("The assets of a round are named on its tab Round."))
        return super()._check_protected(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not self._user_is_planner():
            # the assets of a round are for planners to say
            vals_list = [{name: vals[name] for name in vals if name != "maintenance_round_line_ids"} for vals in vals_list]
        return vals_list

    @api.constrains("equipment_id")
    def _check_maintenance_round(self):
        for request in self:
            if request.equipment_id and request.maintenance_asset_names:
                raise ValidationError(
                    self.env._(
                        "%(work_order)s is a round over several assets; name %(asset)s there, not as its asset.",
                        work_order=request.display_name,
                        asset=request.equipment_id.name,
                    )
                )


class MaintenanceTaskRound(models.Model):
    _inherit = "maintenance.task"

    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", ondelete="restrict", index="btree_not_null", check_company=True,
        help="Which asset of a round the task is for.",
    )  # fmt: skip

    def _check_definition(self, vals):
        if "equipment_id" in vals:
            self._check_own()
        return super()._check_definition(vals)

    def _prepare_follow_up_vals(self):
        """What failed on an asset of a round is reported on that asset, to its team."""
        vals = super()._prepare_follow_up_vals()
        asset = self.equipment_id
        if asset:
            vals["equipment_id"] = asset.id
            if asset.maintenance_team_id:
                vals["maintenance_team_id"] = asset.maintenance_team_id.id
        return vals
