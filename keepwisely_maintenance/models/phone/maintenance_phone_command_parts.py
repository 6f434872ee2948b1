from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...words import format_items, format_number

#: Pieces of one part that somebody may say to have used or to need.
MOST = 1_000_000


class MaintenancePhoneCommandParts(models.Model):
    """Parts used, asked for, not needed.

    What is used is entered on the part, as on the form: completing the work consumes it, and drops what was not used. What is
    not there any more, since it was used elsewhere meanwhile, stays on the work order as missing, with a choice.
    """

    _inherit = "maintenance.phone.command"

    # -- Used -----------------------------------------------------------------------------------------

    @api.model
    def _do_part_used(self, entry):
        quantity = self._read_quantity(entry)
        entry.job._check_part_access(adding=True)
        part = self._find_open_part(entry)
        product = part.product_id or entry.record("product.product", "product")
        if not product:
            raise entry._refusal()
        try:
            with self.env.cr.savepoint():
                part = part or self._add_part(entry, product, quantity)
                self._enter_used(entry, part, quantity)
                entry.env.flush_all()
        except UserError as error:
            part = self._keep_as_missing(entry, part.exists(), product, quantity)
            if not part:
                raise
            entry.state = "look"
            entry.say(str(error), self._offer_choices(entry, part))
            entry.changed.append(entry.job.id)
            self._write_note(entry, self._describe_kept(entry, str(error)))
            return
        entry.changed.append(entry.job.id)
        entry.say(
            self.env._(
                "Entered as used on %(work_order)s: %(quantity)s × %(product)s.",
                quantity=format_number(self.env, quantity),
                product=product.display_name,
                work_order=entry.job.display_name,
            )
        )

    @api.model
    def _read_quantity(self, entry):
        quantity = entry.number("quantity")
        if not 0 < quantity <= MOST:
            raise UserError(self.env._("Enter a quantity above zero."))
        return quantity

    @api.model
    def _find_part(self, entry):
        """The part that is named, as the user; none where none is.

        :raises UserError: it is none of the work order.
        """
        part = entry.record("stock.move", "move")
        if part and (part.maintenance_request_id != entry.job or part.origin_returned_move_id):
            raise UserError(self.env._("This part is not on the work order any more."))
        return part

    @api.model
    def _find_open_part(self, entry):
        """The part that is named, or another one of its product that is open; what was used or dropped meanwhile is over."""
        part = self._find_part(entry)
        product = part.product_id or entry.record("product.product", "product")
        if part.state not in (False, "done", "cancel"):
            return part
        still_open = entry.job.part_ids.filtered(lambda move: move.product_id == product and move.state not in ("done", "cancel"))
        return still_open[:1]

    @api.model
    def _add_part(self, entry, product, quantity):
        return entry.env["stock.move"].create(
            {"maintenance_request_id": entry.job.id, "product_id": product.id, "product_uom_qty": quantity}
        )

    @api.model
    def _enter_used(self, entry, part, quantity):
        """Enter what was used besides what has been entered before; as the user, so that the shelf is looked at."""
        # sudo: what stands on a part is read without inventory rights; its work order was checked
        known = part.sudo()
        before = known.quantity if known.picked else 0.0
        if known._maintenance_is_out():
            # what was handed out is picked before any of it is used
            before = self._get_entered(known)
        lot = self._find_lot(entry, known.product_id)
        if not lot:
            part.write({"quantity": before + quantity})
            return
        if known.picked and not known._maintenance_is_out():
            lines = []
        else:
            lines = [Command.clear()]
        part.write({"move_line_ids": [*lines, Command.create({"lot_id": lot.id, "quantity": quantity})], "picked": True})

    @api.model
    def _get_entered(self, part):
        """How many of a part that was handed out phones have entered as used."""
        # sudo: also what colleagues have sent
        rows = self.sudo().search(
            [
                ("maintenance_request_id", "=", part.maintenance_request_id.id),
                ("kind", "=", "part_used"),
                ("state", "=", "sent"),
            ]
        )
        return sum(row.content.get("quantity") or 0.0 for row in rows if (row.content or {}).get("move") == part.id)

    @api.model
    def _find_lot(self, entry, product):
        """The lot or serial number that is sent, by its id or as it is printed; none where none is."""
        value = entry.values.get("lot")
        if not value:
            return self.env["stock.lot"]
        if not isinstance(value, str):
            lot = entry.record("stock.lot", "lot")
        else:
            lot = entry.env["stock.lot"].search([("name", "=", entry.text("lot", 128)), ("product_id", "=", product.id)], limit=1)
        if not lot or lot.product_id != product:
            raise UserError(self.env._("Choose a lot or serial number of %s.", product.display_name))
        return lot

    # -- Not there any more ---------------------------------------------------------------------------

    @api.model
    def _keep_as_missing(self, entry, part, product, quantity):
        """The part with what is needed of it, where the user may have it; none where they may not."""
        # sudo: as in _enter_used
        known = part.sudo()
        try:
            with self.env.cr.savepoint():
                if not part or known.picked:
                    part = self._add_part(entry, product, quantity)
                elif known.product_uom_qty < quantity:
                    part.product_uom_qty = quantity
                entry.env.flush_all()
        except UserError:
            return entry.env["stock.move"]
        return part if part.sudo()._get_missing_qty() else entry.env["stock.move"]

    @api.model
    def _offer_choices(self, entry, part):
        """What can be done about it, as entries that the phone sends when they are chosen; a sentence that says so."""
        # sudo: as in _enter_used
        known = part.sudo()
        entry.choices.append({"kind": "part_asked", "values": {"move": part.id}, "label": self.env._("Ask for it")})
        if known.quantity:
            label = self.env._("Used %s only", format_number(self.env, known.quantity))
            entry.choices.append(
                {"kind": "part_used", "values": {"move": part.id, "quantity": known.quantity}, "label": label}
            )
        entry.choices.append({"kind": "part_dropped", "values": {"move": part.id}, "label": self.env._("Not needed")})
        return self.env._("It stays on %s as missing; choose what to do about it.", entry.job.display_name)

    # -- Asked for, not needed ------------------------------------------------------------------------

    @api.model
    def _do_part_asked(self, entry):
        job = entry.job
        part = self._find_part(entry)
        product = entry.record("product.product", "product") if not part else part.product_id
        if part:
            words = part.sudo()._describe_shortage()
        elif product:
            quantity = self._read_quantity(entry)
            self._add_part(entry, product, quantity)
            words = format_items(self.env, quantity, product.display_name)
        else:
            quantity, text = self._read_quantity(entry), entry.text("text", 500)
            if not text:
                raise UserError(self.env._("Say which part is needed."))
            job.action_request_service(text, quantity, is_service=False)
            words = format_items(self.env, quantity, text)
        if part or product:
            # nobody is there to choose an alternate
            job.action_request_parts(offer=False)
        entry.changed.append(job.id)
        entry.say(self.env._("%(part)s was asked for on %(work_order)s.", part=words, work_order=job.display_name))

    @api.model
    def _do_part_dropped(self, entry):
        part = self._find_part(entry)
        if not part:
            raise entry._refusal()
        words = part.sudo()._describe_parts()
        part.action_drop_part()
        entry.changed.append(entry.job.id)
        entry.say(self.env._("%(part)s is not needed on %(work_order)s any more.", part=words,
                             work_order=entry.job.display_name))  # fmt: skip
