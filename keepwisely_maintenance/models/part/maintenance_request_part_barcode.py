from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class MaintenanceRequestPartBarcode(models.Model):
    """Parts by barcode: a scanner of its own writes into the open form, a phone uses its camera.

    A scan adds one (or what the scanned packaging holds), or raises the part that is there already.
    """

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "barcodes.barcode_events_mixin"]

    part_scan_id = fields.Many2one(
        "product.product", "Scan or search a part", store=False,
        domain="[('type', '=', 'consu'), ('company_id', 'in', (False, company_id))]",
    )  # fmt: skip

    def action_scan_part(self, barcode):
        """Add the part with ``barcode``, or raise its quantity.

        :param str barcode: of a product or of one of its packagings.
        :returns: the part (``stock.move``) as a list of its id.
        :raises UserError: nothing has the barcode, or the user may not add parts.
        """
        self.ensure_one()
        found = self._find_barcode(barcode)
        if not found:
            raise UserError(self._describe_unknown_barcode(barcode))
        product, quantity = found
        part = self._get_part_to_raise(product)
        if part:
            part.product_uom_qty += product.uom_id._compute_quantity(quantity, part.product_uom)
        else:
            part = self.env["stock.move"].create(
                {"maintenance_request_id": self.id, "product_id": product.id, "product_uom_qty": quantity}
            )
        return part.ids

    def on_barcode_scanned(self, barcode):
        """One more of the part with this barcode. The mixin's own is an error, for models that forget theirs."""
        found = self._find_barcode(barcode)
        if not found:
            return {"warning": {"title": self.env._("Unknown part"), "message": self._describe_unknown_barcode(barcode)}}
        return self._onchange_add_part(*found)

    @api.onchange("part_scan_id")
    def _onchange_part_scan_id(self):
        if self.part_scan_id:
            product, self.part_scan_id = self.part_scan_id, False
            self._onchange_add_part(product, 1.0)

    def _onchange_add_part(self, product, quantity):
        part = self._get_part_to_raise(product)
        if part:
            part.product_uom_qty += product.uom_id._compute_quantity(quantity, part.product_uom)
        else:
            self.part_ids = [Command.create({"product_id": product.id, "product_uom_qty": quantity})]

    def _get_part_to_raise(self, product):
        """The line a further piece of ``product`` goes on."""
        return self.part_ids.filtered(
            lambda part: part.product_id == product and part.state not in ("done", "cancel") and not part.picked
        )[:1]

    def _find_barcode(self, barcode):
        """:returns: the product with ``barcode`` and how many of its unit one scan means, or nothing."""
        companies = [("company_id", "in", (False, self.company_id.id))]
        goods = [("type", "=", "consu"), *companies]
        product = self.env["product.product"].search([("barcode", "=", barcode), *goods], limit=1)
        if product:
            return product, 1.0
        packaging = self.env["product.uom"].search([("barcode", "=", barcode), *companies], limit=1)
        product = packaging.product_id.filtered_domain(goods)
        return (product, packaging.uom_id._compute_quantity(1.0, product.uom_id)) if product else None

    def _describe_unknown_barcode(self, barcode):
        return self.env._("No part has the barcode %s; search it by name, or ask the storekeeper.", barcode)
