from odoo import api, fields, models
from odoo.exceptions import UserError

from ...words import format_number


class MaintenancePartOffer(models.TransientModel):
    """What can be had instead of asking for it: alternates on the shelf, and what is on its way anyway."""

    _name = "maintenance.part.offer"
    _description = "Choice Before Asking for Parts"

    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", required=True, readonly=True)
    line_ids = fields.One2many("maintenance.part.offer.line", "offer_id", "Choices")
    asks_rest = fields.Boolean(readonly=True, help="What is still missing afterwards is asked for.")
    note = fields.Char(readonly=True)

    def action_apply(self):
        """Use what is ticked, and ask for the rest.

        :raises UserError: more is ticked than is missing, or the user may not change the parts.
        """
        self.ensure_one()
        used = self.line_ids.filtered("is_used")
        used._check_quantities()
        used._use()
        return self._finish()

    def action_ask(self):
        """Use nothing of it; ask for everything that is missing."""
        self.ensure_one()
        return self._finish()

    def _finish(self):
        close = {"type": "ir.actions.act_window_close"}
        if not self.asks_rest:
            return close
        result = self.maintenance_request_id.action_request_parts(offer=False)
        if isinstance(result, dict):
            result["params"]["next"] = close
            return result
        return close


class MaintenancePartOfferLine(models.TransientModel):
    _name = "maintenance.part.offer.line"
    _description = "Choice for a Part"

    offer_id = fields.Many2one("maintenance.part.offer", "Wizard", required=True, ondelete="cascade", index=True)
    part_id = fields.Many2one("stock.move", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("alternate", "Use an alternate"),
            ("join_requisition", "Join what is asked for"),
            ("join_receipt", "Join what is ordered"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
    # where it is taken from: one of these
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    requisition_line_id = fields.Many2one("maintenance.requisition.line", readonly=True, ondelete="cascade")
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True, ondelete="cascade")
    name = fields.Char("What there is", readonly=True)
    quantity_free = fields.Float("Free", digits="Product Unit", readonly=True)
    date_expected = fields.Date("Expected", readonly=True)
    is_used = fields.Boolean("Use this one")
    quantity = fields.Float(digits="Product Unit", help="How many to use, in the unit of the part.")

    @api.onchange("quantity")
    def _onchange_quantity(self):
        if self.quantity:
            self.is_used = True

    def _check_quantities(self):
        """:raises UserError: more is ticked than there is or is missing."""
        for part, lines in self.grouped("part_id").items():
            unit = part.product_uom
            missing = part.qty_missing
            for line in lines:
                if unit.compare(line.quantity, 0) <= 0 or unit.compare(line.quantity, line.quantity_free) > 0:
                    raise UserError(
                        self.env._(
                            "Enter between 0 and %(free)s for “%(choice)s”, or untick it.",
                            free=format_number(self.env, line.quantity_free),
                            choice=line.name,
                        )
                    )
            if unit.compare(sum(lines.mapped("quantity")), missing) > 0:
                raise UserError(
                    self.env._(
                        "Missing: %(missing)s × %(part)s, and more is ticked; untick or lower something.",
                        missing=format_number(self.env, missing),
                        part=part.product_id.display_name,
                    )
                )

    def _use(self):
        """Take what is still there of each choice; what somebody took meanwhile is left to be asked for."""
        parts = self.part_id
        parts._require_open_work_order()
        for line in self.sorted(lambda line: line.kind != "alternate"):
            # sudo: what is on the shelf and on its way is no secret; access to the parts was checked
            part = line.part_id.sudo()
            if line.kind != "alternate":
                part._join(line.requisition_line_id.id, line.purchase_line_id.id, line.quantity)
                continue
            left = min(line.quantity, part._get_free_qty(line.product_id))
            if left > 0:
                line.part_id.action_use_alternate(line.product_id.id, left)
