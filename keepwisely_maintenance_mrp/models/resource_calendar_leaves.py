from odoo import api, fields, models


class ResourceCalendarLeaves(models.Model):
    """A block of a work center's calendar, for planned work or a standstill.

    It is of the type *other*, as what Manufacturing itself plans there: nothing else is planned in it, and the hours in which
    a work center was blocked on the shop floor still count as lost in its effectiveness. Its calendar follows the work center.
    """

    _inherit = "resource.calendar.leaves"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order of maintenance", index="btree_not_null", ondelete="cascade", copy=False,
        groups=fields.NO_ACCESS,
    )  # fmt: skip
    maintenance_downtime_id = fields.Many2one(
        "maintenance.downtime", "Standstill", index="btree_not_null", ondelete="cascade", copy=False,
        groups=fields.NO_ACCESS,
    )  # fmt: skip

    @api.model
    def _maintenance_block(self, name, wanted):
        """Have one block for each record that wants one, and none for the others.

        :param str name: of the field that links a block with its record.
        :param dict wanted: by record: the values of its block, or None.
        """
        # sudo: who plans or reports has no rights on calendars
        leaves = self.sudo()
        records = [record.id for record in wanted]
        standing = leaves.search([(name, "in", records)]).grouped(name)
        vals_list, dropped = [], leaves.browse()
        for record, vals in wanted.items():
            block = standing.get(record, leaves.browse())
            dropped |= block[1:] if vals else block
            if not vals:
                continue
            vals = {name: record.id, "time_type": "other", **vals}
            if not block:
                vals_list.append(vals)
                continue
            first = block[0]
            changed = {
                key: value for key, value in vals.items() if value != leaves._fields[key].convert_to_write(first[key], first)
            }
            if changed:
                first.write(changed)
        dropped.unlink()
        leaves.create(vals_list)
