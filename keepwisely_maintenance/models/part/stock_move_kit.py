from odoo import api, models

from ...context import BY_SYSTEM, OwnId, get_own_ids

#: What the components of a kit take over from the kit's own move.
JOB_FIELDS = (
    "maintenance_author_id", "maintenance_request_id", "schedule_asset_id", "schedule_part_id", "schedule_due_date",
)  # fmt: skip


class StockMoveKit(models.Model):
    """Kits, and what other documents make for a part; what a kit is, a bridge says.

    When a kit's move is confirmed, copies for the components take its place and are the parts of the job then. What an order
    in house makes for a part supplies that part.
    """

    _inherit = "stock.move"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        default = default or {}
        for move, vals in zip(self, vals_list, strict=True):
            if move.supplied_part_id and "procure_method" in default and not default.get("origin_returned_move_id"):
                # what is split off comes for the same part
                vals["supplied_part_id"] = OwnId(move.supplied_part_id.id)
        return vals_list

    def _maintenance_get_component_vals(self):
        """What a component takes over from a kit that is a part, of a job or of a schedule."""
        self.ensure_one()
        if not (self.maintenance_request_id or self.schedule_asset_id):
            return {}
        return {name: self[name].id if self._fields[name].relational else self[name] for name in JOB_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        parts = self.sudo().browse(get_own_ids(self.env, "maintenance_procuring_ids"))
        if parts:
            moves.sudo()._maintenance_supply(parts)
        return moves

    def _maintenance_supply(self, parts):
        """Of these moves, those that bring what ``parts`` are just being procured for are linked with them.

        A rule that moves goods links what it makes by itself; other documents, such as a manufacturing order, do not
        know of parts.
        """
        for move in self.filtered(lambda move: not (move.rule_id or move.supplied_part_id or move.maintenance_request_id)):
            place = move._get_final_place()
            waiting = parts.filtered(
                lambda part, move=move, place=place: part.product_id == move.product_id
                and part.company_id == move.company_id
                and place._child_of(part.location_id)
                and not move.location_id._child_of(part.location_id)
            )
            # several of the same product are procured in their order
            move.supplied_part_id = (waiting.filtered(lambda part: part._get_uncovered_qty() > 0) or waiting[-1:])[:1]

    def _maintenance_explode_kits(self):
        """Parts whose product became a kit after they were confirmed turn into its components.

        :returns: the parts, components in the place of kits.
        """
        kits = self.filtered(lambda move: move.state not in ("draft", "done", "cancel") and move._is_maintenance_kit())
        if not kits:
            return self
        kits._maintenance_give_back()
        return (self - kits) | kits._confirm_part()

    def _is_maintenance_kit(self):
        self.ensure_one()
        return self.product_id.with_company(self.company_id)._is_maintenance_kit()

    def _confirm_part(self):
        """Confirm and reserve parts.

        :returns: the parts; where one was a kit, its components.
        """
        self._maintenance_read_places()
        confirming = self.with_context(maintenance_confirming_parts=BY_SYSTEM)
        parts = confirming._action_confirm(merge=False).with_env(self.env)
        parts.filtered(lambda move: move.state != "assigned")._action_assign()
        return parts
