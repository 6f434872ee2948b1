from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.keepwisely_maintenance.words import format_number


class MaintenanceRepairSend(models.TransientModel):
    """Send a part that came out of an asset to repair, from its work order or from the asset."""

    _name = "maintenance.repair.send"
    _description = "Send a Part to Repair"

    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    product_id = fields.Many2one(
        "product.product", "Part", required=True, compute="_compute_product_id", store=True, readonly=False,
        precompute=True, domain="[('type', '=', 'consu'), ('company_id', 'in', (False, company_id))]",
    )  # fmt: skip
    tracking = fields.Selection(related="product_id.tracking")
    lot_name = fields.Char(
        "Lot or serial number", compute="_compute_lot_name", store=True, readonly=False, precompute=True,
        help="On the plate of what came out.",
    )  # fmt: skip
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    reason = fields.Char(help="What is wrong with it, for whoever repairs it.")

    @api.depends("maintenance_request_id", "equipment_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.maintenance_request_id.company_id or wizard.equipment_id.company_id or self.env.company

    @api.depends("maintenance_request_id", "equipment_id")
    def _compute_product_id(self):
        """What the asset itself is, by its serial number, else the only part that was used."""
        for wizard in self:
            # sudo: who may send a part to repair need not read lots; of what is found only the product is shown
            request = wizard.maintenance_request_id.sudo()
            used = request.part_ids.filtered(lambda move: move.state == "done").product_id
            wizard.product_id = wizard._get_lot_of_asset().product_id or (used if len(used) == 1 else False)

    @api.depends("product_id")
    def _compute_lot_name(self):
        for wizard in self:
            lot = wizard._get_lot_of_asset()
            wizard.lot_name = lot.product_id == wizard.product_id and lot.name

    def _get_asset(self):
        """Of a work order its own asset, whatever is sent along: that one is charged."""
        return self.maintenance_request_id.equipment_id if self.maintenance_request_id else self.equipment_id

    def _get_lot_of_asset(self):
        # sudo: as above
        serial, lots = self._get_asset().sudo().serial_no, self.env["stock.lot"].sudo()
        if not serial:
            return lots
        found = lots.search([("name", "=", serial), ("company_id", "in", (False, self.company_id.id))], limit=2)
        return found if len(found) == 1 else lots

    def action_send(self):
        """Make the repair order.

        :returns: the action that opens it, for who may.
        :raises UserError: the user may not, or what came out is not said exactly enough.
        """
        self.ensure_one()
        self._check_may_send()
        lot = self._find_lot()
        # sudo: technicians send parts to repair without inventory rights
        repair = self.env["repair.order"].sudo().create(self._prepare_repair_vals(lot))
        about = self.maintenance_request_id or self.equipment_id
        about.message_post(
            body=self.env._(
                "Sent to repair: %(quantity)s × %(part)s (%(repair)s).",
                quantity=format_number(self.env, self.quantity),
                part=repair._maintenance_get_part_name(),
                repair=repair.name,
            )
        )
        if self.env["repair.order"].has_access("read"):
            return repair.with_env(self.env)._get_records_action()
        return {"type": "ir.actions.act_window_close"}

    def _check_may_send(self):
        request, asset = self.maintenance_request_id, self._get_asset()
        if request:
            request.check_access("write")
            request._check_part_access()
            if not request.date_approved:
                raise UserError(self.env._("%s is not approved yet.", request.display_name))
        elif not asset:
            raise UserError(self.env._("Send a part to repair from its work order or its asset."))
        elif not self.env["maintenance.request"]._user_is_planner():
            raise UserError(self.env._("Planners send parts of an asset to repair; otherwise do it on its work order."))
        else:
            asset.check_access("write")
        self.product_id.check_access("read")
        if self.product_id.type != "consu" or self.product_id.company_id not in (self.company_id, self.company_id.browse()):
            raise UserError(self.env._("%s cannot be repaired here.", self.product_id.display_name))
        if self.product_id.uom_id.compare(self.quantity, 0) <= 0 or (self.tracking == "serial" and self.quantity != 1):
            raise UserError(self.env._("Enter how many came out; of what has a serial number, one at a time."))

    def _find_lot(self):
        """The lot or serial number that was entered; one that nobody knows yet is written down."""
        # sudo: as above; the name is text, and looked for among the lots of the product
        lots = self.env["stock.lot"].sudo()
        if self.tracking == "none":
            return lots
        name = (self.lot_name or "").strip()
        if not name:
            raise UserError(self.env._("Enter the lot or serial number of %s that came out.", self.product_id.display_name))
        domain = [("name", "=", name), ("product_id", "=", self.product_id.id), ("company_id", "in", (False, self.company_id.id))]
        return lots.search(domain, limit=1) or lots.create(
            {"name": name, "product_id": self.product_id.id, "company_id": self.company_id.id}
        )

    def _prepare_repair_vals(self, lot):
        company = self.company_id
        # sudo: as above
        warehouse = self.maintenance_request_id.warehouse_id or self._get_asset().location_id.warehouse_id
        warehouse = warehouse.sudo().filtered(lambda one: one.company_id == company) or self.env["stock.warehouse"].sudo().search(
            [("company_id", "=", company.id)], limit=1
        )
        if not warehouse.repair_type_id:
            raise UserError(self.env._("%s has no warehouse where something is repaired.", company.display_name))
        return {
            "company_id": company.id,
            "picking_type_id": warehouse.repair_type_id.id,
            "product_id": self.product_id.id,
            "product_qty": self.quantity,
            "product_uom": self.product_id.uom_id.id,
            "lot_id": lot.id,
            # it came out of the asset, where the parts that were used are, and goes back on the shelf
            "product_location_src_id": company.sudo()._get_maintenance_location().id,
            "product_location_dest_id": warehouse.lot_stock_id.id,
            "user_id": False,
            "internal_notes": plaintext2html(self.reason) if self.reason else False,
            "maintenance_request_id": self.maintenance_request_id.id,
            "maintenance_equipment_id": self._get_asset().id,
        }
