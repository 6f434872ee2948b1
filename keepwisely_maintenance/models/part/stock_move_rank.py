from odoo import api, fields, models
from odoo.exceptions import UserError

#: What says who gets parts first; planners only.
RANK_FIELDS = {"allocation_rank", "allocation_user_id"}


class StockMoveRank(models.Model):
    """The place that planners give a part among those who wait for the same product.

    It counts while the part waits: it says nothing about what is reserved, comes into force again when
    a reservation is lost, and ends with the part, or when another product takes its place.
    """

    _inherit = "stock.move"

    allocation_rank = fields.Integer(
        "Put first", copy=False,
        help="Parts that a planner put first get what arrives before all others, the highest first; those "
        "below zero come after all others.",
    )  # fmt: skip
    allocation_user_id = fields.Many2one("res.users", "Put first by", copy=False, ondelete="set null")

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | RANK_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        if any(RANK_FIELDS & vals.keys() for vals in vals_list):
            vals_list = [self._prepare_rank_vals(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if RANK_FIELDS & vals.keys():
            vals = self._prepare_rank_vals(vals)
        replaced = self.browse()
        if "product_id" in vals:
            replaced = self.sudo().filtered(
                lambda move: move.allocation_rank and move.product_id.id != vals["product_id"]
            )
        result = super().write(vals)
        if replaced:
            # sudo: the place was that of the other product, whoever replaces it
            replaced.write({"allocation_rank": 0})
        return result

    @api.model
    def _prepare_rank_vals(self, vals):
        """A place in the queue carries the name of who gave it.

        :raises UserError: the user is no planner.
        """
        if self.env.su and "allocation_user_id" in vals:
            return vals
        if not self.env["maintenance.request"]._user_is_planner():
            raise UserError(self.env._("Only planners say who gets parts first."))
        vals = {name: value for name, value in vals.items() if name != "allocation_user_id"}
        if "allocation_rank" in vals:
            vals["allocation_user_id"] = self.env.uid if vals["allocation_rank"] else False
        return vals

    @api.model
    def _check_part_vals(self, vals):
        """Who gets there has been found to be a planner, see `_prepare_rank_vals`."""
        return super()._check_part_vals({name: vals[name] for name in vals.keys() - RANK_FIELDS})

    def _prepare_move_split_vals(self, uom_qty):
        """What is left of a part keeps its place."""
        vals = super()._prepare_move_split_vals(uom_qty)
        if self.allocation_rank:
            vals["allocation_rank"] = self.allocation_rank
            vals["allocation_user_id"] = self.allocation_user_id.id
        return vals

    def _get_rank(self, ranks=None):
        """Above zero: before all others. Below: after all others. Zero: the usual place."""
        self.ensure_one()
        return self.allocation_rank if ranks is None else ranks.get(self, self.allocation_rank)
