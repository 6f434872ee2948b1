from odoo import api, models
from odoo.tools import SQL

#: Moves that are still to happen.
OPEN_MOVES = SQL("('waiting', 'confirmed', 'partially_available', 'assigned')")


class MaintenancePartDemandMovesSql(models.Model):
    """The rows of the demand view that come from stock moves."""

    _inherit = "maintenance.part.demand"

    @api.model
    def _move_places_sql(self):
        """From where a move takes and where its goods will end."""
        return SQL(
            """
              JOIN %(place)s AS source ON source.id = move.location_id
              JOIN %(place)s AS goal ON goal.id = COALESCE(move.location_final_id, move.location_dest_id)
            """,
            place=self._place_sql(),
        )

    @api.model
    def _wanted_sql(self, kind, joins, condition):
        """Open moves of which not all is reserved."""
        return SQL(
            """
            %s
              FROM stock_move move
              %s %s
             WHERE move.state IN ('waiting', 'confirmed', 'partially_available')
               AND move.product_uom_qty > COALESCE(move.quantity, 0)
               AND %s
            """,
            self._row_sql(
                SQL("move.id::bigint * 8"),
                kind,
                SQL("move.product_id"),
                SQL("move.company_id"),
                SQL("move.location_id"),
                SQL("(COALESCE(move.quantity, 0) - move.product_uom_qty) * unit.factor / product_unit.factor"),
                SQL("move.reference"),
                date=self.env["res.company"]._maintenance_plant_day_sql(SQL("move.date"), SQL("move.company_id")),
                move_id=SQL("move.id"),
                maintenance_request_id=SQL("move.maintenance_request_id"),
            ),
            self._unit_sql("move", "product_uom"),
            joins,
            condition,
        )

    @api.model
    def _work_orders_sql(self):
        """Missing parts of work orders. Of parts that are marked as used nothing more is wanted."""
        return self._wanted_sql(
            SQL("'work_order'"),
            SQL(),
            SQL(
                "move.maintenance_request_id IS NOT NULL AND move.origin_returned_move_id IS NULL "
                "AND move.picked IS NOT TRUE"
            ),
        )

    @api.model
    def _other_demand_sql(self):
        """What else is wanted from a shelf: deliveries, manufacture, other warehouses."""
        return self._wanted_sql(
            SQL("'other_demand'"),
            self._move_places_sql(),
            SQL(
                "move.maintenance_request_id IS NULL AND source.is_shelf "
                "AND NOT (goal.is_shelf AND goal.warehouse_id = source.warehouse_id)"
            ),
        )

    @api.model
    def _brought_sql(self, kind, quantity, purchase_line, request, joins, condition):
        """Open moves that end inside a warehouse, but for what leaves it at once."""
        return SQL(
            """
            %s
              FROM stock_move move
              %s %s
             WHERE move.state IN %s AND goal.warehouse_id IS NOT NULL AND NOT goal.is_exit AND %s
            """,
            self._row_sql(
                SQL("move.id::bigint * 8 + 1"),
                kind,
                SQL("move.product_id"),
                SQL("move.company_id"),
                SQL("goal.id"),
                quantity,
                SQL("move.reference"),
                date=self.env["res.company"]._maintenance_plant_day_sql(SQL("move.date"), SQL("move.company_id")),
                is_pegged=SQL(
                    "EXISTS (SELECT FROM stock_move_move_rel rel JOIN stock_move later ON later.id = rel.move_dest_id "
                    "WHERE rel.move_orig_id = move.id AND later.state IN %s AND later.location_id = goal.id)",
                    OPEN_MOVES,
                ),
                move_id=SQL("move.id"),
                purchase_line_id=purchase_line,
                maintenance_request_id=request,
            ),
            self._move_places_sql(),
            joins,
            OPEN_MOVES,
            condition,
        )

    @api.model
    def _orders_sql(self):
        """What is to be received for purchase lines."""
        return self._brought_sql(
            SQL("'order'"),
            SQL("move.product_qty"),
            SQL("move.purchase_line_id"),
            SQL("NULL::integer"),
            SQL(),
            SQL("move.purchase_line_id IS NOT NULL AND source.warehouse_id IS NULL AND move.product_qty > 0"),
        )

    @api.model
    def _moving_in_sql(self):
        """What comes to the shelves otherwise: from other warehouses, production, and from the
        input and quality locations of the warehouse itself.

        Of a chain of open moves the first one counts, so later ones count for what is not in an
        open earlier one. A move between shelves of a warehouse brings back what it has reserved.
        For whom it is stands on the earlier moves; receipts take three steps at most.
        """
        return self._brought_sql(
            SQL("'incoming'"),
            SQL("brought.quantity"),
            SQL("chain.purchase_line_id"),
            SQL("part.maintenance_request_id"),
            SQL(
                """
                %s
                LEFT JOIN LATERAL (
                      SELECT SUM(CASE WHEN earlier.state IN %s AND earlier_goal.warehouse_id = goal.warehouse_id
                                      THEN earlier.product_qty END) AS quantity,
                             MIN(COALESCE(earlier.purchase_line_id, first.purchase_line_id)) AS purchase_line_id,
                             MIN(COALESCE(earlier.supplied_part_id, first.supplied_part_id)) AS supplied_part_id
                        FROM stock_move_move_rel rel
                        JOIN stock_move earlier ON earlier.id = rel.move_orig_id
                        JOIN stock_location earlier_goal
                          ON earlier_goal.id = COALESCE(earlier.location_final_id, earlier.location_dest_id)
                        LEFT JOIN LATERAL (
                              SELECT MIN(start.purchase_line_id) AS purchase_line_id,
                                     MIN(start.supplied_part_id) AS supplied_part_id
                                FROM stock_move_move_rel start_rel
                                JOIN stock_move start ON start.id = start_rel.move_orig_id
                               WHERE start_rel.move_dest_id = earlier.id
                             ) first ON TRUE
                       WHERE rel.move_dest_id = move.id
                     ) chain ON TRUE
                LEFT JOIN stock_move part ON part.id = COALESCE(move.supplied_part_id, chain.supplied_part_id)
               CROSS JOIN LATERAL (
                      SELECT CASE WHEN source.is_shelf AND source.warehouse_id = goal.warehouse_id
                                  THEN move.quantity * unit.factor / product_unit.factor
                                  ELSE move.product_qty - COALESCE(chain.quantity, 0) END AS quantity
                     ) brought
                """,
                self._unit_sql("move", "product_uom"),
                OPEN_MOVES,
            ),
            SQL(
                "(move.purchase_line_id IS NULL OR source.warehouse_id IS NOT NULL) "
                "AND (move.maintenance_request_id IS NULL OR move.origin_returned_move_id IS NOT NULL) "
                "AND (goal.is_shelf OR source.warehouse_id IS DISTINCT FROM goal.warehouse_id) "
                "AND brought.quantity > 0"
            ),
        )
