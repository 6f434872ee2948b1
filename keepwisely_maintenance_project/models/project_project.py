from odoo import api, fields, models


class ProjectProject(models.Model):
    _inherit = "project.project"

    maintenance_work_order_ids = fields.One2many("maintenance.request", "maintenance_project_id", "Work orders")
    maintenance_work_order_count = fields.Integer("Number of work orders", compute="_compute_maintenance_work_order_count")
    maintenance_open_work_order_count = fields.Integer("Open work orders", compute="_compute_maintenance_work_order_count")

    @api.depends_context("uid")
    @api.depends("maintenance_work_order_ids.state")
    def _compute_maintenance_work_order_count(self):
        """Those that the user may see."""
        self.maintenance_work_order_count = self.maintenance_open_work_order_count = 0
        groups = self.env["maintenance.request"]._read_group(
            [("maintenance_project_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["maintenance_project_id", "state"], ["__count"],
        )  # fmt: skip
        for project, state, count in groups:
            own = self.filtered(lambda one, project=project: one._origin == project)
            for one in own:
                one.maintenance_work_order_count += count
                one.maintenance_open_work_order_count += count if state not in ("completed", "closed") else 0

    @api.readonly
    def action_maintenance_view_work_orders(self):
        """The work orders of the project; new ones belong to it."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("keepwisely_maintenance.action_work_orders")
        return {
            **action,
            "name": self.env._("Work Orders of %s", self.display_name),
            "domain": [("maintenance_project_id", "=", self.id)],
            "context": {"default_maintenance_project_id": self.id},
        }

    def _get_stat_buttons(self):
        buttons = super()._get_stat_buttons()
        if self.env["maintenance.request"].has_access("read"):
            done = self.maintenance_work_order_count - self.maintenance_open_work_order_count
            buttons.append(
                {
                    "icon": "wrench",
                    "text": self.env._("Work Orders"),
                    "number": f"{done} / {self.maintenance_work_order_count}",
                    "action_type": "object",
                    "action": "action_maintenance_view_work_orders",
                    "show": bool(self.maintenance_work_order_count),
                    "sequence": 3,
                }
            )
        return buttons
