from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...authors import is_change
from ...const import UNATTENDED
from ...context import RuleMemory

#: Days for which a refused reorder is not asked for again by itself.
REFUSED_DAYS = 30

#: Settings whose change says that the need is a different one.
SETTINGS = {"active", "product_max_qty", "product_min_qty", "replenishment_uom_id", "route_id", "supplier_id", "trigger"}

#: Values that say how much is asked for.
QUANTITIES = {"product_max_qty", "product_min_qty", "qty_to_order", "qty_to_order_manual", "replenishment_uom_id"}

# not on the state of lines: only opening, submitting and closing matter, not each decision
HELD_DEPENDS = (
    "product_id.requisition_line_ids.is_open",
    "product_id.requisition_line_ids.requisition_id.date_submitted",
    "product_id.requisition_line_ids.product_qty",
    "product_id.requisition_line_ids.qty_ordered",
)


class StockWarehouseOrderpoint(models.Model):
    """Reorder points of spare parts ask through requisitions, and do not ask twice.

    What is held counts as in progress. What an approver refused is not asked for again by the
    scheduler for some time, unless more is needed than was refused or somebody changed the reorder
    point; by hand it can be asked for at once.
    """

    _inherit = "stock.warehouse.orderpoint"

    spare_criticality = fields.Selection(related="product_id.spare_criticality")
    qty_held = fields.Float(
        "On requisition", compute="_compute_qty_held", digits="Product Unit", compute_sudo=True,
        help="Asked for by requisitions, for this location, and not on a purchase order yet.",
    )  # fmt: skip
    date_changed = fields.Datetime(
        "Settings changed on", readonly=True, copy=False, help="What was refused before no longer counts."
    )
    maintenance_changer_id = fields.Many2one(
        "res.users", "Quantities changed by", readonly=True, copy=False,
        help="Since it last asked; its next need is theirs.",
    )  # fmt: skip
    refused_until = fields.Date(
        "Refused until", compute="_compute_refused_until", compute_sudo=True,
        help="An approver refused the reorder. Until this day it is asked for again only when more is needed, "
        "when the reorder point is changed, or by hand.",
    )  # fmt: skip

    # -- Computes -----------------------------------------------------------------------------

    @api.depends(*HELD_DEPENDS)
    def _compute_qty(self):
        """Holding changes the forecast of the reorder point, as a request for quotation does."""
        return super()._compute_qty()

    @api.depends(*HELD_DEPENDS)
    def _compute_qty_to_order_computed(self):
        """What is held counts as in progress, so holding it settles the need at once."""
        compute = super(StockWarehouseOrderpoint, self._remembering_rules())._compute_qty_to_order_computed
        return self._compute_without_write("qty_to_order_computed", compute)

    def _compute_deadline_date(self):
        return self._compute_without_write("deadline_date", super()._compute_deadline_date)

    def _compute_without_write(self, name, compute):
        """Compute a stored field as the ORM does, also where the scheduler calls the method itself.

        The `write` that Odoo makes of such a call stamps every reorder point, changed or not, so that
        two schedulers, or one and its own other connections, would be in conflict over nothing.
        """
        field = self._fields[name]
        if all(self.env.is_protected(field, orderpoint) for orderpoint in self):
            compute()
            return
        with self.env.protecting([field], self):
            compute()
        self.modified([name])

    @api.depends(*HELD_DEPENDS)
    def _compute_qty_held(self):
        held = self.product_id._get_held_quantities(self.location_id.ids)
        for orderpoint in self:
            orderpoint.qty_held = held.get((orderpoint.product_id, orderpoint.location_id), 0.0)

    @api.depends("qty_to_order", "date_changed")
    def _compute_refused_until(self):
        """From the last line of the reorder point, so that nothing is to be reset when it is asked again."""
        last = dict(
            self.env["maintenance.requisition.line"]._read_group(
                [("orderpoint_id", "in", self.ids)], ["orderpoint_id"], ["id:max"]
            )
        )
        lines = self.env["maintenance.requisition.line"].browse(last.values())
        refused = {line.orderpoint_id: line for line in lines if line.state == "rejected"}
        for orderpoint in self:
            orderpoint.refused_until = False
            line = refused.get(orderpoint)
            if not line:
                continue
            date = max(line.requisition_id._get_current_decisions().mapped("create_date"))
            until = fields.Date.add(orderpoint.company_id._get_plant_day(date), days=REFUSED_DAYS)
            changed = orderpoint.date_changed and orderpoint.date_changed >= date
            quantity = line.product_uom_id._compute_quantity(line.product_qty, orderpoint.product_uom, round=False)
            more = orderpoint.product_uom.compare(orderpoint.qty_to_order, quantity) > 0
            if orderpoint.company_id._get_plant_day() <= until and not changed and not more:
                orderpoint.refused_until = until

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        author = {"maintenance_changer_id": False if self.env.su else self.env.uid}
        return super().create([{**vals, **author} for vals in vals_list])

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != "maintenance_changer_id"}
        asks = any(vals[name] and is_change(point, name, vals[name]) for point in self for name in QUANTITIES & vals.keys())
        if asks and not self.env.su:
            vals["maintenance_changer_id"] = self.env.uid
        if SETTINGS & vals.keys():
            vals["date_changed"] = self.env.cr.now()
        return super().write(vals)

    def _maintenance_take_changer(self):
        """Who changed how much is asked for; what is asked next is asked for by use."""
        changer = self.maintenance_changer_id
        if changer:
            # past the check on people above: the system forgets who it was
            super().write({"maintenance_changer_id": False})  # pylint: disable=super-method-mismatch
        return changer

    # -- Actions ------------------------------------------------------------------------------

    @api.readonly
    def action_view_requisitions(self):
        """The requisitions that hold something for this location.

        :raises UserError: there are none that the user may read.
        """
        self.ensure_one()
        places = self.product_id._get_held_lines(self.location_id.ids)._get_wanted_locations()
        requisitions = self.env["maintenance.requisition"].browse(
            {line.requisition_id.id for line, place in places.items() if place == self.location_id}
        )
        requisitions = requisitions._filtered_access("read")
        if not requisitions:
            raise UserError(
                self.env._(
                    "There is no requisition for %s that you may read; ask the buyers.", self.product_id.display_name
                )
            )
        return requisitions._get_records_action(name=self.env._("Requisitions"))

    # -- Running --------------------------------------------------------------------------------

    def _procure_orderpoint_confirm(self, use_new_cursor=False, company_id=None, raise_user_error=True):
        """Hold or order what is needed; what was refused waits, unless somebody presses the button.

        Errors are raised to whoever pressed a button, and noted where nobody did.
        """
        if use_new_cursor:
            self._commit_needs()
        orderpoints = self._remembering_rules()
        if not raise_user_error:
            orderpoints = orderpoints.filtered(lambda orderpoint: not orderpoint.refused_until)
            orderpoints = orderpoints.with_context(maintenance_unattended=UNATTENDED)
        return super(StockWarehouseOrderpoint, orderpoints)._procure_orderpoint_confirm(
            use_new_cursor=use_new_cursor, company_id=company_id, raise_user_error=raise_user_error
        )

    def _commit_needs(self):
        """Let the scheduler's other connections see what it has just computed.

        Natively it computes what is to be ordered, orders on connections of its own that do not
        see it, and commits last: what was used today would be ordered tomorrow, and the scheduled
        action would end in a conflict with its own connections before it reserves anything. Of two
        schedulers at once the later one computes again.
        """
        for attempt in range(3):
            try:
                self.env["ir.cron"]._commit_progress()
                return
            except OperationalError:
                self.env.cr.rollback()
                if attempt == 2:
                    raise
                self._compute_qty_to_order_computed()
                self._compute_deadline_date()

    def _remembering_rules(self):
        """Ask once for rules that do not change during one run, see `stock.rule._recall`."""
        if isinstance(self.env.context.get("maintenance_rules"), RuleMemory):
            return self
        return self.with_context(maintenance_rules=RuleMemory())

    def _prepare_procurement_values(self, date=False):
        """What nobody sells goes to the buyers, who choose a vendor; Odoo finds no rule for it."""
        values = super()._prepare_procurement_values(date=date)
        if not self.rule_ids and self.product_id.is_spare_part:
            values["route_ids"] = self.warehouse_id.buy_pull_id.route_id
        return values

    def _get_replenishment_order_notification(self):
        """Tell whoever ordered by hand where the need is held."""
        self.ensure_one()
        # sudo: stock managers need no rights on requisitions to be told
        line = self.env["maintenance.requisition.line"].sudo().search(
            [
                ("orderpoint_id", "=", self.id),
                ("is_open", "=", True),
                ("write_date", ">=", self.env.context.get("written_after") or self.env.cr.now()),
            ],
            order="id desc",
            limit=1,
        )
        if not line:
            return super()._get_replenishment_order_notification()
        requisition = line.requisition_id.with_env(self.env)
        may_read = requisition.has_access("read")
        url = f"/odoo/action-keepwisely_maintenance.action_requisitions/{requisition.id}"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Held until the spend is approved"),
                "message": "%s" if may_read else line.requisition_id.name,
                "links": [{"label": requisition.name, "url": url}] if may_read else [],
                "sticky": False,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
