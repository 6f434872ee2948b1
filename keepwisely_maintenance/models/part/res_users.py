from odoo import api, fields, models, tools

#: Access rights that this module grants.
PART_ACCESS_MODULE = "keepwisely_maintenance"


class ResUsers(models.Model):
    _inherit = "res.users"

    maintenance_parts_only = fields.Boolean(
        compute="_compute_maintenance_parts_only",
        help="Reads stock moves solely because of maintenance, so sees those of work orders only.",
    )

    maintenance_spare_parts_only = fields.Boolean(
        compute="_compute_maintenance_spare_parts_only",
        help="Keeps products solely because of maintenance, so keeps spare parts only, and decides nothing on their value.",
    )
    maintenance_spare_vendors_only = fields.Boolean(compute="_compute_maintenance_spare_vendors_only")
    maintenance_spare_minimums_only = fields.Boolean(compute="_compute_maintenance_spare_minimums_only")

    @api.depends("group_ids")
    def _compute_maintenance_parts_only(self):
        for user in self:
            user.maintenance_parts_only = user._get_part_rights_only("read")

    @api.depends("group_ids")
    def _compute_maintenance_spare_parts_only(self):
        for user in self:
            user.maintenance_spare_parts_only = user._get_part_rights_only("create", "product.template")

    @api.depends("group_ids")
    def _compute_maintenance_spare_vendors_only(self):
        for user in self:
            user.maintenance_spare_vendors_only = user._get_part_rights_only("create", "product.supplierinfo")

    @api.depends("group_ids")
    def _compute_maintenance_spare_minimums_only(self):
        for user in self:
            user.maintenance_spare_minimums_only = user._get_part_rights_only("create", "stock.warehouse.orderpoint")

    def _get_part_rights_only(self, operation, model="stock.move"):
        """Whether only this module lets the user do ``operation`` to records of ``model``."""
        self.ensure_one()
        return self._part_rights_only(self.id, operation, model)

    @api.model
    @tools.ormcache("user_id", "operation", "model")
    def _part_rights_only(self, user_id, operation, model):
        # sudo: the answer depends on access rights that users cannot read
        groups = self.browse(user_id).sudo().all_group_ids
        accesses = self.env["ir.model.access"].sudo().search(
            [
                ("model_id.model", "=", model),
                (f"perm_{operation}", "=", True),
                ("group_id", "in", [False, *groups.ids]),
            ]
        )
        owners = {
            xmlids[0].partition(".")[0] if xmlids else "" for xmlids in accesses._get_external_ids().values()
        }
        return owners == {PART_ACCESS_MODULE}
