"""What a blanket order of Odoo's Purchase Agreements says; each may also be an empty record."""


def is_in_force(agreement, company):
    """Whether this is a confirmed blanket order of ``company`` on today's date in its plant."""
    today = company._get_plant_day()
    return bool(
        agreement.requisition_type == "blanket_order"
        and agreement.state == "confirmed"
        and agreement.company_id == company
        and (not agreement.date_start or agreement.date_start <= today)
        and (not agreement.date_end or agreement.date_end >= today)
    )


def get_price(agreement, product, uom):
    """What a unit of ``product`` costs by the agreement, in its currency; 0.0 where it says nothing."""
    lines = agreement.line_ids.filtered(lambda line: line.product_id == product)
    line = lines.filtered(lambda line: line.product_uom_id == uom)[:1] or lines[:1]
    return line.product_uom_id._compute_price(line.price_unit, uom) if line else 0.0
