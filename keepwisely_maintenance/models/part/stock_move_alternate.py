from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from ...words import format_number


class StockMoveAlternate(models.Model):
    """Approved alternates that are used instead of a part that is short."""

    _inherit = "stock.move"

    alternate_message = fields.Char(
        "Alternate", compute="_compute_alternate_message", compute_sudo=True,
        help="What may be used instead of what is missing, and is on the shelf.",
    )  # fmt: skip

    @api.depends("state", "quantity", "product_uom_qty", "product_id")
    def _compute_alternate_message(self):
        """“2 × Bearing 6204-ZZ on the shelf”."""
        self.alternate_message = False
        for part in self.filtered(lambda move: move.maintenance_request_id and move._get_missing_qty()):
            free = part._get_free_alternates()
            part.alternate_message = ", ".join(
                self.env._(
                    "%(quantity)s × %(product)s on the shelf",
                    quantity=format_number(self.env, quantity),
                    product=product.name,
                )
                for product, quantity in free.items()
            )

    def action_use_alternate(self, product_id, quantity=None):
        """Use another product instead of what is missing of the part.

        Technicians of the job use approved alternates; planners any part that is counted alike.

        :param int product_id: the product to use.
        :param float quantity: how many, in the unit of the part; by default what is missing, as far as it is free.
        :returns: the part of the other product.
        :raises UserError: it is no approved alternate, not free, counted otherwise, or nothing is missing.
        """
        self.ensure_one()
        self._require_open_work_order()
        # sudo: parts are changed without inventory rights, and what is free is no secret
        part = self.sudo()
        product = part.env["product.product"].browse(product_id)
        self._check_alternate(product)
        missing, free = part._get_missing_qty(), part._get_free_qty(product)
        quantity = min(missing, free) if quantity is None else part.product_uom.round(quantity)
        part._check_alternate_quantity(product, quantity, missing, free)
        return part._use_alternate(product, quantity).with_env(self.env)

    def _check_alternate(self, product):
        """:raises UserError: the product may not be used instead of this part by this user."""
        part = self.sudo()
        if not product.exists() or product == part.product_id:
            raise UserError(self.env._("Choose a product to use instead of %s.", part.product_id.display_name))
        approved = product in part.product_id.alternate_product_ids
        if not approved and not self.maintenance_request_id._user_is_planner():
            raise UserError(
                self.env._(
                    "%(other)s is no approved alternate of %(part)s; a planner can use it all the same.",
                    other=product.display_name,
                    part=part.product_id.display_name,
                )
            )
        if not part.product_uom._has_common_reference(product.uom_id):
            raise UserError(
                self.env._(
                    "%(other)s is counted in %(unit)s, so it cannot be used instead of %(part)s.",
                    other=product.display_name,
                    unit=product.uom_id.name,
                    part=part.product_id.display_name,
                )
            )

    def _check_alternate_quantity(self, product, quantity, missing, free):
        """:raises UserError: less is missing or free, or nothing."""
        unit = self.product_uom
        if unit.compare(missing, 0) <= 0:
            raise UserError(self.env._("Nothing of %s is missing.", self.product_id.display_name))
        if unit.compare(quantity, 0) <= 0 or unit.compare(quantity, min(missing, free)) > 0:
            raise UserError(
                self.env._(
                    "Missing: %(missing)s × %(part)s; free: %(free)s × %(other)s. Enter no more than that.",
                    missing=format_number(self.env, missing),
                    part=self.product_id.display_name,
                    free=format_number(self.env, free),
                    other=product.display_name,
                )
            )

    def _use_alternate(self, product, quantity):
        """Replace the part, or what is not there of it by a part of its own."""
        self.ensure_one()
        left = self.product_uom.round(self.product_uom_qty - quantity)
        if self.product_uom.compare(left, 0) <= 0:
            self.product_id = product
            return self
        alternate = self.create(
            {
                "maintenance_request_id": self.maintenance_request_id.id,
                "product_id": product.id,
                "product_uom": self.product_uom.id,
                "product_uom_qty": quantity,
            }
        )
        self.product_uom_qty = left
        self.maintenance_request_id.message_post(
            body=self.env._(
                "%(quantity)s × %(product)s used instead of %(part)s.",
                quantity=format_number(self.env, quantity),
                product=product.display_name,
                part=self.product_id.display_name,
            )
        )
        return alternate

    # -- What is free -----------------------------------------------------------------------------------

    def _get_free_alternates(self):
        """Approved alternates that are free where the part is taken from.

        :returns: quantity in the unit of the part, by product.
        """
        self.ensure_one()
        fitting = self.product_id.alternate_product_ids.filtered(
            lambda product: product.active
            and product.is_storable
            and product != self.product_id
            and product.company_id in (self.company_id, self.company_id.browse())
            and product.uom_id._has_common_reference(self.product_uom)
        )
        free = {product: self._get_free_qty(product) for product in fitting}
        return {product: quantity for product, quantity in free.items() if quantity > 0}

    def _get_free_qty(self, product):
        """What is on the shelf of ``product`` and reserved by nobody, in the unit of the part, never rounded up."""
        self.ensure_one()
        # sudo: what is on the shelf is no secret
        product = product.sudo().with_context(location=self.location_id.id)
        unit = self.product_uom
        free = product.uom_id._compute_quantity(product.free_qty, unit, round=False)
        return max(float_round(free, precision_rounding=unit.rounding, rounding_method="DOWN"), 0.0)
