import json

from odoo import api, fields, models
from odoo.tools import SQL

#: Points of the small chart on a card.
SPARK_POINTS = 30


class MaintenanceMeterScreen(models.Model):
    """What only screens need."""

    _inherit = "maintenance.meter"

    reading_count = fields.Integer(compute="_compute_reading_count")
    is_out_of_range = fields.Boolean("Out of range", compute="_compute_is_out_of_range")
    # data of the native dashboard_graph widget
    sparkline = fields.Text(compute="_compute_sparkline")
    days_to_next_job = fields.Integer(
        "Days to next job", compute="_compute_days_to_next_job",
        help="Days until the next job that is due by this counter, at its average use. Empty when none is known.",
    )
    shared_rule_ids = fields.Many2many(
        "maintenance.meter.rule", compute="_compute_shared_rule_ids", string="Watched together with other meters",
        help="Rules of other meters that look at this one as well.",
    )  # fmt: skip
    has_next_job = fields.Boolean(compute="_compute_days_to_next_job")

    def _compute_reading_count(self):
        counts = dict(
            self.env["maintenance.meter.reading"]._read_group([("meter_id", "in", self.ids)], ["meter_id"], ["__count"])
        )
        for meter in self:
            meter.reading_count = counts.get(meter._origin, 0)

    @api.depends("rule_ids")
    def _compute_shared_rule_ids(self):
        rules = self.env["maintenance.meter.rule"].search(
            [("is_combined", "=", True), ("watched_meter_ids", "in", self._origin.ids)]
        )
        for meter in self:
            meter.shared_rule_ids = rules.filtered(
                lambda rule, meter=meter._origin: rule.meter_id != meter and meter in rule.watched_meter_ids
            )

    @api.depends("rule_ids.is_breached")
    def _compute_is_out_of_range(self):
        for meter in self:
            meter.is_out_of_range = any(meter.rule_ids.mapped("is_breached"))

    @api.depends("value", "value_date")
    def _compute_sparkline(self):
        self.env["maintenance.meter.reading"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT meter.id, latest.date, latest.value
                  FROM unnest(%(ids)s::int[]) AS meter (id)
                 CROSS JOIN LATERAL (
                       SELECT id, date, value FROM maintenance_meter_reading
                        WHERE meter_id = meter.id ORDER BY date DESC, id DESC LIMIT %(points)s) latest
                 ORDER BY latest.date, latest.id
                """,
                ids=list(self._origin.ids),
                points=SPARK_POINTS,
            )
        )
        points = {}
        for meter_id, date, value in self.env.cr.fetchall():
            points.setdefault(meter_id, []).append((date, value))
        for meter in self:
            values = [
                {"x": meter._format_moment(date), "y": value} for date, value in points.get(meter._origin.id, [])
            ]
            meter.sparkline = json.dumps([{"values": values, "key": meter.name or "", "is_sample_data": False}])

    @api.depends("total", "value_date")
    def _compute_days_to_next_job(self):
        targets = self._get_next_job_targets()
        for meter in self:
            target = targets.get(meter._origin.id)
            day = target is not None and meter._forecast_date(target)
            meter.has_next_job = bool(day)
            meter.days_to_next_job = max((day - meter.company_id._get_plant_day()).days, 0) if day else 0

    def _get_next_job_targets(self):
        """``{meter id: total at which the next job is due}`` by the schedules that count by these meters."""
        # sudo: whoever reads the meter may know when its next job is due
        lines = self.env["maintenance.schedule.asset"].sudo()
        groups = lines._read_group(
            [
                ("meter_id", "in", self._origin.ids),
                ("schedule_id.active", "=", True),
                ("schedule_id.trigger", "in", ("meter", "both")),
                ("equipment_id.active", "=", True),
            ],
            ["meter_id"],
            ["next_meter_value:min"],
        )
        return {meter.id: target for meter, target in groups}

    # -- Actions ----------------------------------------------------------------------------------------

    @api.readonly
    def action_add_reading(self):
        """Ask for a reading, with nothing to choose but the number."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add reading"),
            "res_model": "maintenance.meter.reading",
            "view_mode": "form",
            "views": [(self.env.ref("keepwisely_maintenance.maintenance_meter_reading_view_form_quick").id, "form")],
            "target": "new",
            "context": {"default_meter_id": self.id},
        }

    @api.readonly
    def action_view_readings(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_meter_readings")
        action["domain"] = [("meter_id", "in", self.ids)]
        action["context"] = {"default_meter_id": self.id} if len(self) == 1 else {}
        return action

    @api.readonly
    def action_view_chart(self):
        """Open the readings as lines, with the limits of the rules; by hours when they are few days old."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_meter_chart")
        [(first, last)] = self.env["maintenance.meter.reading"]._read_group(
            [("meter_id", "in", self.ids)], [], ["date:min", "date:max"]
        )
        interval = "hour" if first and (last - first).days < 7 else "day"
        action["domain"] = [("meter_id", "in", self.ids)]
        # a graph would draw days without a reading as zero
        action["context"] = {"graph_groupbys": [f"date:{interval}", "series"], "fill_temporal": False}
        if last and last >= fields.Datetime.subtract(fields.Datetime.now(), days=90):
            action["context"]["search_default_last_quarter"] = True
        return action


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    meter_ids = fields.One2many(
        "maintenance.meter", "equipment_id", "Meters", groups="keepwisely_maintenance.group_maintenance_technician"
    )
    meter_count = fields.Integer(
        compute="_compute_meter_count", groups="keepwisely_maintenance.group_maintenance_technician"
    )

    @api.depends("meter_ids")
    def _compute_meter_count(self):
        counts = dict(
            self.env["maintenance.meter"]._read_group([("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"])
        )
        for equipment in self:
            equipment.meter_count = counts.get(equipment._origin, 0)

    def _maintenance_describe_what_hangs(self):
        sentences = super()._maintenance_describe_what_hangs()
        # sudo: what hangs on an asset is counted whole
        meters = self.sudo().meter_ids
        if meters:
            sentences.append(
                self.env._("Meters: %s; their readings stay, and their rules open no work.", self._maintenance_name_first(meters))
            )
        return sentences

    def _maintenance_merge_into(self, winner):
        self.with_context(active_test=False).meter_ids.equipment_id = winner
        return super()._maintenance_merge_into(winner)

    @api.readonly
    def action_view_meters(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_meters")
        action["domain"] = [("equipment_id", "in", self.ids)]
        action["context"] = {"default_equipment_id": self.id} if len(self) == 1 else {}
        return action

    @api.readonly
    def action_view_meter_chart(self):
        return self.meter_ids.action_view_chart()
