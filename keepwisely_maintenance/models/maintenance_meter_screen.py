from odoo import api, fields, models

#: Who sees meters.
METER_GROUPS = "keepwisely_maintenance.group_maintenance_technician"


class MaintenanceMeterScreen(models.Model):
    """Ways from a meter to its readings, its chart and its work orders."""

    _inherit = "maintenance.meter"

    reading_count = fields.Integer(compute="_compute_reading_count")
    maintenance_request_count = fields.Integer("Work orders", compute="_compute_maintenance_request_count")
    is_breached = fields.Boolean("Out of range", compute="_compute_is_breached", help="One of its rules is breached.")

    @api.depends("reading_ids")
    def _compute_reading_count(self):
        # not through reading_ids, which would load every one of them
        counts = self.env["maintenance.meter.reading"]._read_group(
            [("meter_id", "in", self.ids)], ["meter_id"], ["__count"]
        )
        counts = {meter.id: count for meter, count in counts}
        for meter in self:
            meter.reading_count = counts.get(meter._origin.id, 0)

    def _compute_maintenance_request_count(self):
        counts = {}
        for rule, count in self.env["maintenance.request"]._read_group(
            [("meter_rule_id.meter_id", "in", self.ids)], ["meter_rule_id"], ["__count"]
        ):
            counts[rule.meter_id.id] = counts.get(rule.meter_id.id, 0) + count
        for meter in self:
            meter.maintenance_request_count = counts.get(meter._origin.id, 0)

    @api.depends("rule_ids.is_breached")
    def _compute_is_breached(self):
        for meter in self:
            meter.is_breached = any(meter.rule_ids.mapped("is_breached"))

    def action_enter_reading(self):
        """Ask for a reading of the meter, in a dialog."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_enter_reading")
        return {**action, "context": {"default_meter_id": self.id, "meter_is_given": True}}

    def action_view_readings(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_meter_readings")
        return {**action, "domain": [("meter_id", "in", self.ids)], "context": {"default_meter_id": self[:1].id}}

    def action_view_chart(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_meter_chart")
        return {**action, "name": self.display_name, "domain": [("meter_id", "=", self.id)]}

    def action_view_requests(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_work_orders")
        return {**action, "domain": [("meter_rule_id.meter_id", "in", self.ids)], "context": {}}


class MaintenanceMeterReading(models.Model):
    _inherit = "maintenance.meter.reading"

    # what whoever reads the meter compares with
    meter_value = fields.Float(related="meter_id.value", string="Latest so far")
    meter_value_date = fields.Datetime(related="meter_id.value_date", string="Latest read on")


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    meter_ids = fields.One2many("maintenance.meter", "equipment_id", "Meters", groups=METER_GROUPS)
    meter_count = fields.Integer("Meter count", compute="_compute_meter_count", groups=METER_GROUPS)

    @api.depends("meter_ids")
    def _compute_meter_count(self):
        for equipment in self:
            equipment.meter_count = len(equipment.meter_ids)

    def action_view_meters(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_meters")
        return {
            **action,
            "domain": [("equipment_id", "in", self.ids)],
            "context": {"default_equipment_id": self[:1].id},
        }
