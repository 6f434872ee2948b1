from odoo import api, fields, models


class MaintenanceRequest(models.Model):
    """A work order may belong to a project, which pays for it."""

    _inherit = "maintenance.request"

    maintenance_project_id = fields.Many2one(
        "project.project", "Project", domain="[('is_template', '=', False)]", check_company=True, tracking=True,
        copy=False, index="btree_not_null", ondelete="set null",
        help="A shutdown or an overhaul that this work is part of; it is charged to its accounts.",
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        # asked of the records, as a value may have come as a default
        requests._maintenance_check_project()
        return requests

    def write(self, vals):
        result = super().write(vals)
        if "maintenance_project_id" in vals:
            self._maintenance_check_project()
        return result

    def _maintenance_check_project(self):
        """:raises AccessError: somebody charges a project that they may not see."""
        # sudo: whoever reports reads no work orders of others; which project is meant is asked with their own rights
        projects = self.sudo().maintenance_project_id.with_env(self.env)
        if projects:
            projects.check_access("read")

    @api.model
    def _maintenance_get_planner_fields(self):
        return super()._maintenance_get_planner_fields() | {"maintenance_project_id"}

    @api.model
    def _get_distribution_links(self):
        return super()._get_distribution_links() | {"maintenance_project_id"}

    def _get_default_distribution(self):
        """The project's accounts take the place of those that the asset has in the same plans, and join the others."""
        distribution = super()._get_default_distribution()
        # sudo: accounts of projects, whoever may write the work order
        project = self.sudo().maintenance_project_id
        ours = project._get_analytic_distribution() if project else {}
        if not ours:
            return distribution
        plans = project._get_analytic_accounts().root_plan_id
        accounts = self.env["account.analytic.account"].sudo()
        merged = dict(ours)
        for keys, share in (distribution or {}).items():
            others = accounts.browse(int(key) for key in keys.split(",") if key.isdigit()).exists()
            left = others.filtered(lambda account: account.root_plan_id not in plans)
            if left:
                key = ",".join(map(str, left.ids))
                merged[key] = merged.get(key, 0.0) + share
        return merged

    @api.depends("maintenance_project_id")
    def _compute_analytic_distribution(self):
        return super()._compute_analytic_distribution()
