from odoo import api, models
from odoo.tools import SQL


class MaintenancePartDemandSql(models.Model):
    """The rows of the demand view.

    A *shelf* is an internal location of a warehouse other than those that goods only pass: input,
    quality, packing, output and what lies below them.
    """

    _inherit = "maintenance.part.demand"

    @api.model
    def _table_query_sql(self):
        """Ids are those of the source rows times eight plus the part of the union, so they last.

        The parts name what they come from; who it is for and from whom is looked up here, once.
        """
        return SQL(
            """
            SELECT piece.id, piece.kind, piece.product_id, piece.company_id,
                   piece.location_id, location.warehouse_id, piece.quantity, piece.possible_qty, piece.date,
                   CASE WHEN piece.kind = 'order' THEN po.name ELSE piece.reference END AS reference,
                   job.id AS maintenance_request_id,
                   COALESCE(purchase_line.equipment_id, line.equipment_id, job.equipment_id) AS equipment_id,
                   (piece.quantity > 0 AND NOT piece.is_pegged
                    AND CASE WHEN job.id IS NULL
                        THEN COALESCE(purchase_line.equipment_id, line.equipment_id) IS NULL
                        ELSE job.state IN ('completed', 'closed', 'cancelled') END) AS is_free,
                   line.id AS requisition_line_id, line.requisition_id,
                   piece.purchase_line_id, purchase_line.order_id AS purchase_order_id,
                   COALESCE(po.partner_id, line.partner_id) AS partner_id,
                   piece.move_id, move.picking_id,
                   COALESCE(piece.orderpoint_id, purchase_line.orderpoint_id, line.orderpoint_id) AS orderpoint_id,
                   piece.alternate_product_id
              FROM (%s) AS piece
              LEFT JOIN stock_location location ON location.id = piece.location_id
              LEFT JOIN stock_move move ON move.id = piece.move_id
              LEFT JOIN purchase_order_line purchase_line ON purchase_line.id = piece.purchase_line_id
              LEFT JOIN purchase_order po ON po.id = purchase_line.order_id
              LEFT JOIN maintenance_requisition_line line
                     ON line.id = COALESCE(piece.requisition_line_id, purchase_line.requisition_line_id)
              LEFT JOIN maintenance_request job
                     ON job.id = COALESCE(piece.maintenance_request_id, purchase_line.maintenance_request_id,
                                          line.maintenance_request_id)
            """,
            SQL(" UNION ALL ").join(
                [
                    self._stock_sql(),
                    self._work_orders_sql(),
                    self._other_demand_sql(),
                    self._requisitions_sql(),
                    self._rfqs_sql(),
                    self._orders_sql(),
                    self._ordered_services_sql(),
                    self._moving_in_sql(),
                    self._orderpoints_sql(),
                    self._alternates_sql(),
                ]
            ),
        )

    # -- Pieces -------------------------------------------------------------------------------------

    @api.model
    def _row_sql(self, row_id, kind, product, company, location, quantity, reference, **columns):
        """The columns of a part of the union; those that are not given are empty."""
        empty = {
            "possible_qty": SQL("0::numeric"),
            "date": SQL("NULL::date"),
            "is_pegged": SQL("FALSE"),
            "maintenance_request_id": SQL("NULL::integer"),
            "requisition_line_id": SQL("NULL::integer"),
            "purchase_line_id": SQL("NULL::integer"),
            "move_id": SQL("NULL::integer"),
            "orderpoint_id": SQL("NULL::integer"),
            "alternate_product_id": SQL("NULL::integer"),
        }
        given = {
            "id": row_id,
            "kind": SQL("%s::varchar", kind),
            "product_id": product,
            "company_id": company,
            "location_id": location,
            "quantity": quantity,
            "reference": SQL("%s::varchar", reference),
        }
        columns = given | empty | columns
        return SQL(
            "SELECT %s",
            SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in columns.items()),
        )

    @api.model
    def _place_sql(self):
        """Locations, and what they are to their warehouse; only internal ones are inside it."""
        path = SQL("STRING_TO_ARRAY(location.parent_path, '/')")
        return SQL(
            """(
                SELECT location.id, location.complete_name, warehouse.id AS warehouse_id, warehouse.company_id,
                       warehouse.id IS NOT NULL AND NOT %(path)s && ARRAY[
                           warehouse.wh_input_stock_loc_id, warehouse.wh_qc_stock_loc_id,
                           warehouse.wh_output_stock_loc_id, warehouse.wh_pack_stock_loc_id]::text[] AS is_shelf,
                       warehouse.id IS NOT NULL AND %(path)s && ARRAY[
                           warehouse.wh_output_stock_loc_id, warehouse.wh_pack_stock_loc_id]::text[] AS is_exit
                  FROM stock_location location
                  LEFT JOIN stock_warehouse warehouse
                         ON warehouse.id = location.warehouse_id AND location.usage = 'internal'
            )""",
            path=path,
        )

    @api.model
    def _unit_sql(self, record, unit):
        """Joins that bring ``%(unit)s.factor / product_unit.factor``, from a line's unit to the product's."""
        return SQL(
            """
              JOIN product_product product ON product.id = %(record)s.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = %(record)s.%(unit)s
              JOIN uom_uom product_unit ON product_unit.id = template.uom_id
            """,
            record=SQL.identifier(record),
            unit=SQL.identifier(unit),
        )

    # -- Stock --------------------------------------------------------------------------------------------

    @api.model
    def _stock_sql(self):
        """What lies on the shelves and is not reserved, by place."""
        return SQL(
            """
            %s
              FROM stock_quant quant
              JOIN %s AS place ON place.id = quant.location_id
             WHERE place.is_shelf
             GROUP BY quant.product_id, place.company_id, place.id, place.complete_name
            HAVING SUM(quant.quantity) <> SUM(quant.reserved_quantity)
            """,
            self._row_sql(
                SQL("MIN(quant.id)::bigint * 8 + 2"),
                SQL("'stock'"),
                SQL("quant.product_id"),
                SQL("place.company_id"),
                SQL("place.id"),
                SQL("SUM(quant.quantity) - SUM(quant.reserved_quantity)"),
                SQL("place.complete_name"),
            ),
            self._place_sql(),
        )

    @api.model
    def _alternates_sql(self):
        """Free stock of what may be used instead. The ids lie above all others: two rows may come from
        one quant, for two products."""
        return SQL(
            """
            %s
              FROM product_template_alternate_rel rel
              JOIN product_product product ON product.product_tmpl_id = rel.template_id
              JOIN stock_quant quant ON quant.product_id = rel.product_id
              JOIN %s AS place ON place.id = quant.location_id
             WHERE place.is_shelf
             GROUP BY product.id, rel.product_id, place.company_id, place.id, place.complete_name
            HAVING SUM(quant.quantity) > SUM(quant.reserved_quantity)
            """,
            self._row_sql(
                SQL("(product.id::bigint + 8) * 2147483648 + MIN(quant.id)"),
                SQL("'alternate'"),
                SQL("product.id"),
                SQL("place.company_id"),
                SQL("place.id"),
                SQL("0::numeric"),
                SQL("place.complete_name"),
                possible_qty=SQL("SUM(quant.quantity) - SUM(quant.reserved_quantity)"),
                alternate_product_id=SQL("rel.product_id"),
            ),
            self._place_sql(),
        )

    @api.model
    def _orderpoints_sql(self):
        """Reorder points, with what they would order now."""
        to_order = SQL(
            "GREATEST(COALESCE(NULLIF(orderpoint.qty_to_order_manual, 0), orderpoint.qty_to_order_computed, 0), 0)"
        )
        return SQL(
            """
            %s
              FROM stock_warehouse_orderpoint orderpoint
             WHERE orderpoint.active
               AND (orderpoint.product_min_qty <> 0 OR orderpoint.product_max_qty <> 0 OR %s > 0)
            """,
            self._row_sql(
                SQL("orderpoint.id::bigint * 8 + 3"),
                SQL("'orderpoint'"),
                SQL("orderpoint.product_id"),
                SQL("orderpoint.company_id"),
                SQL("orderpoint.location_id"),
                SQL("0::numeric"),
                SQL("orderpoint.name"),
                possible_qty=to_order,
                date=SQL("CASE WHEN %s > 0 THEN orderpoint.deadline_date END", to_order),
                orderpoint_id=SQL("orderpoint.id"),
            ),
            to_order,
        )

    # -- Asked for and ordered ------------------------------------------------------------------------------

    @api.model
    def _requisitions_sql(self):
        """What is asked for and on no purchase line yet."""
        return SQL(
            """
            %s
              FROM maintenance_requisition_line line
              JOIN maintenance_requisition requisition ON requisition.id = line.requisition_id
              %s
              LEFT JOIN stock_warehouse_orderpoint orderpoint ON orderpoint.id = line.orderpoint_id
              LEFT JOIN maintenance_request request ON request.id = line.maintenance_request_id
              LEFT JOIN stock_warehouse warehouse ON warehouse.id = request.warehouse_id
             WHERE line.is_open AND line.product_qty > COALESCE(line.qty_ordered, 0)
            """,
            self._row_sql(
                SQL("line.id::bigint * 8 + 4"),
                SQL("'requisition'"),
                SQL("line.product_id"),
                SQL("line.company_id"),
                SQL("COALESCE(line.location_id, orderpoint.location_id, warehouse.lot_stock_id)"),
                SQL("(line.product_qty - COALESCE(line.qty_ordered, 0)) * unit.factor / product_unit.factor"),
                SQL("requisition.name"),
                date=SQL("COALESCE(line.date_expected, line.date_required)"),
                is_pegged=SQL(
                    "EXISTS (SELECT FROM maintenance_requisition_line_dest_rel rel WHERE rel.line_id = line.id)"
                ),
                requisition_line_id=SQL("line.id"),
            ),
            self._unit_sql("line", "product_uom_id"),
        )

    @api.model
    def _purchase_lines_sql(self, kind, quantity, condition):
        return SQL(
            """
            %s
              FROM purchase_order_line line
              JOIN purchase_order po ON po.id = line.order_id
              %s
              LEFT JOIN maintenance_requisition_line asked ON asked.id = line.requisition_line_id
              LEFT JOIN stock_picking_type picking_type ON picking_type.id = po.picking_type_id
              LEFT JOIN stock_location goal
                     ON goal.id = COALESCE(line.location_final_id, picking_type.default_location_dest_id)
             WHERE %s AND %s > 0
            """,
            self._row_sql(
                SQL("line.id::bigint * 8 + 5"),
                kind,
                SQL("line.product_id"),
                SQL("line.company_id"),
                SQL("goal.id"),
                # what is received by amount counts money; its share of the agreed amount is the quantity
                SQL(
                    """CASE WHEN asked.is_by_amount
                            THEN COALESCE((%s) / NULLIF(asked.price_unit * COALESCE(NULLIF(po.currency_rate, 0), 1), 0), 0)
                            ELSE (%s) * unit.factor / product_unit.factor END""",
                    quantity,
                    quantity,
                ),
                SQL("po.name"),
                date=self.env["res.company"]._maintenance_plant_day_sql(SQL("line.date_planned"), SQL("line.company_id")),
                is_pegged=SQL(
                    "EXISTS (SELECT FROM stock_move_created_purchase_line_rel rel "
                    "WHERE rel.created_purchase_line_id = line.id)"
                ),
                purchase_line_id=SQL("line.id"),
            ),
            self._unit_sql("line", "product_uom_id"),
            condition,
            quantity,
        )

    @api.model
    def _rfqs_sql(self):
        """Lines of orders that are not confirmed, unless they go to a customer at once."""
        return self._purchase_lines_sql(
            SQL("'rfq'"),
            SQL("line.product_qty"),
            SQL("po.state IN ('draft', 'sent', 'to approve') AND goal.usage IS DISTINCT FROM 'customer'"),
        )

    @api.model
    def _ordered_services_sql(self):
        """Ordered services, which no move will bring."""
        return self._purchase_lines_sql(
            SQL("'order'"),
            SQL("line.product_qty - COALESCE(line.qty_received, 0)"),
            SQL("po.state = 'purchase' AND template.type = 'service'"),
        )
