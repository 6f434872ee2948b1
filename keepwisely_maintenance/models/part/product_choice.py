from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ...words import format_number

#: How many parts are shown at once; who looks for another one says more of its name.
SHOWN = 40


class ProductChoice(models.Model):
    """Parts to choose from on a work order: what a technician goes by, and never what they cost."""

    _inherit = "product.product"

    @api.model
    @api.readonly
    def maintenance_find_parts(self, text="", domain=None, job_id=False, equipment_id=False):
        """What may be meant by ``text``: what fits the asset first, then spare parts, then other goods.

        Without words, spare parts; other goods only where nothing is a spare part.

        :param domain: what the field allows.
        :returns: ``{"parts": [{"id", "name", "reference", "stock", "shelf", "fits"}], "more": bool}``, in plain words.
        """
        # the names are those of the field in `static/src/part_field`
        jobs = self.env["maintenance.request"]
        job = jobs.browse(job_id or []).exists()._filtered_access("read") or jobs.new({"company_id": self.env.company.id})
        asset = self.env["maintenance.equipment"].browse(equipment_id) if equipment_id else job.equipment_id
        parts, more = self._maintenance_rank_parts((text or "").strip(), Domain(domain or Domain.TRUE), asset)
        stock = parts._maintenance_get_stock_words(job.warehouse_id.lot_stock_id)
        fitting = parts.filtered(lambda part: asset in part.fits_equipment_ids)
        return {
            "parts": [
                {
                    "id": part.id,
                    "name": part.with_context(display_default_code=False).display_name,
                    "reference": part.default_code or "",
                    "fits": part in fitting,
                    **stock[part],
                }
                for part in parts
            ],
            "more": more,
        }

    def _maintenance_rank_parts(self, text, domain, asset):
        """:returns: the first `SHOWN` parts, and whether there are more."""
        goods = domain & Domain("type", "=", "consu")
        if text:
            by_name = self.with_context(maintenance_find_by_code=True).name_search
            found = by_name(text, goods, limit=SHOWN + 1)
            if not found and (words := text.split())[1:]:
                every = Domain.AND(Domain("display_name", "ilike", word) for word in words)
                found = by_name("", goods & every, limit=SHOWN + 1)
            goods &= Domain("id", "in", [product_id for product_id, _name in found])
        parts = self.browse()
        ranks = [Domain("is_spare_part", "=", True), Domain.TRUE]
        if asset:
            ranks.insert(0, Domain("fits_equipment_ids", "in", asset.ids))
        for rank in ranks:
            if text or rank is not ranks[-1] or not parts:
                parts |= self.search(goods & rank, limit=SHOWN + 1)
        return parts[:SHOWN], len(parts) > SHOWN

    def _maintenance_get_stock_words(self, place):
        """How much of each lies where in ``place``, in words."""
        shelves, free = defaultdict(dict), defaultdict(float)
        for product, location, quantity, reserved in self.env["stock.quant"]._read_group(
            [("product_id", "in", self.ids), ("location_id", "child_of", place.ids)],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        ):
            free[product] += quantity - reserved
            if product.uom_id.compare(quantity, 0) > 0:
                shelves[product][location] = quantity
        return {
            part: {
                "stock": part._maintenance_describe_stock(sum(shelves[part].values()), free[part]),
                "shelf": ", ".join(
                    location.display_name.removeprefix(f"{place.display_name}/")
                    for location in sorted(shelves[part], key=shelves[part].get, reverse=True)[:2]
                ),
            }
            for part in self
        }

    def _maintenance_describe_stock(self, quantity, free):
        self.ensure_one()
        if not self.is_storable:
            return self.env._("Not counted")
        unit = self.uom_id
        if unit.compare(quantity, 0) <= 0:
            return self.env._("None on hand")
        # pieces go without saying
        words = format_number(self.env, quantity)
        if unit != self.env.ref("uom.product_uom_unit", False):
            words = f"{words} {unit.name}"
        if unit.compare(free, quantity) < 0:
            return self.env._("%(quantity)s on hand, %(free)s free", quantity=words, free=format_number(self.env, max(free, 0.0)))
        return self.env._("%s on hand", words)
