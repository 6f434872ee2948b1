from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _maintenance_get_home(self):
        """Whoever serves a tier, and neither works nor plans, starts on what they have to approve."""
        home = super()._maintenance_get_home()
        planner = self.env.ref("maintenance.group_equipment_manager")
        # sudo: who looks at a user need not be able to read groups and tiers
        groups = self.sudo().all_group_ids._origin
        if home or planner in groups:
            return home
        tiers = self.env["maintenance.approval.tier"].sudo()
        if tiers.search_count(["|", ("user_ids", "in", self._origin.ids), ("group_id", "in", groups.ids)], limit=1):
            home = home.browse(self.env.ref("keepwisely_maintenance.action_requisitions_to_approve").id)
        return home

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._leave_approvals()
        return result

    def _leave_approvals(self):
        """What waited for archived users waits for others; where there are none, that is said at once."""
        # sudo below: whoever archives users need not see requisitions
        users = self.with_context(active_test=False)
        self.env["maintenance.approval.delegation"].sudo().search(
            ["|", ("user_id", "in", users.ids), ("delegate_id", "in", users.ids)]
        )._follow()
        tiers = self.env["maintenance.approval.tier"].sudo().with_context(active_test=False)
        served = tiers.search(["|", ("user_ids", "in", users.ids), ("group_id", "in", users.all_group_ids.ids)])
        waiting = self.env["maintenance.requisition"].sudo().search(
            [("state", "=", "to_approve"), ("current_tier_id", "in", served.ids)]
        )
        waiting._refresh_approvers(users)
