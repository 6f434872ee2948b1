from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...const import COSTS_GROUP
from ...context import is_bringing_in
from ...words import format_moment

#: What technicians may still say about a period that lasts.
TECHNICIAN_FIELDS = {"date_to", "reason"}


class MaintenanceDowntime(models.Model):
    """A period in which an asset stood still or ran worse than it should, from failure to production.

    Hours are clock hours, nights and weekends included; only standstill costs. Definition of downtime:
    EN 13306, "time interval throughout which an item is in a down state".
    """

    _name = "maintenance.downtime"
    _description = "Asset Downtime"
    _inherit = ["mail.thread", "maintenance.correction.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "equipment_id"
    _check_company_auto = True

    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="equipment_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="equipment_id.currency_id", store=True)  # amounts add up by it
    category_id = fields.Many2one(related="equipment_id.category_id", string="Asset category", store=True)
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", index="btree_not_null", ondelete="set null", check_company=True,
        domain="[('equipment_id', '=', equipment_id)]", help="What reported it; completing that ends it.",
    )  # fmt: skip
    status = fields.Selection(
        [("degraded", "Degraded"), ("down", "Down")], required=True, default="down", tracking=True
    )
    date_from = fields.Datetime("Failed on", required=True, default=fields.Datetime.now, tracking=True)
    date_to = fields.Datetime("Back in production", tracking=True, help="Empty while it lasts.")
    reason = fields.Char(tracking=True)
    is_ended_by_work = fields.Boolean(
        "Ended by the work", readonly=True, copy=False, help="As the work order was completed or cancelled; not by hand."
    )
    hours = fields.Float(
        compute="_compute_hours", store=True, help="From failure to production, in clock hours; counted once it is over."
    )
    hours_so_far = fields.Float(compute="_compute_hours_so_far", help="The same, until now while it lasts.")
    hourly_cost = fields.Monetary(
        "Hourly cost", compute="_compute_hourly_cost", store=True, readonly=False, compute_sudo=True, groups=COSTS_GROUP,
        help="Of an hour of standstill when it began; later changes on the asset do not touch it.",
    )  # fmt: skip
    cost = fields.Monetary(
        compute="_compute_cost", store=True, compute_sudo=True, groups=COSTS_GROUP,
        help="Hours × cost of an hour. An asset that is degraded still produces and costs nothing here.",
    )  # fmt: skip

    maintenance_brought_in = fields.Boolean("Brought in", copy=False, readonly=True)

    _in_order = models.Constraint("CHECK(date_to >= date_from)", "An asset is back in production after it failed.")
    _one_open = models.UniqueIndex(
        "(equipment_id) WHERE date_to IS NULL", "The asset is down or degraded already; end that first."
    )
    _period_idx = models.Index("(equipment_id, date_from DESC)")

    @api.depends("date_from", "date_to")
    def _compute_hours(self):
        for downtime in self:
            downtime.hours = downtime._get_hours(downtime.date_to)

    @api.depends("date_from", "date_to")
    def _compute_hours_so_far(self):
        now = fields.Datetime.now()
        for downtime in self:
            downtime.hours_so_far = downtime._get_hours(downtime.date_to or now)

    @api.depends("equipment_id")
    def _compute_hourly_cost(self):
        for downtime in self:
            downtime.hourly_cost = downtime.equipment_id.downtime_hourly_cost

    @api.depends("hours", "hourly_cost", "status")
    def _compute_cost(self):
        for downtime in self:
            downtime.cost = downtime._get_cost(downtime.hours)

    def _get_hours(self, end):
        self.ensure_one()
        return (end - self.date_from).total_seconds() / 3600 if self.date_from and end else 0.0

    def _get_cost(self, hours):
        self.ensure_one()
        amount = hours * self.hourly_cost if self.status == "down" else 0.0
        return self.currency_id.round(amount) if self.currency_id else amount

    # -- What can be written down -----------------------------------------------------------------

    @api.constrains("date_from", "date_to")
    def _check_not_ahead(self):
        now = fields.Datetime.now()
        for downtime in self:
            if max(downtime.date_from, downtime.date_to or downtime.date_from) > now:
                raise ValidationError(self.env._("Downtime is written down when it happened, not ahead of time."))

    @api.constrains("equipment_id", "date_from", "date_to")
    def _check_overlap(self):
        if is_bringing_in(self.env):
            return
        for downtime in self:
            domain = (
                Domain("equipment_id", "=", downtime.equipment_id.id)
                & Domain("id", "!=", downtime.id)
                & (Domain("date_to", "=", False) | Domain("date_to", ">", downtime.date_from))
            )
            if downtime.date_to:
                domain &= Domain("date_from", "<", downtime.date_to)
            other = self.search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "The status of %(asset)s is “%(status)s” from %(begin)s on already; change that period instead.",
                        asset=downtime.equipment_id.display_name,
                        status=dict(other._fields["status"]._description_selection(self.env))[other.status],
                        begin=format_moment(self.env, other.date_from),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # the system writes down what was reported, it does not follow it
        periods = super(MaintenanceDowntime, self.with_context(mail_create_nosubscribe=True)).create(vals_list)
        if is_bringing_in(self.env):
            return periods
        periods.maintenance_request_id._maintenance_check_not_closed()
        return periods

    def write(self, vals):
        if not vals.keys() - self.env["mail.thread"]._fields.keys():
            return super().write(vals)
        self._check_still_open(vals)
        if "date_to" in vals:
            vals = {"is_ended_by_work": False, **vals}
        if vals.keys() - {"is_ended_by_work"} != {"date_to"} or any(self.mapped("date_to")):
            # what lasts can be ended
            self.maintenance_request_id._maintenance_check_not_closed()
        with self.maintenance_request_id._maintenance_logging_corrections_of(self, vals.keys() - {"is_ended_by_work"}):
            result = super().write(vals)
        if "maintenance_request_id" in vals:
            self.maintenance_request_id._maintenance_check_not_closed()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_only_before_closing(self):
        self.maintenance_request_id._maintenance_check_not_closed()

    def _check_still_open(self, vals):
        """:raises UserError: a technician corrects what is over; that changes what it cost."""
        if self.env.su or self.env.user.has_group("maintenance.group_equipment_manager"):
            return
        if any(self.mapped("date_to")) or vals.keys() - TECHNICIAN_FIELDS:
            raise UserError(self.env._("Ask a planner to correct a downtime; you can begin and end one."))
