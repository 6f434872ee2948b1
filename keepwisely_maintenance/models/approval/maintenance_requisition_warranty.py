from odoo import api, fields, models

from ...words import format_day


class ProductTemplate(models.Model):
    _inherit = "product.template"

    warranty_months = fields.Integer(
        "Warranty", help="Months from the day it is fitted in which the vendor replaces it."
    )

    _warranty_not_negative = models.Constraint("CHECK(warranty_months >= 0)", "A warranty cannot be negative.")


class MaintenanceRequisitionWarranty(models.Model):
    """Warns before money is spent on what the vendor would replace for nothing."""

    _inherit = "maintenance.requisition"

    warranty_message = fields.Text(
        "Warranty", compute="_compute_warranty_message", compute_sudo=True,
        help="Assets, and parts fitted to them, that are under warranty; empty once it is ordered.",
    )  # fmt: skip

    @api.depends("state", "line_ids.product_id", "line_ids.equipment_id", "line_ids.is_cancelled")
    @api.depends_context("lang")
    def _compute_warranty_message(self):
        asked = self.filtered(lambda requisition: requisition.state in ("draft", "to_approve", "approved"))
        (self - asked).warranty_message = False
        lines = asked.line_ids.filtered(lambda line: line.equipment_id and not line.is_cancelled)
        fitted = lines._get_fitted_under_warranty()
        for requisition in asked:
            mine = lines & requisition.line_ids
            warnings = [equipment._get_warranty_warning() for equipment in mine.equipment_id]
            warnings += [
                line._get_part_warranty_warning(fitted.get((line.product_id, line.equipment_id))) for line in mine
            ]
            # one warning per part, however many lines ask for it
            requisition.warranty_message = "\n".join(dict.fromkeys(filter(None, warnings)))


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    def _get_warranty_warning(self):
        self.ensure_one()
        if not self.warranty_date or self.warranty_date < (self.company_id or self.env.company)._get_plant_day():
            return ""
        return self.env._(
            "%(asset)s is under warranty until %(date)s: claim it before buying.",
            asset=self.name,
            date=format_day(self.env, self.warranty_date),
        )


class MaintenanceRequisitionLine(models.Model):
    _inherit = "maintenance.requisition.line"

    def _get_fitted_under_warranty(self):
        """When the same product was last fitted to the same asset, where its warranty still runs.

        :returns: ``{(product, asset): date}``
        """
        products = self.product_id.filtered("warranty_months")
        if not products:
            return {}
        longest = max(products.mapped("warranty_months"))
        moves = self.env["stock.move"].search(
            [
                ("state", "=", "done"),
                ("product_id", "in", products.ids),
                ("maintenance_request_id.equipment_id", "in", self.equipment_id.ids),
                ("origin_returned_move_id", "=", False),
                ("date", ">=", fields.Datetime.subtract(fields.Datetime.now(), months=longest, days=1)),
            ],
            order="date",
        )
        fitted = {}
        for move in moves.filtered(lambda move: move._is_still_used()):
            day, today = (move.company_id._get_plant_day(moment) for moment in (move.date, None))
            if fields.Date.add(day, months=move.product_id.warranty_months) >= today:
                fitted[move.product_id, move.maintenance_request_id.equipment_id] = day
        return fitted

    def _get_part_warranty_warning(self, fitted):
        """:param fitted: the day when the part was last fitted, None when no warranty runs."""
        if not fitted:
            return ""
        until = fields.Date.add(fitted, months=self.product_id.warranty_months)
        return self.env._(
            "%(part)s was fitted to %(asset)s on %(day)s and is under warranty until %(date)s: claim it before buying.",
            part=self.product_id.display_name,
            asset=self.equipment_id.name,
            day=format_day(self.env, fitted),
            date=format_day(self.env, until),
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_still_used(self):
        """Whether not all of a used part came back into stock."""
        self.ensure_one()
        returned = self.returned_move_ids.filtered(lambda move: move.state == "done")
        return self.product_uom.compare(self.quantity, sum(returned.mapped("quantity"))) > 0
