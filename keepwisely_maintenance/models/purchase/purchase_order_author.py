from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list

from ...authors import is_change

#: What an order costs, and from whom.
ORDER_VALUES = {"currency_id", "fiscal_position_id", "partner_id"}
LINE_VALUES = {"discount", "price_unit", "product_qty", "product_uom_id", "tax_ids"}


class PurchaseOrderAuthor(models.Model):
    """Whoever changed what an order costs does not grant it, here or on the requisition."""

    _inherit = "purchase.order"

    def write(self, vals):
        names = ORDER_VALUES & vals.keys()
        changed = self.filtered(lambda order: any(is_change(order, name, vals[name]) for name in names))
        if vals.get("state") == "purchase":
            self._maintenance_check_own()
        result = super().write(vals)
        changed.order_line._maintenance_add_author()
        return result

    def _approval_allowed(self):
        """Natively purchase managers need no second step; on what they changed themselves they do."""
        return super()._approval_allowed() and not self._maintenance_is_own_step()

    def button_approve(self, force=False):
        # native code passes over what one may not approve without a word
        self.filtered(lambda order: order.state == "to approve")._maintenance_check_own()
        return super().button_approve(force=force)

    def _maintenance_is_own_step(self):
        """Whether the order needs a second person and the current user changed what it costs."""
        self.ensure_one()
        company = self.company_id
        authors = self.order_line.filtered("requisition_line_id").maintenance_author_ids
        if self.env.user not in authors or company.maintenance_allow_own_decisions:
            return False
        limit = company.currency_id._convert(
            company.po_double_validation_amount, self.currency_id, company, self.date_order or fields.Date.today()
        )
        return company.po_double_validation == "two_step" and self.currency_id.compare_amounts(self.amount_total, limit) >= 0

    def _maintenance_check_own(self):
        """:raises UserError: the second step is the current user's own."""
        if self.env.su:
            return
        for order in self:
            if order.state == "purchase" or not order._maintenance_is_own_step():
                continue
            authors = order.order_line.filtered("requisition_line_id").maintenance_author_ids
            managers = self.env.ref("purchase.group_purchase_manager").sudo().all_user_ids.filtered(
                lambda user, order=order: user.active and not user.share and order.company_id in user.company_ids
            )
            names = format_list(self.env, (managers - authors).mapped("name"))
            raise UserError(
                self.env._("You changed %(order)s yourself. Who can approve it: %(people)s.", order=order.name, people=names)
                if names
                else self.env._(
                    "You changed %s yourself, and there is no other purchase administrator to approve it; ask your "
                    "administrator to add one.",
                    order.name,
                )
            )


class PurchaseOrderLineAuthor(models.Model):
    _inherit = "purchase.order.line"

    maintenance_author_ids = fields.Many2many(
        "res.users", "maintenance_purchase_line_author_rel", string="Changed by", readonly=True, copy=False,
        help="Who changed vendor, price or quantity by hand after the line was ordered as approved.",
    )  # fmt: skip

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"maintenance_author_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._maintenance_check_authors(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._maintenance_check_authors(vals)
        changed = self._maintenance_filter_changed(vals, LINE_VALUES)
        if vals.get("order_id"):
            order = self.order_id.browse(vals["order_id"])
            changed |= self.filtered(lambda line: line.order_id.partner_id != order.partner_id)
        result = super().write(vals)
        changed._maintenance_add_author()
        return result

    def _maintenance_check_authors(self, vals):
        """:raises UserError: somebody says who changed an order."""
        if "maintenance_author_ids" in vals and not self.env.su:
            raise UserError(self.env._("Who changed an order is noted by the system."))

    def _maintenance_filter_changed(self, vals, names):
        """Those of which ``vals`` change one of ``names``."""
        names = names & vals.keys()
        return self.filtered(lambda line: any(is_change(line, name, vals[name]) for name in names))

    def _maintenance_add_author(self):
        """Note that the current user changed what these lines cost; what waits asks those who may still decide."""
        if self.env.su or not self:
            return
        # sudo: the system notes it, and buyers need not read requisitions of others
        lines = self.sudo().filtered(
            lambda line: (
                line.requisition_line_id or line.maintenance_request_id or line.equipment_id or line.product_id.is_spare_part
            )
            and self.env.user not in line.maintenance_author_ids
        )
        if lines:
            lines.maintenance_author_ids = [Command.link(self.env.uid)]
            lines.requisition_line_id.requisition_id._follow_authors()
