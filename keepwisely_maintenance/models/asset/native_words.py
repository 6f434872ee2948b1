"""Native assets and their categories by our words, see `models/work_order/native_words.py`."""

from odoo import fields, models


class MaintenanceEquipmentWords(models.Model):
    _inherit = "maintenance.equipment"
    _description = "Asset"

    name = fields.Char(string="Asset")
    maintenance_team_id = fields.Many2one(string="Team")
    # counted when somebody looks: stored, every work order would write on its asset, and two at once would collide
    maintenance_count = fields.Integer(
        string="Number of work orders", store=False, compute_sudo=True, search="_search_maintenance_count"
    )
    maintenance_open_count = fields.Integer(
        string="Open work orders", store=False, compute_sudo=True, search="_search_maintenance_open_count"
    )
    maintenance_ids = fields.One2many(string="Work orders")
    location_id = fields.Many2one(string="Place")


class MaintenanceEquipmentCategoryWords(models.Model):
    _inherit = "maintenance.equipment.category"
    _description = "Asset category"

    name = fields.Char(string="Category")
    equipment_ids = fields.One2many(string="Assets")
    equipment_count = fields.Integer(string="Number of assets")
    maintenance_ids = fields.One2many(string="Work orders")
    maintenance_count = fields.Integer(string="Number of work orders")
    maintenance_open_count = fields.Integer(string="Open work orders")
    equipment_properties_definition = fields.PropertiesDefinition(string="Properties of its assets")


class StockLocationWords(models.Model):
    _inherit = "stock.location"

    equipment_count = fields.Integer(string="Number of assets")
