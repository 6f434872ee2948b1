from odoo import models
from odoo.exceptions import UserError

from ...words import format_day, format_number


class StockMoveOffer(models.Model):
    """What can be had instead of asking for a part: choices for the technician, the best ticked."""

    _inherit = "stock.move"

    def action_offer_alternate(self):
        """Open the choice of alternates for what is missing of the part.

        :raises UserError: no approved alternate is free.
        """
        self.ensure_one()
        self._require_open_work_order()
        offer = self.maintenance_request_id._create_offer({self: self._get_missing_qty()}, only_alternates=True)
        if not offer:
            raise UserError(
                self.env._("No approved alternate of %s is free; ask for the part.", self.product_id.display_name)
            )
        return offer._get_records_action(name=self.env._("Use an alternate"), target="new")

    def _prepare_offer_lines(self, lacking, taken, sources):
        """Values of the choices for what is lacking of the part, in its unit; the best are ticked.

        :param dict taken: what ticked choices take, in the unit of the product, by where they take
            it from; other parts of the work order are offered the rest.
        :param sources: requisition and purchase lines that it may join.
        """
        self.ensure_one()
        unit, choices = self.product_uom, []
        joinable = [(source, source._get_free_qty(self)) for source in sources]
        for source, quantity in (*self._get_free_alternates().items(), *joinable):
            counted_in = source.uom_id if source._name == "product.product" else self.product_id.uom_id
            free = unit.round(quantity - counted_in._compute_quantity(taken[source], unit, round=False))
            if unit.compare(free, 0) > 0:
                choices.append((source, counted_in, self._prepare_offer_line(source, free, min(free, lacking))))
        for source, counted_in, vals in sorted(choices, key=lambda choice: self._get_offer_rank(choice[2], lacking)):
            vals["is_used"] = unit.compare(lacking, 0) > 0
            if vals["is_used"]:
                vals["quantity"] = min(vals["quantity_free"], lacking)
                lacking -= vals["quantity"]
                taken[source] += unit._compute_quantity(vals["quantity"], counted_in, round=False)
        return [vals for _source, _unit, vals in choices]

    def _get_offer_rank(self, vals, lacking):
        """An alternate that makes the job ready comes first, then the part itself, then what helps a little."""
        if vals["kind"] != "alternate":
            return 1
        return 0 if self.product_uom.compare(vals["quantity_free"], lacking) >= 0 else 2

    def _prepare_offer_line(self, source, free, quantity):
        vals = {"part_id": self.id, "quantity_free": free, "quantity": quantity}
        if source._name == "product.product":
            return {**vals, "kind": "alternate", "product_id": source.id, "name": self._describe_alternate(source, free)}
        vals.update(name=self._describe_coming(source, free), date_expected=source._get_join_date())
        if source._name == "purchase.order.line":
            return {**vals, "kind": "join_receipt", "purchase_line_id": source.id}
        return {**vals, "kind": "join_requisition", "requisition_line_id": source.id}

    def _describe_alternate(self, product, free):
        """“2 × Bearing 6204-ZZ on the shelf, instead of Bearing 6204-2RS”."""
        return self.env._(
            "%(quantity)s × %(other)s on the shelf, instead of %(part)s",
            quantity=format_number(self.env, free),
            other=product.name,
            part=self.product_id.name,
        )

    def _describe_coming(self, source, free):
        """“5 × Belt on order P00031 and free, expected 24 Nov 2026”."""
        words = {
            "quantity": format_number(self.env, free),
            "product": self.product_id.name,
            "document": source._describe_source(),
            "date": format_day(self.env, source._get_join_date()),
        }
        if source._is_on_order():
            if not words["date"]:
                return self.env._("%(quantity)s × %(product)s on order %(document)s and free, no date yet", **words)
            return self.env._("%(quantity)s × %(product)s on order %(document)s and free, expected %(date)s", **words)
        if not words["date"]:
            return self.env._("%(quantity)s × %(product)s asked for on %(document)s and free, no date yet", **words)
        return self.env._("%(quantity)s × %(product)s asked for on %(document)s and free, expected %(date)s", **words)
