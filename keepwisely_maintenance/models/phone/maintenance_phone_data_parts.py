from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

#: Failure codes, spare parts and assets that a phone is given at most.
MAX_CODES = 2000
MAX_PRODUCTS = 3000
MAX_ASSETS = 3000


class MaintenancePhoneDataParts(models.AbstractModel):
    """Parts of the jobs and the parts that there are, with shelf and stock as of now; no price of any."""

    _inherit = "maintenance.phone"

    @api.model
    def _describe_parts(self, jobs):
        of_jobs = Domain("maintenance_request_id", "in", jobs.ids) & Domain("state", "!=", "cancel")
        moves = self.env["stock.move"].search(of_jobs & Domain("origin_returned_move_id", "=", False), order="id")
        # sudo: what lies where is read without inventory rights, as on the form of the work order
        moves = moves.sudo()
        stock = self._get_stock(moves.product_id, moves.location_id)
        found = defaultdict(list)
        for move in moves:
            shelf, in_stock = stock[move.product_id.id]
            reserved = move.move_line_ids.location_id[:1].display_name
            found[move.maintenance_request_id.id].append(
                {
                    "id": move.id,
                    "product": move.product_id.id,
                    "name": move.product_id.with_context(display_default_code=False).display_name,
                    "code": move.product_id.default_code or "",
                    "unit": move.product_uom.name,
                    "asked": move.product_uom_qty,
                    "here": move.quantity if move.state != "done" else 0.0,
                    "used": move._get_consumed_qty(),
                    "out": move.maintenance_handed_out_qty,
                    "tracking": move.product_id.tracking,
                    "lots": move.lot_ids.mapped("name"),
                    "shelf": reserved or shelf,
                    "in_stock": in_stock,
                }
            )
        return found

    @api.model
    def _get_stock(self, products, locations):
        """Shelf with most of it, and how much there is, by the id of each product; of the places below ``locations``."""
        found = dict.fromkeys(products.ids, ("", 0.0))
        if not products or not locations:
            return found
        most = {}
        for quant in self.env["stock.quant"]._maintenance_read(products, locations):
            shelf, quantity = found[quant.product_id.id]
            if quant.quantity > most.get(quant.product_id.id, 0.0):
                most[quant.product_id.id] = quant.quantity
                shelf = quant.location_id
            found[quant.product_id.id] = shelf, quantity + quant.quantity
        return {product: (shelf and shelf.display_name, quantity) for product, (shelf, quantity) in found.items()}

    # -- Lists ----------------------------------------------------------------------------------------

    @api.model
    def _get_lists(self):
        """What is the same for all work of the user."""
        return {
            "failure_codes": self._describe_failure_codes(),
            "products": self._describe_products(),
            "assets": self._describe_assets(),
        }

    @api.model
    def _describe_failure_codes(self):
        codes = self.env["maintenance.failure.code"].search([], limit=MAX_CODES)
        return [{"id": code.id, "name": code.name, "kind": code.kind, "categories": code.category_ids.ids} for code in codes]

    @api.model
    def _describe_products(self):
        """Spare parts that one may find by a scan, by name or code."""
        products = self.env["product.product"].search(
            [("is_spare_part", "=", True), ("type", "=", "consu")], order="default_code, id", limit=MAX_PRODUCTS
        )
        # sudo: where the stock of the user's companies lies, is said without inventory rights
        stores = self.env["stock.warehouse"].sudo().search([("company_id", "in", self.env.companies.ids)]).lot_stock_id
        stock = self._get_stock(products, stores)
        return [
            {
                "id": product.id,
                "name": product.with_context(display_default_code=False).display_name,
                "code": product.default_code or "",
                "barcode": product.barcode or "",
                "unit": product.uom_id.name,
                "tracking": product.tracking,
                "shelf": stock[product.id][0],
                "in_stock": stock[product.id][1],
            }
            for product in products
        ]

    @api.model
    def _describe_assets(self):
        """Assets that one may report a problem with, and how to know their labels again."""
        assets = self.env["maintenance.equipment"].search([], order="name, id", limit=MAX_ASSETS)
        return [
            {
                "id": asset.id,
                "name": asset.name,
                "code": asset.maintenance_number or asset.serial_no or "",
                "barcode": asset.maintenance_barcode or "",
                "place": asset.location_id.display_name or "",
                "scan": asset._maintenance_phone_get_label_mark(),
            }
            for asset in assets
        ]
