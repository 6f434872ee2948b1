from odoo import api, fields, models
from odoo.exceptions import UserError


class MaintenanceRequisitionLineSupply(models.Model):
    """How a line holds a procurement and gives it back to the buy rule."""

    _inherit = "maintenance.requisition.line"

    # -- Holding and releasing --------------------------------------------------------------------------

    @api.model
    def _prepare_held_vals(self, procurement, rule, supplier):
        """Values of the line that holds ``procurement``."""
        values = procurement.values
        part = values.get("part_move_id")
        request = values.get("maintenance_request_id")
        date = values.get("date_planned")
        if values.get("orderpoint_id") and not supplier:
            # natively a product that nobody sells takes a year
            date = fields.Datetime.now()
        return {
            "product_id": procurement.product_id.id,
            "product_qty": procurement.product_qty,
            "product_uom_id": procurement.product_uom.id,
            "partner_id": supplier.partner_id.id,
            "date_required": bool(date) and procurement.company_id._get_plant_day(date),
            "maintenance_request_id": request.id if request else False,
            **({"equipment_id": values["equipment_id"].id} if values.get("equipment_id") else {}),
            "part_move_ids": [fields.Command.set(part.ids)] if part else False,
            "orderpoint_id": values["orderpoint_id"].id if values.get("orderpoint_id") else False,
            "move_dest_ids": [fields.Command.set(values["move_dest_ids"].ids)]
            if values.get("move_dest_ids")
            else False,
            "rule_id": rule.id,
            "location_id": procurement.location_id.id,
            "origin": procurement.origin,
            **self._prepare_held_author_vals(part, values.get("orderpoint_id")),
        }

    @api.model
    def _prepare_held_author_vals(self, part, orderpoint):
        """Who wrote the quantity of the part, or set the reorder point since it last asked, wrote that of the line."""
        author = (part and part.maintenance_author_id) or (orderpoint and orderpoint._maintenance_take_changer())
        return {"quantity_author_id": author.id} if author else {}

    def _get_wanted_locations(self):
        """Where the goods shall come to, by line; what was asked for by hand into stock of the first warehouse."""
        warehouses = self.env["stock.warehouse"]
        first = {
            company: warehouses.search([("company_id", "=", company.id)], limit=1)
            for company in self.filtered(lambda line: not line.location_id).company_id
        }
        return {
            line: line.location_id
            or (line.maintenance_request_id.warehouse_id or first[line.company_id]).lot_stock_id
            for line in self
        }

    def _prepare_release(self):
        """The held procurement and its rule, with the approved vendor.

        :raises UserError: the line has no vendor, or an archived one, or the warehouse does not buy.
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "Choose a vendor for %(line)s on %(requisition)s before ordering it.",
                    line=self.name,
                    requisition=self.requisition_id.name,
                )
            )
        if not (self.partner_id.active and self.partner_id.commercial_partner_id.active):
            raise UserError(
                self.env._(
                    "%(vendor)s, the vendor of %(line)s on %(requisition)s, is archived; choose another one before ordering it.",
                    vendor=self.partner_id.display_name,
                    line=self.name,
                    requisition=self.requisition_id.name,
                )
            )
        rule = self._get_release_rule()
        product = self._get_product_to_buy()
        supplier = self._get_release_supplier(product)
        procurement = self.env["stock.rule"].Procurement(
            product,
            self._get_vendor_qty(self._get_held_qty(self.product_uom_id), supplier),
            supplier.product_uom_id,
            self.location_id or rule.location_dest_id,
            self.name,
            ", ".join(filter(None, [self.requisition_id.name, self.maintenance_request_id.reference])),
            self.requisition_id.company_id,
            self._prepare_release_values(supplier),
        )
        return procurement, rule

    def _get_product_to_buy(self):
        """The product, or what stands on orders for something that is not in the catalogue."""
        if self.product_id:
            return self.product_id
        name = "product_one_off_service" if self.is_service else "product_one_off"
        return self.env.ref(f"keepwisely_maintenance.{name}")

    def _get_release_rule(self):
        """The rule that was held, else the buy rule of the work order's or company's warehouse."""
        if self.rule_id.active:
            return self.rule_id
        company = self.requisition_id.company_id
        warehouse = self.maintenance_request_id.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        if not warehouse.buy_pull_id:
            raise UserError(self.env._("No warehouse of %s buys; tick Buy to Resupply on one.", company.name))
        return warehouse.buy_pull_id

    def _prepare_release_values(self, supplier):
        earliest = fields.Datetime.add(fields.Datetime.now(), days=supplier.delay)
        wanted = self.company_id._get_plant_moment(self.date_required) if self.date_required else earliest
        rule = self.rule_id
        return {
            "requisition_line_id": self.id,
            "supplierinfo_id": supplier,
            # no promise before the vendor's lead time is over, however urgent the need
            "date_planned": max(wanted, earliest),
            "warehouse_id": (self.location_id or rule.location_dest_id).warehouse_id,
            "orderpoint_id": self.orderpoint_id,
            "move_dest_ids": self.move_dest_ids.filtered(lambda move: move.state not in ("done", "cancel")),
            "company_id": self.requisition_id.company_id,
        }

    def _get_release_supplier(self, product):
        """The price list of the approved vendor; a passing one where the vendor has none."""
        company = self.requisition_id.company_id
        # what is not in the catalogue shares its product with other articles, whose price lists say nothing about it
        sellers = self._select_seller(self.partner_id) or self.product_id.seller_ids.filtered(
            lambda seller: seller.partner_id == self.partner_id and seller.company_id in (company, company.browse())
        )
        return sellers[:1] or self.env["product.supplierinfo"].new(
            {
                "partner_id": self.partner_id.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_uom_id": self.product_uom_id.id,
                "currency_id": (
                    self.partner_id.with_company(company).property_purchase_currency_id or company.currency_id
                ).id,
                "company_id": company.id,
                "price": self.price_unit,
                "delay": 0,
            }
        )

    def _prepare_purchase_line_vals(self, vals, order):
        """What the requisition line adds to a purchase line made from its procurement.

        The vendor's price list decides on the price; a negotiated price, or one of a vendor
        without a price list for it, goes on the order as approved.

        :param dict vals: the values native code prepared.
        """
        self.ensure_one()
        result = {
            "requisition_line_id": self.id,
            "analytic_distribution": self.analytic_distribution or vals.get("analytic_distribution"),
        }
        if not self.product_id:
            result["name"] = self.name
        if self._has_own_price() or not vals.get("price_unit"):
            uom = self.env["uom.uom"].browse(vals["product_uom_id"])
            price = self.product_uom_id._compute_price(self.price_unit, uom)
            result["price_unit"] = self.currency_id._convert(
                price, order.currency_id, self.company_id, self.company_id._get_plant_day(), round=False
            )
            result["discount"] = 0.0
        if self.is_by_amount:
            result["product_qty"] = self._get_amount_to_order(order)
            result.update(price_unit=1.0, discount=0.0)
        if "price_unit" in result:
            # whatever differs tells native code to leave the price alone when quantity or order change
            result["technical_price_unit"] = result["price_unit"] + 1
        return result

    def _has_own_price(self):
        """Whether the price of the line goes on the order, whatever a price list says."""
        return self.is_price_manual or not self.product_id

    def _get_amount_to_order(self, order):
        """Of a line by amount: what is not ordered yet, in the currency of ``order``."""
        amount = self.price_unit * self._get_held_qty(self.product_uom_id)
        return self.currency_id._convert(
            amount, order.currency_id, self.company_id, self.company_id._get_plant_day()
        )
