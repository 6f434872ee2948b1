from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    waiting_work_order_count = fields.Integer("Work orders that wait", compute="_compute_waiting_work_order_count")

    def _compute_waiting_work_order_count(self):
        # sudo: how many wait is no secret; who it is is shown to those who receive, buy or plan
        waiting = self.env["stock.move"].sudo()._read_group(
            [
                ("product_id", "in", self.ids),
                ("maintenance_request_id", "!=", False),
                ("state", "in", ("confirmed", "partially_available")),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["product_id"],
            ["maintenance_request_id:count_distinct"],
        )
        counts = {product.id: count for product, count in waiting}
        for product in self:
            product.waiting_work_order_count = counts.get(product.id, 0)

    def action_who_gets_parts(self):
        """Show for which work orders what is free and what arrives next will be reserved."""
        self.ensure_one()
        return self.env["maintenance.part.allocation"].create({"product_id": self.id})._reopen()


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # Native forms show template and variant by one view; of several variants, each has its own answer.
    waiting_work_order_count = fields.Integer("Work orders that wait", compute="_compute_waiting_work_order_count")

    def _compute_waiting_work_order_count(self):
        for template in self:
            variant = template.product_variant_ids if len(template.product_variant_ids) == 1 else self.env["product.product"]
            template.waiting_work_order_count = variant.waiting_work_order_count

    def action_who_gets_parts(self):
        return self.product_variant_id.action_who_gets_parts()
