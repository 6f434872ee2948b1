from odoo import api, fields, models


class MaintenanceEquipmentPreventive(models.Model):
    """Assets and the schedules they are on."""

    _inherit = "maintenance.equipment"

    schedule_asset_ids = fields.One2many("maintenance.schedule.asset", "equipment_id", "Schedules")
    schedule_count = fields.Integer("Number of schedules", compute="_compute_next_schedule_date")
    next_schedule_date = fields.Date("Next preventive work", compute="_compute_next_schedule_date")

    @api.depends("schedule_asset_ids.next_date", "schedule_asset_ids.active")
    def _compute_next_schedule_date(self):
        rows = self.env["maintenance.schedule.asset"]._read_group(
            [("equipment_id", "in", self.ids), ("schedule_id.active", "=", True)],
            ["equipment_id"],
            ["__count", "next_date:min"],
        )
        found = {equipment.id: (count, day) for equipment, count, day in rows}
        for equipment in self:
            equipment.schedule_count, equipment.next_schedule_date = found.get(equipment._origin.id, (0, False))

    @api.model_create_multi
    def create(self, vals_list):
        equipment = super().create(vals_list)
        equipment._sync_schedules(equipment.category_id)
        return equipment

    def write(self, vals):
        categories = self.category_id
        result = super().write(vals)
        if {"active", "category_id", "company_id"} & vals.keys():
            self._sync_schedules(categories | self.category_id)
        return result

    def _maintenance_describe_what_hangs(self):
        sentences = super()._maintenance_describe_what_hangs()
        # sudo: what hangs on an asset is counted whole
        schedules = self.sudo().schedule_asset_ids.schedule_id.filtered("active")
        if schedules:
            sentences.append(self.env._("Schedules: %s; nothing more is due by them.", self._maintenance_name_first(schedules)))
        return sentences

    def _maintenance_merge_into(self, winner):
        lines = self.with_context(active_test=False).schedule_asset_ids
        known = {line.schedule_id: line for line in winner.with_context(active_test=False).schedule_asset_ids}
        for line in lines:
            other = known.get(line.schedule_id)
            if not other:
                line.equipment_id = winner
            elif line.active and line.last_due_date and line.last_due_date > (other.last_due_date or line.start_date):
                # on the same schedule: what was done last counts
                names = ("handled_date", "last_due_date")
                other.write({**{name: line[name] for name in names}, "last_request_id": line.last_request_id.id})
        # lines that stay behind know what they made; they are archived with their asset
        for schedule in lines.schedule_id.filtered(lambda schedule: self in schedule.equipment_ids):
            schedule.equipment_ids = [fields.Command.unlink(self.id), fields.Command.link(winner.id)]
        return super()._maintenance_merge_into(winner)

    def _sync_schedules(self, categories):
        """Assets join and leave the schedules of their category; archived ones leave them all."""
        # sudo: whoever keeps assets need not keep schedules
        schedules = self.env["maintenance.schedule"].sudo()
        lines = self.sudo().with_context(active_test=False).schedule_asset_ids
        (lines.schedule_id | schedules.search([("category_id", "in", categories.ids)]))._sync_assets()

    @api.readonly
    def action_view_schedules(self):
        """Open the due dates of the asset."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_schedule_assets")
        action["domain"] = [("equipment_id", "in", self.ids)]
        return action
