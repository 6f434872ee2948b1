from odoo import api, models

from .maintenance_history_mixin import BRING_IN

#: Files with three rows of an invented bakery each, which come in one after another in this order.
ORDER = (
    "asset-categories", "places", "assets", "contacts", "shelves", "spare-parts", "vendor-prices", "failure-codes", "schedules",
    "meters", "meter-readings", "work-orders", "opening-costs",
)  # fmt: skip

#: Which file is for which model.
FILES = {
    "maintenance.cost.entry": ("opening-costs",),
    "maintenance.equipment": ("assets", "asset-categories", "places"),
    "maintenance.equipment.category": ("asset-categories",),
    "maintenance.failure.code": ("failure-codes",),
    "maintenance.meter": ("meters",),
    "maintenance.meter.reading": ("meter-readings",),
    "maintenance.request": ("work-orders", "failure-codes", "contacts"),
    "maintenance.schedule": ("schedules",),
    "product.product": ("spare-parts", "contacts", "shelves"),
    "product.supplierinfo": ("vendor-prices", "contacts"),
    "product.template": ("spare-parts", "contacts", "shelves"),
    "stock.location": ("places", "shelves"),
}


class Base(models.AbstractModel):
    """Templates in the import screen's own place."""

    _inherit = "base"

    @api.model
    def get_import_templates(self):
        return self._maintenance_add_templates(super().get_import_templates())

    @api.model
    def _maintenance_add_templates(self, templates):
        if self._name not in FILES or not self._maintenance_offers_templates():
            return templates
        labels = self._maintenance_get_template_labels()
        own = [
            {"label": labels[name], "template": f"/keepwisely_maintenance/static/import/{name}.csv"} for name in FILES[self._name]
        ]
        return own + templates

    @api.model
    def _maintenance_offers_templates(self):
        """Templates of ours stand where maintenance is imported: past work for those who may bring it in, products as parts."""
        context = self.env.context
        if self._name == "maintenance.request":
            return bool(context.get(BRING_IN)) or self._maintenance_may_bring_in()
        if self._name.startswith("product."):
            return bool(context.get("default_is_spare_part")) or self._name == "product.supplierinfo"
        return True

    @api.model
    def _maintenance_get_template_labels(self):
        return {
            "asset-categories": self.env._("Template: asset categories"),
            "assets": self.env._("Template: assets"),
            "contacts": self.env._("Template: vendors and people, for Contacts"),
            "failure-codes": self.env._("Template: failure codes"),
            "meter-readings": self.env._("Template: meter readings"),
            "meters": self.env._("Template: meters"),
            "opening-costs": self.env._("Template: opening costs"),
            "places": self.env._("Template: places"),
            "schedules": self.env._("Template: schedules with due dates"),
            "shelves": self.env._("Template: shelves"),
            "spare-parts": self.env._("Template: spare parts with minimum, maximum and shelf"),
            "vendor-prices": self.env._("Template: prices of vendors"),
            "work-orders": self.env._("Template: work orders of the past"),
        }


class ProductTemplateTemplates(models.Model):
    _inherit = "product.template"

    @api.model
    def get_import_templates(self):
        return self._maintenance_add_templates(super().get_import_templates())


class ProductProductTemplates(models.Model):
    _inherit = "product.product"

    @api.model
    def get_import_templates(self):
        return self._maintenance_add_templates(super().get_import_templates())


class ProductSupplierinfoTemplates(models.Model):
    _inherit = "product.supplierinfo"

    @api.model
    def get_import_templates(self):
        return self._maintenance_add_templates(super().get_import_templates())
