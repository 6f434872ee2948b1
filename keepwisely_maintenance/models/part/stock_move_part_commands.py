from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...commands import read_commands
from ...context import OwnId

#: What people without inventory rights may say about a line of a part.
PART_LINE_FIELDS = {"location_id", "lot_id", "picked", "quantity"}

#: Set by the system alone, whatever rights somebody has in Inventory or Purchase.
LINK_FIELDS = {
    "join_ids", "maintenance_ask_again", "maintenance_author_id", "maintenance_cancelled_with_job",
    "maintenance_handed_out_date", "maintenance_requisition_line_ids", "supplied_part_id", "supply_move_ids",
}  # fmt: skip

#: What moves are chained by.
CHAIN_FIELDS = {"move_dest_ids", "move_orig_ids"}


class StockMovePartCommands(models.Model):
    """What hides inside the values of moves: lines, lots and shelves of a part, and what ties a move to its cause."""

    _inherit = "stock.move"

    def _maintenance_check_part_commands(self, vals):
        """Lines of the very part, and lots that exist, are all that may be named.

        What passes goes on without the user's own rights, down to the last nested id.

        :param vals: of a `create`, then ``self`` is empty, or of a `write` on parts.
        :raises UserError: another move's line, another product's lot, another place than the part's own.
        """
        for code, line_ids, line_vals in read_commands(self.env, vals["move_line_ids"]) if "move_line_ids" in vals else ():
            lines = self.move_line_ids.filtered(lambda line: line.state not in ("done", "cancel"))
            if (code != Command.CLEAR and len(self) > 1) or not set(line_ids) <= set(lines.ids):
                raise UserError(self.env._("This line belongs to something else; change the lines of one open part at a time."))
            self._maintenance_check_part_line_vals(vals, line_vals)
        for code, lot_ids, _vals in read_commands(self.env, vals["lot_ids"]) if "lot_ids" in vals else ():
            if code in (Command.CREATE, Command.UPDATE, Command.DELETE):
                raise UserError(self.env._("Lots and serial numbers are kept by the storekeepers; choose one that exists."))
            self._maintenance_check_part_lots(vals, lot_ids)

    def _maintenance_delete_lines_taken_off(self, vals):
        """Lines that are taken off a part are deleted; cut loose, they would keep what they have reserved for ever."""
        if "move_line_ids" not in vals:
            return vals
        commands = []
        for code, ids, line_vals in read_commands(self.env, vals["move_line_ids"]):
            if code == Command.CREATE:
                commands.append(Command.create(line_vals))
            elif code == Command.UPDATE:
                commands.append(Command.update(ids[0], line_vals))
            elif code in (Command.CLEAR, Command.SET):
                commands += [Command.delete(line.id) for line in self.move_line_ids if line.id not in ids]
            elif code in (Command.DELETE, Command.UNLINK):
                commands.append(Command.delete(ids[0]))
        return {**vals, "move_line_ids": commands}

    def _maintenance_check_part_line_vals(self, vals, line_vals):
        beyond = line_vals.keys() - PART_LINE_FIELDS
        if beyond:
            self._maintenance_refuse_part_field("stock.move.line", sorted(beyond)[0])
        self._maintenance_check_used_quantity([line_vals])
        if line_vals.get("lot_id"):
            self._maintenance_check_part_lots(vals, [line_vals["lot_id"]])
        if line_vals.get("location_id"):
            place = self.env["stock.location"].browse(line_vals["location_id"]).exists()
            source = self.location_id or self._maintenance_get_part_warehouse(vals).lot_stock_id
            if place.usage != "internal" or not place._child_of(source):
                raise UserError(self.env._("Choose a shelf in %s for this part.", source.display_name))

    def _maintenance_check_part_lots(self, vals, lot_ids):
        products = self.env["product.product"].browse(vals["product_id"]) if vals.get("product_id") else self.product_id
        companies = self.company_id or self._maintenance_get_part_warehouse(vals).company_id
        for lot in self.env["stock.lot"].browse(lot_ids):
            if not lot.exists() or products != lot.product_id or (lot.company_id and lot.company_id != companies):
                raise UserError(
                    self.env._("Choose a lot or serial number of %s.", ", ".join(products.mapped("display_name")))
                )

    @api.model
    def _maintenance_get_part_warehouse(self, vals):
        return self.env["maintenance.request"].browse(vals.get("maintenance_request_id")).warehouse_id

    @api.model
    def _maintenance_refuse_part_field(self, model, name):
        field = self.env[model]._fields.get(name)
        label = field._description_string(self.env) if field else name
        raise UserError(self.env._("“%s” of a part is kept by the storekeepers.", label))

    @api.model
    def _maintenance_get_link_fields(self):
        """Names of the fields that tie a move to what caused it."""
        return LINK_FIELDS

    @api.model
    def _maintenance_check_links(self, vals_list):
        """:raises UserError: somebody ties a move to a requisition or to a part, which the system does."""
        if self.env.su:
            return
        ties = self._maintenance_get_link_fields()
        touched = {name for vals in vals_list for name in ties & vals.keys() if not isinstance(vals[name], OwnId)}
        touched |= {
            name for vals in vals_list for name in CHAIN_FIELDS & vals.keys() if self._maintenance_chains_part(vals[name])
        }
        if touched:
            raise UserError(
                self.env._(
                    "“%s” is set by the system; ask for the part on its work order instead.",
                    self._fields[min(touched)]._description_string(self.env),
                )
            )

    @api.model
    def _maintenance_chains_part(self, value):
        """Whether commands tie a part to one transfer: it would be reserved from nothing else any more."""
        ids = {move_id for _code, move_ids, _vals in read_commands(self.env, value) for move_id in move_ids}
        return bool(self.env["stock.move"].browse(ids).exists().filtered("maintenance_request_id"))
