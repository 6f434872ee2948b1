from base64 import b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError


class MaintenanceEquipmentWorkbook(models.TransientModel):
    """Says which assets go into the workbook of costs; those that were chosen in a list, or all."""

    _name = "maintenance.equipment.workbook"
    _description = "Workbook of Asset Costs"

    equipment_ids = fields.Many2many(
        "maintenance.equipment", "maintenance_equipment_workbook_asset_rel", string="Assets", help="All assets when empty.",
        default=lambda self: self._default_equipment_ids(),
    )  # fmt: skip
    category_ids = fields.Many2many(
        "maintenance.equipment.category", "maintenance_equipment_workbook_category_rel",
        string="Categories", help="All categories when empty.",
    )  # fmt: skip
    with_components = fields.Boolean(
        "With components", default=True, help="Components of the chosen assets have rows of their own."
    )
    with_archived = fields.Boolean("With archived assets", help="Their costs stay theirs.")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    asset_count = fields.Integer("Number of assets", compute="_compute_asset_count")
    content = fields.Binary(readonly=True, attachment=False)

    @api.model
    def _default_equipment_ids(self):
        """Those selected in the list, or the one whose form is open."""
        is_of_assets = self.env.context.get("active_model") == "maintenance.equipment"
        ids = self.env.context.get("active_ids") if is_of_assets else None
        return [record_id for record_id in ids if isinstance(record_id, int)] if isinstance(ids, list) else []

    @api.depends("equipment_ids", "category_ids", "with_components", "with_archived", "company_id")
    def _compute_asset_count(self):
        for wizard in self:
            wizard.asset_count = wizard._get_equipment_model().search_count(wizard._get_domain())

    def _get_equipment_model(self):
        chosen_may_be_archived = self.with_archived or self.equipment_ids.filtered(lambda asset: not asset.active)
        return self.env["maintenance.equipment"].with_context(active_test=not chosen_may_be_archived)

    def _get_domain(self):
        domain = [("company_id", "in", [self.company_id.id, False])]
        if self.equipment_ids:
            operator = "child_of" if self.with_components else "in"
            domain.append(("id", operator, self.equipment_ids.ids))
        if self.category_ids:
            domain.append(("category_id", "in", self.category_ids.ids))
        return domain

    def action_download(self):
        """Make the workbook and hand it to the browser.

        :raises UserError: no asset was chosen that the user may see.
        """
        self.ensure_one()
        # amounts of one company have one currency
        assets = self._get_equipment_model().with_company(self.company_id).search(self._get_domain(), order="name, id")
        if not assets:
            raise UserError(self.env._("No asset fits; choose other assets or categories."))
        self.content = b64encode(assets._get_cost_workbook())
        name = self.env._("Costs of assets %s", self.company_id._get_plant_day())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/{name}.xlsx?download=true",
            "target": "download",
        }
