from odoo import api, fields, models, tools

#: Access rights that this module grants on stock moves.
PART_ACCESS_MODULE = "keepwisely_maintenance"


class ResUsers(models.Model):
    _inherit = "res.users"

    maintenance_parts_only = fields.Boolean(
        compute="_compute_maintenance_parts_only",
        help="Reads stock moves solely because of maintenance, so sees those of work orders only.",
    )

    @api.depends("group_ids")
    def _compute_maintenance_parts_only(self):
        for user in self:
            user.maintenance_parts_only = user._get_part_rights_only("read")

    def _get_part_rights_only(self, operation):
        """Whether only this module lets the user do ``operation`` to stock moves."""
        self.ensure_one()
        return self._part_rights_only(self.id, operation)

    @api.model
    @tools.ormcache("user_id", "operation")
    def _part_rights_only(self, user_id, operation):
        # sudo: the answer depends on access rights that users cannot read
        groups = self.browse(user_id).sudo().all_group_ids
        accesses = self.env["ir.model.access"].sudo().search(
            [
                ("model_id.model", "=", "stock.move"),
                (f"perm_{operation}", "=", True),
                ("group_id", "in", [False, *groups.ids]),
            ]
        )
        owners = {
            xmlids[0].partition(".")[0] if xmlids else "" for xmlids in accesses._get_external_ids().values()
        }
        return owners == {PART_ACCESS_MODULE}
