from odoo import fields, models
from odoo.fields import Domain

from .res_users import PLANNERS


class MaintenanceTeam(models.Model):
    _inherit = "maintenance.team"

    maintenance_planner_id = fields.Many2one(
        "res.users", "Planner", tracking=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref(PLANNERS).ids)],
        help="Is told what is reported to the team. When empty, all planners of the company are.",
    )  # fmt: skip

    def _maintenance_get_planners(self, company):
        """Who plans the work of the team (one or none) in ``company``: its planner, else all planners of the company."""
        # sudo: whoever reports need not be able to read teams and users
        planner = self.sudo().maintenance_planner_id.filtered("active")
        if planner:
            return planner.sudo(False)
        planners = Domain("all_group_ids", "in", self.env.ref(PLANNERS).ids) & Domain("share", "=", False)
        return self.env["res.users"].sudo().search(planners & Domain("company_ids", "in", company.ids)).sudo(False)
