"""Native models and fields by our words: on screens, in messages, in imports and exports.

`native_names.py` does the same for records, and puts all of it back when the module goes.
"""

from odoo import fields, models


class MaintenanceRequestWords(models.Model):
    _inherit = "maintenance.request"
    _description = "Work order"

    name = fields.Char(string="What", index="trigram")
    owner_user_id = fields.Many2one(string="Requested by")
    request_date = fields.Date(string="Requested on", help="The day on which the work was asked for.")
    schedule_date = fields.Datetime(string="Planned from", help="When the work is planned to begin.")
    schedule_end = fields.Datetime(string="Planned until")
    close_date = fields.Date(string="Day of completion", help="The day on which the work was completed.")
    maintenance_type = fields.Selection(string="Maintenance type")
    archive = fields.Boolean(string="Cancelled", help="Is set and taken back with the stage.")
    done = fields.Boolean(string="Work is over")


class MaintenanceStageWords(models.Model):
    _inherit = "maintenance.stage"
    _description = "Stage of work orders"

    fold = fields.Boolean(string="Folded on the board")
    done = fields.Boolean(string="Work is over")


class MaintenanceTeamWords(models.Model):
    _inherit = "maintenance.team"
    _description = "Maintenance team"

    request_ids = fields.One2many(string="Work orders")
    equipment_ids = fields.One2many(string="Assets")
    todo_request_ids = fields.One2many(string="Open work orders")
    todo_request_count = fields.Integer(string="Number of open work orders")
    todo_request_count_date = fields.Integer(string="Number of planned work orders")
    todo_request_count_high_priority = fields.Integer(string="Number of urgent work orders")
    todo_request_count_block = fields.Integer(string="Number of blocked work orders")
    todo_request_count_unscheduled = fields.Integer(string="Number of work orders without a date")
