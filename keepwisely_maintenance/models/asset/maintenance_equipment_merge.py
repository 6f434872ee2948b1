
from odoo import fields, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM
from .maintenance_request_downtime_corrected import NEVER, Claim

#: What the asset that stays takes over where it says nothing itself.
FILLED = (
    "analytic_distribution", "assign_date", "category_id", "cost", "downtime_hourly_cost", "effective_date", "location_id",
    "maintenance_area", "maintenance_condition", "maintenance_manufacturer", "maintenance_tag_ids", "maintenance_team_id",
    "maintenance_warranty_months", "maintenance_warranty_start", "model", "note", "owner_user_id", "parent_id",
    "partner_id", "partner_ref", "serial_no", "technician_user_id", "warranty_date",
)  # fmt: skip


class MaintenanceEquipmentMerge(models.Model):
    """Two assets that are one: everything goes over to the one that stays, the other is archived and leads to it.

    Rooms that keep something of an asset move it in `_maintenance_merge_into`.
    """

    _inherit = "maintenance.equipment"

    maintenance_merged_into_id = fields.Many2one(
        "maintenance.equipment", "Merged into", readonly=True, copy=False, index="btree_not_null", ondelete="restrict",
        help="The asset that has taken this one's place; labels of this one lead there.",
    )  # fmt: skip

    def write(self, vals):
        if "maintenance_merged_into_id" in vals and not self.env.su:
            raise UserError(self.env._("Choose the assets in the list and use Merge."))
        return super().write(vals)

    def maintenance_merge_into(self, winner):
        """Let ``winner`` take the place of these assets (planners).

        Work, downtime, meters, costs, schedules, components, documents and messages go over, closed work too; what the winner
        does not say itself is taken from these.

        :param winner: an asset, or its id.
        :returns: the action that shows it.
        :raises UserError: an asset is of another company, part of the other, archived, or merged already.
        """
        winner = self.browse(winner.ids if isinstance(winner, models.BaseModel) else winner)
        (self | winner).check_access("write")
        self._maintenance_check_mergeable(winner)
        # sudo: what hangs on an asset goes over whole, also what planners do not see or change by hand
        system = self.with_context(maintenance_merging_assets=BY_SYSTEM, mail_activity_quick_update=True).sudo()
        for loser in system:
            loser._maintenance_merge_into(winner.with_env(system.env))
        return winner._get_records_action()

    def _maintenance_check_mergeable(self, winner):
        """:raises UserError: the assets cannot be one."""
        if not self or len(winner) != 1 or winner in self:
            raise UserError(self.env._("Choose two assets, and which of them stays."))
        for equipment in self | winner:
            if not equipment.active:
                raise UserError(self.env._("%s is archived; restore it first.", equipment.display_name))
        for loser in self:
            if loser.company_id != winner.company_id:
                raise UserError(
                    self.env._(
                        "%(one)s and %(other)s belong to different companies.",
                        one=loser.display_name,
                        other=winner.display_name,
                    )
                )
            for part, whole in ((loser, winner), (winner, loser)):
                if part in whole._maintenance_get_active_components():
                    raise UserError(
                        self.env._(
                            "%(part)s is part of %(whole)s, so they are two assets.",
                            part=part.display_name,
                            whole=whole.display_name,
                        )
                    )

    def _maintenance_check_not_merged(self):
        """:raises UserError: another asset has taken the place of one."""
        merged = self.filtered("maintenance_merged_into_id")[:1]
        if merged and not self.env.su:
            raise UserError(
                self.env._(
                    "%(asset)s was merged into %(winner)s, which has all of its records; use that one.",
                    asset=merged.display_name,
                    winner=merged.maintenance_merged_into_id.display_name,
                )
            )

    def _maintenance_merge_into(self, winner):
        """Move everything to ``winner``, with superuser rights; the assets were checked."""
        self.ensure_one()
        name, link = self.display_name, self._get_html_link()
        self._maintenance_merge_downtime(winner)
        self._maintenance_merge_work(winner)
        self.with_context(active_test=False).child_ids.parent_id = winner
        winner.spare_part_ids |= self.spare_part_ids
        self._maintenance_merge_talk(winner)
        self._maintenance_merge_fields(winner)
        self.with_context(active_test=False).search([("maintenance_merged_into_id", "=", self.id)]).write(
            {"maintenance_merged_into_id": winner.id}
        )
        self.write({"maintenance_merged_into_id": winner.id, "spare_part_ids": [fields.Command.clear()], "active": False})
        self.message_post(body=self.env._("Merged into %s", winner._get_html_link()))
        winner.message_post(body=self.env._("Merged from %s", link or name))

    def _maintenance_merge_work(self, winner):
        """Work keeps its people and its warehouse; what is over keeps its accounts as well."""
        requests = self.env["maintenance.request"].search([("equipment_id", "=", self.id)])
        names = ["maintenance_team_id", "user_id", "warehouse_id"]
        for request in requests:
            vals = {name: request[name].id for name in names}
            if not request._is_work_open():
                vals["analytic_distribution"] = request.analytic_distribution
            request.write({"equipment_id": winner.id, **vals})
        for line in self.env["maintenance.round.line"].search([("equipment_id", "=", self.id)]):
            twin = line.maintenance_request_id.maintenance_round_line_ids.filtered(
                lambda other: other.equipment_id == winner
            )
            if twin:
                twin.weight += line.weight
                line.unlink()
            else:
                line.equipment_id = winner
        self.env["maintenance.task"].search([("equipment_id", "=", self.id)]).write({"equipment_id": winner.id})

    def _maintenance_merge_downtime(self, winner):
        """What both were down for counts once."""
        for period in self.downtime_ids.sorted("date_from"):
            claim = Claim(period.status, period.date_from, period.date_to or NEVER, period.maintenance_request_id)
            pieces = winner._maintenance_make_room_for(claim)
            kept = {"equipment_id": winner.id, "hourly_cost": period.hourly_cost, "is_ended_by_work": period.is_ended_by_work}
            if not pieces:
                period.unlink()
            for begin, end in pieces[1:]:
                period.copy({**kept, "date_from": begin, "date_to": end != NEVER and end})
            for begin, end in pieces[:1]:
                period.write({**kept, "date_from": begin, "date_to": end != NEVER and end})

    def _maintenance_merge_talk(self, winner):
        """Messages, followers, to-dos and documents."""
        mine = [("model", "=", self._name), ("res_id", "=", self.id)]
        self.env["mail.message"].search(mine).write({"res_id": winner.id})
        mine = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        self.env["ir.attachment"].search([*mine, ("res_field", "=", False)]).write({"res_id": winner.id})
        self.env["mail.activity"].with_context(active_test=False).search(mine).write({"res_id": winner.id})
        winner.message_subscribe(self.message_partner_ids.ids)
        self.message_unsubscribe(self.message_partner_ids.ids)
        (self | winner).invalidate_recordset()

    def _maintenance_merge_fields(self, winner):
        vals = {name: self[name] for name in FILLED if self[name] and not winner[name]}
        if winner.warranty_date:
            # what it says itself would follow from these
            vals = {name: value for name, value in vals.items() if not name.startswith("maintenance_warranty_")}
        if vals.get("parent_id") == winner:
            del vals["parent_id"]
        if self.effective_date and winner.effective_date and self.effective_date < winner.effective_date:
            vals["effective_date"] = self.effective_date
        if "serial_no" in vals:
            # no two assets have the same, archived ones included
            self.serial_no = False
            self.flush_recordset(["serial_no"])
        winner.write({name: winner._fields[name].convert_to_write(value, winner) for name, value in vals.items()})
