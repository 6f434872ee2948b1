from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class MaintenanceRequestPartBarcode(models.Model):
    """Parts by what is printed on them: a scanner of its own writes into the open form, a phone uses its camera.

    Barcodes of products and packagings come first; else the internal reference, the vendor's code and lots or serial
    numbers are looked at. A scan adds one (or what the scanned packaging holds), or raises the part that is there already.
    """

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "barcodes.barcode_events_mixin"]

    part_scan_id = fields.Many2one(
        "product.product", "Scan or search a part", store=False,
        domain="[('type', '=', 'consu'), ('company_id', 'in', (False, company_id))]",
    )  # fmt: skip

    def action_scan_part(self, barcode):
        """Add the part with ``barcode``, or raise its quantity.

        :param str barcode: of a product or of one of its packagings, its internal reference, a vendor's code of it, or one
            of its lots or serial numbers.
        :returns: the part (``stock.move``) as a list of its id.
        :raises UserError: nothing has the barcode, several parts have, or the user may not add parts.
        """
        self.ensure_one()
        product, quantity = self._find_barcode(barcode)
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
        try:
            found = self._find_barcode(barcode)
        except UserError as error:
            return {"warning": {"title": self.env._("No part added"), "message": str(error)}}
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
        """:returns: the product that ``barcode`` stands for and how many of its unit one scan means.

        :raises UserError: nothing has it, or several parts have; then they are named.
        """
        barcode = (barcode or "").strip()
        companies = Domain("company_id", "in", (False, self.company_id.id))
        goods = Domain("type", "=", "consu") & companies
        products = self.env["product.product"]
        if not barcode:
            raise UserError(self.env._("Scan a code, or search the part by name."))
        if product := products.search(Domain("barcode", "=", barcode) & goods, limit=1):
            return product, 1.0
        packaging = self.env["product.uom"].search(Domain("barcode", "=", barcode) & companies, limit=1)
        if product := packaging.product_id.filtered_domain(goods):
            return product, packaging.uom_id._compute_quantity(1.0, product.uom_id)
        hits = self.env["product.product"]._maintenance_find_by_code(barcode, self.company_id)
        if not hits:
            raise UserError(
                self.env._("No part has the code %s; search it by name, or ask the storekeeper.", barcode)
            )
        if len(hits) > 1:
            raise UserError(
                self.env._(
                    "%(code)s stands for several parts: %(parts)s. Search the right one by name.",
                    code=barcode,
                    parts=", ".join(f"{product.display_name} ({', '.join(how)})" for product, how in hits.items()),
                )
            )
        return next(iter(hits)), 1.0
