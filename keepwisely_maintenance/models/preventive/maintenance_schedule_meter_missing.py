from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...words import format_day


class MaintenanceScheduleMeterMissing(models.Model):
    """Schedules that count by a meter say what is missing for that: without a counter they would never be due."""

    _inherit = "maintenance.schedule"

    meter_problem = fields.Text(
        "Missing for the meter", compute="_compute_meter_problem", help="What is missing before the meter can say when it is due."
    )

    @api.depends(
        "trigger", "meter_unit", "equipment_ids", "category_id", "asset_ids.meter_id.value_date", "asset_ids.active"
    )
    @api.depends_context("lang")
    def _compute_meter_problem(self):
        for schedule in self:
            schedule.meter_problem = schedule._uses_meter() and schedule._describe_meter_problem()

    def _describe_meter_problem(self):
        """What is missing, one sentence for each kind, also while the schedule is being entered; False when all is there."""
        self.ensure_one()
        chosen = {line.equipment_id._origin: line.meter_id for line in self.asset_ids}
        assets = (self.equipment_ids | self.category_id.equipment_ids)._origin.filtered(
            lambda asset: asset.active and asset.company_id in (self.company_id, self.company_id.browse())
        )
        fitting = self._get_fitting_meters(assets)
        none, several, unread = assets.browse(), assets.browse(), self.env["maintenance.meter"]
        for asset in assets:
            found = chosen.get(asset) or fitting[asset]
            if not found:
                none |= asset
            elif len(found) > 1:
                several |= asset
            elif not found.value_date:
                unread |= found
        return "\n".join(self._describe_missing_meters(none, several) + self._describe_unread_meters(unread)) or False

    def _describe_missing_meters(self, none, several):
        sentences = []
        if none and self.meter_unit:
            sentences.append(
                self.env._(
                    "No counter in %(unit)s on %(assets)s: add the meter, or change the unit.",
                    unit=self.meter_unit,
                    assets=none._maintenance_list_names(),
                )
            )
        elif none:
            sentences.append(self.env._("No counter on %s: add the meter.", none._maintenance_list_names()))
        if several:
            sentences.append(
                self.env._("Several counters on %s: choose one under Due dates.", several._maintenance_list_names())
            )
        return sentences

    def _describe_unread_meters(self, meters):
        if not meters:
            return []
        names = ", ".join(meters[:5].mapped("display_name"))
        return [self.env._("Never read: %s. Enter a reading, so that the day can be told.", names)]

    def _get_fitting_meters(self, assets):
        """The counters of each asset that count in the unit of the schedule; of any unit where it names none."""
        self.ensure_one()
        unit = (self.meter_unit or "").strip().lower()
        meters = self.env["maintenance.meter"].search(
            [("equipment_id", "in", assets.ids), ("kind", "=", "counter"), ("company_id", "=", self.company_id.id)]
        )
        fitting = meters.filtered(lambda meter: not unit or (meter.unit or "").strip().lower() == unit).grouped("equipment_id")
        return {asset: fitting.get(asset, meters.browse()) for asset in assets}

    def _describe_nothing_due(self):
        """Says why: what is missing, or that nothing comes any more; not the open work where none is open."""
        problem = "\n".join(filter(None, self.mapped("meter_problem")))
        if any(line.generate_date for line in self.asset_ids):
            return " ".join(filter(None, [super()._describe_nothing_due(), problem]))
        if not self.asset_ids:
            return self.env._("Nothing is due; no asset is on this schedule.")
        if problem:
            return self.env._("Nothing is due. %s", problem)
        if any(line._is_last_open() for line in self.asset_ids):
            return super()._describe_nothing_due()
        ended = [day for day in self.mapped("end_date") if day]
        if ended and max(ended) < max(company._get_plant_day() for company in self.company_id):
            return self.env._("Nothing is due any more; it ended on %s.", format_day(self.env, max(ended)))
        if any(line._counts() for line in self.asset_ids):
            return self.env._("Nothing is due; by its latest readings the counter shows no use.")
        return self.env._("Nothing is due any more.")

    def write(self, vals):
        result = super().write(vals)
        if "meter_unit" in vals:
            # a meter that counts in something else is not the one that is meant any more
            for schedule in self.sudo():
                lines = schedule.asset_ids.filtered("meter_id")
                fitting = schedule._get_fitting_meters(lines.equipment_id)
                lines.filtered(lambda line, fitting=fitting: line.meter_id not in fitting[line.equipment_id])._find_other_meters()
        return result


class MaintenanceScheduleAssetMeterMissing(models.Model):
    _inherit = "maintenance.schedule.asset"

    meter_value = fields.Float("Meter shows", related="meter_id.value")
    meter_value_date = fields.Datetime("Read on", related="meter_id.value_date")
    meter_unit = fields.Char("Unit", related="meter_id.unit")

    @api.constrains("meter_id")
    def _check_meter(self):
        for line in self:
            meter = line.meter_id
            if meter and (meter.equipment_id != line.equipment_id or meter.kind != "counter"):
                raise ValidationError(
                    self.env._(
                        "%(meter)s does not count on %(asset)s; choose a counter of this asset.",
                        meter=meter.display_name,
                        asset=line.equipment_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._tell_meter_missing()
        return lines

    def _find_other_meters(self):
        """The meters they counted by do not fit any more."""
        self.write({"meter_id": False})
        self._find_meters()
        self._tell_meter_missing()

    def _tell_meter_missing(self):
        """Whoever plans it gets one to-do when an asset comes without a meter that fits; the form tells those who look at it."""
        lines = self.filtered(lambda line: line._is_running() and line.schedule_id._uses_meter() and not line.meter_id)
        for schedule, missing in lines.grouped("schedule_id").items():
            if schedule.owner_user_id == self.env.user:
                continue
            assets = missing.equipment_id
            fitting = schedule._get_fitting_meters(assets)
            several = assets.filtered(lambda asset, fitting=fitting: fitting[asset])
            schedule._tell_planner(
                lambda schedule, several=several, none=assets - several: "\n".join(
                    schedule._describe_missing_meters(none.with_env(schedule.env), several.with_env(schedule.env))
                )
            )


class MaintenanceMeter(models.Model):
    """A new counter is found by the schedules that wait for it, and one that leaves is let go."""

    _inherit = "maintenance.meter"

    @api.model_create_multi
    def create(self, vals_list):
        meters = super().create(vals_list)
        # sudo: whoever keeps meters need not keep schedules
        meters.equipment_id.sudo().schedule_asset_ids._find_meters()
        return meters

    def write(self, vals):
        result = super().write(vals)
        if {"equipment_id", "kind", "active", "unit"} & vals.keys():
            # sudo: whoever keeps meters need not keep schedules
            lines = self.env["maintenance.schedule.asset"].sudo().search([("meter_id", "in", self.ids)])
            lines.filtered(
                lambda line: line.meter_id.equipment_id != line.equipment_id
                or line.meter_id.kind != "counter"
                or not line.meter_id.active
            )._find_other_meters()
            self.equipment_id.sudo().schedule_asset_ids._find_meters()
        return result


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    def _maintenance_list_names(self, most=5):
        """Their names in a sentence: the first ones, and how many there are besides."""
        names = ", ".join(self[:most].mapped("name"))
        if len(self) <= most:
            return names
        return self.env._("%(names)s and %(count)s more", names=names, count=len(self) - most)
