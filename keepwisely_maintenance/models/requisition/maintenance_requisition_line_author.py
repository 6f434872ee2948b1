from odoo import SUPERUSER_ID, api, fields, models

from ...authors import get_actor_id, is_change
from .maintenance_requisition_line import AUTHORS

#: What is asked for after the approval.
ASKED_FIELDS = {"is_move_asked", "new_partner_id", "new_price_unit"}


class MaintenanceRequisitionLineAuthor(models.Model):
    """Whose values stand on a line.

    Written with the values themselves, so that the rule that nobody decides on their own money holds
    before any history is written. Whoever writes a value anew takes the place of who wrote it before.
    """

    _inherit = "maintenance.requisition.line"

    item_author_id = fields.Many2one("res.users", "Item by", readonly=True, copy=False, ondelete="restrict")
    quantity_author_id = fields.Many2one("res.users", "Quantity by", readonly=True, copy=False, ondelete="restrict")
    raised_by_ids = fields.Many2many(
        "res.users", "maintenance_requisition_line_raised_rel", string="Raised by", readonly=True, copy=False,
        help="Who caused the system to ask for more, after the quantity was written.",
    )  # fmt: skip
    vendor_author_id = fields.Many2one("res.users", "Vendor by", readonly=True, copy=False, ondelete="restrict")
    price_author_id = fields.Many2one("res.users", "Price by", readonly=True, copy=False, ondelete="restrict")
    new_price_author_id = fields.Many2one(
        "res.users", "Change asked for by", readonly=True, copy=False, ondelete="restrict",
        help="Who asked for another price, vendor or use after the approval.",
    )  # fmt: skip

    @api.model
    def _get_author_id(self):
        """Who acts now, for whom what is written counts; nobody for the system by itself."""
        actor_id = get_actor_id(self.env)
        unattended = self.env["maintenance.requisition"]._is_unattended()
        return False if unattended or actor_id == SUPERUSER_ID else actor_id

    @api.model
    def _prepare_created_author_vals(self):
        return dict.fromkeys(AUTHORS.keys() - {"new_price_author_id"}, self._get_author_id())

    def _add_raised_by(self, user_id):
        """Note that more is asked for because of ``user_id``, besides whoever acts."""
        if user_id:
            self._write_by_system({"raised_by_ids": [fields.Command.link(user_id)]})

    def _prepare_author_vals(self, vals):
        """The authors that writing ``vals`` makes, a value that is written once more as it is makes none.

        What the system lowers, moves to another job or takes over is nobody's doing; what it raises is.
        """
        if self._is_system_change():
            authors = {}
            asked = ASKED_FIELDS & vals.keys()
            if asked:
                authors["new_price_author_id"] = any(vals[name] for name in asked) and self._get_author_id()
            if any(vals.get("product_qty", 0.0) > line.product_qty for line in self) and self._get_author_id():
                authors["raised_by_ids"] = [fields.Command.link(self._get_author_id())]
            return authors
        written = {name for name in vals if any(is_change(line, name, vals[name]) for line in self)}
        authors = {author: self._get_author_id() for author, names in AUTHORS.items() if names & written}
        if "quantity_author_id" in authors:
            authors["raised_by_ids"] = [fields.Command.clear()]
        return authors
