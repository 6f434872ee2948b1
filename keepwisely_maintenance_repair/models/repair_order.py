from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.keepwisely_maintenance.words import format_number

#: What says for which job and asset a repair is.
LINKS = ("maintenance_request_id", "maintenance_equipment_id")


class RepairOrder(models.Model):
    """A repair of what came out of an asset costs its work order, once, when it is done."""

    _inherit = "repair.order"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    maintenance_equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        repairs = super().create(vals_list)
        # asked of the records, as a value may have come as a default
        if not self.env.su and any(repair[name] for repair in repairs.sudo() for name in LINKS):
            self._maintenance_refuse_link()
        return repairs

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(LINKS):
            self._maintenance_refuse_link()
        return super().write(vals)

    def _maintenance_refuse_link(self):
        raise UserError(self.env._("Send the part to repair on its work order or asset; the system names them here."))

    def action_repair_done(self):
        result = super().action_repair_done()
        ours = self.filtered(lambda repair: repair.maintenance_request_id or repair.maintenance_equipment_id)
        if ours:
            # sudo: whoever repairs has no rights on the ledger, on work orders and on the jobs that wait for the part
            ours.sudo()._maintenance_enter_costs()
            for repair in ours.sudo():
                repair._maintenance_tell()
            # jobs that wait for it get it at once
            ours.sudo().move_id._trigger_assign()
        return result

    def _maintenance_enter_costs(self):
        """What was used is a cost, what is back on the shelf is taken off at the value that it has there."""
        moves = (self.move_ids | self.move_id).filtered(lambda move: move.state == "done")
        entries = self.env["maintenance.cost.entry"]
        entered = entries.search([("stock_move_id", "in", moves.ids)]).stock_move_id
        vals_list = [move._maintenance_prepare_repair_entry_vals() for move in moves - entered]
        entries.create([vals for vals in vals_list if vals["amount"]])

    def _maintenance_tell(self):
        about = self.maintenance_request_id or self.maintenance_equipment_id
        about.message_post(
            body=self.env._(
                "Repaired and back in %(place)s: %(quantity)s × %(part)s (%(repair)s).",
                place=self.product_location_dest_id.display_name,
                quantity=format_number(self.env, self.product_qty),
                part=self._maintenance_get_part_name(),
                repair=self.name,
            )
        )

    def _maintenance_get_part_name(self):
        lot = self.lot_id.name
        return f"{self.product_id.display_name} ({lot})" if lot else self.product_id.display_name

    @api.readonly
    def action_maintenance_view_work_order(self):
        self.ensure_one()
        return (self.maintenance_request_id or self.maintenance_equipment_id)._get_records_action()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _maintenance_prepare_repair_entry_vals(self):
        self.ensure_one()
        repair, company = self.repair_id, self.company_id
        request = repair.maintenance_request_id
        amount = abs(self.value) * (self.is_out - self.is_in)
        return {
            "date": company._get_plant_day(self.date),
            "company_id": company.id,
            "entry": "returned" if self.is_in else "consumed",
            "kind": "part",
            "name": repair.name,
            "product_id": self.product_id.id,
            "maintenance_request_id": request.id,
            "equipment_id": (repair.maintenance_equipment_id or request.equipment_id).id,
            "stock_move_id": self.id,
            "amount": company.currency_id.round(amount),
        }

    def _get_analytic_distribution(self):
        """What a repair uses is charged as its work order, or its asset, says."""
        repair = self.repair_id
        about = repair.maintenance_request_id or repair.maintenance_equipment_id
        if not about or self.maintenance_request_id or not self.product_id.is_storable:
            return super()._get_analytic_distribution()
        # sudo: as whoever repairs
        return about.sudo().analytic_distribution or {}
