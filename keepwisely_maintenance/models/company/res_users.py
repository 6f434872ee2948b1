from odoo import api, fields, models, tools

#: Access rights that this module grants on stock moves.
PART_ACCESS_MODULE = "keepwisely_maintenance"


class ResUsers(models.Model):
    _inherit = "res.users"

    maintenance_hourly_cost = fields.Float(
        "Hourly cost",
        company_dependent=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Cost of one hour of this technician, in the company's currency; empty means the "
        "company's rate.",
    )
    maintenance_parts_only = fields.Boolean(
        compute="_compute_maintenance_parts_only",
        help="Reads stock moves solely because of maintenance, so sees those of work orders only.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._leave_approvals()
        return result

    def _leave_approvals(self):
        """What waited for archived users waits for others; where there are none, that is said at once."""
        # sudo: whoever archives users need not see requisitions
        users = self.sudo().with_context(active_test=False)
        self.env["maintenance.approval.delegation"].sudo().search(
            ["|", ("user_id", "in", users.ids), ("delegate_id", "in", users.ids)]
        )._follow()
        tiers = self.env["maintenance.approval.tier"].sudo().with_context(active_test=False)
        served = tiers.search(["|", ("user_ids", "in", users.ids), ("group_id", "in", users.all_group_ids.ids)])
        waiting = self.env["maintenance.requisition"].sudo().search(
            [("state", "=", "to_approve"), ("current_tier_id", "in", served.ids)]
        )
        waiting._refresh_approvers(users)

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
