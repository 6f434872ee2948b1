from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

from ...authors import get_actor_id, is_change
from ...const import NEED_FIELDS


class MaintenanceSchedulePart(models.Model):
    """A part that every work order of a schedule needs."""

    _name = "maintenance.schedule.part"
    _description = "Preventive Schedule Part"
    _order = "schedule_id, sequence, id"
    _check_company_auto = True
    _rec_name = "product_id"

    schedule_id = fields.Many2one("maintenance.schedule", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="schedule_id.company_id", store=True, index=True)
    author_id = fields.Many2one(
        "res.users", "Planned by", readonly=True, copy=False, ondelete="restrict", help="Who wrote product or quantity."
    )
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product", "Part", required=True, index=True, ondelete="restrict", check_company=True,
        domain="[('type', '=', 'consu')]",
    )  # fmt: skip
    product_uom_qty = fields.Float("Quantity", digits="Product Unit", required=True, default=1.0)
    product_uom = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_product_uom", store=True, readonly=False, precompute=True, required=True,
        ondelete="restrict",
    )  # fmt: skip

    _quantity_positive = models.Constraint("CHECK(product_uom_qty > 0)", "Enter a quantity above zero for every part.")

    @api.depends("product_id")
    def _compute_product_uom(self):
        for part in self:
            part.product_uom = part.product_id.uom_id

    @api.constrains("product_id", "product_uom")
    def _check_unit(self):
        for part in self:
            if not part.product_uom._has_common_reference(part.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is counted in %(unit)s; it cannot be counted in %(other)s.",
                        product=part.product_id.display_name,
                        unit=part.product_id.uom_id.name,
                        other=part.product_uom.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, **self._prepare_author_vals()} for vals in vals_list])

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != "author_id"}
        if any(is_change(part, name, vals[name]) for part in self for name in NEED_FIELDS & vals.keys()):
            vals.update(self._prepare_author_vals())
        return super().write(vals)

    @api.model
    def _prepare_author_vals(self):
        actor_id = get_actor_id(self.env)
        return {"author_id": False if actor_id == SUPERUSER_ID else actor_id}

    def unlink(self):
        # sudo: who takes a part off a schedule ends what was asked for it
        moves = self.env["stock.move"].sudo().search(
            [
                ("schedule_part_id", "in", self.ids),
                ("maintenance_request_id", "=", False),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        moves._give_up()
        return super().unlink()

    def _prepare_part_vals(self):
        """What a work order gets of it."""
        self.ensure_one()
        return {
            "schedule_part_id": self.id,
            # whoever planned it caused what is asked for, whoever or whatever makes the work orders
            "maintenance_author_id": self.author_id.id,
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": self.product_uom_qty,
        }
