from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...authors import get_actor_id, is_change
from ...const import NEED_FIELDS
from ...context import BY_SYSTEM, OwnId, get_own_ids, is_by_system

#: What people who hold only maintenance rights may change on a part of a work order.
PART_FIELDS = {
    "description_picking",
    "lot_ids",
    "move_line_ids",
    "picked",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "quantity",
    "sequence",
}

#: What people change of parts; values follow from accounting, also when the work is closed.
CLOSED_FIELDS = PART_FIELDS | {"date", "location_dest_id", "location_id", "maintenance_request_id", "state"}

#: Money on moves; hidden from those who work on parts without other rights.
VALUE_FIELDS = {
    "price_unit",
    "remaining_value",
    "standard_price",
    "value",
    "value_computed_justification",
    "value_justification",
    "value_manual",
}


class StockMove(models.Model):
    """A part of a work order is a move from stock to the Maintenance location, without a picking."""

    _name = "stock.move"
    _inherit = ["stock.move", "maintenance.guard.mixin"]

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", index="btree_not_null", ondelete="restrict", copy=False
    )
    maintenance_requisition_line_ids = fields.Many2many(
        "maintenance.requisition.line",
        "maintenance_requisition_line_part_rel",
        "move_id",
        "line_id",
        "Requisition lines",
        copy=False,
    )
    # Set on moves that other rules (resupply, manufacture) make for a part.
    supplied_part_id = fields.Many2one(
        "stock.move", "Supplies part", index="btree_not_null", ondelete="set null", copy=False
    )
    supply_move_ids = fields.One2many("stock.move", "supplied_part_id", "Supply moves")
    maintenance_author_id = fields.Many2one(
        "res.users", "Needed by", readonly=True, copy=False, help="Who wrote how much of the part the job needs."
    )
    maintenance_cancelled_with_job = fields.Boolean(
        "Cancelled with its work order", readonly=True, copy=False, help="It comes back when that is reopened."
    )
    maintenance_ask_again = fields.Boolean(
        "Asked for again", readonly=True, copy=False, help="It was asked for when its work order was stopped."
    )
    # Shown to technicians instead of the engine's own words.
    qty_missing = fields.Float("Missing", compute="_compute_qty_missing", digits="Product Unit")
    maintenance_warning = fields.Char("Take care", compute="_compute_maintenance_warning")

    @api.depends("product_id.is_spare_part", "product_id.is_storable", "product_id.type")
    def _compute_maintenance_warning(self):
        for move in self:
            untracked = move.product_id and move.product_id.product_tmpl_id._maintenance_is_untracked_part()
            move.maintenance_warning = untracked and self.env._("Not tracked: always ready, never bought, costs nothing")

    @api.depends("state", "quantity", "picked", "product_uom_qty")
    def _compute_qty_missing(self):
        for move in self:
            move.qty_missing = move._get_missing_qty()

    @api.depends("maintenance_request_id.priority")
    def _compute_priority(self):
        parts = self.filtered("maintenance_request_id")
        for move in parts:
            move.priority = "1" if move.maintenance_request_id.priority in ("2", "3") else "0"
        return super(StockMove, self - parts)._compute_priority()

    @api.depends("maintenance_request_id.warehouse_id")
    def _compute_picking_type_id(self):
        parts = self.filtered("maintenance_request_id")
        for move in parts:
            move.picking_type_id = (
                move.picking_type_id or move.maintenance_request_id.warehouse_id.maintenance_type_id
            )
        return super(StockMove, self - parts)._compute_picking_type_id()

    @api.depends("maintenance_request_id.reference")
    def _compute_reference(self):
        parts = self.filtered("maintenance_request_id.reference")
        for move in parts:
            move.reference = move.maintenance_request_id.reference
        return super(StockMove, self - parts)._compute_reference()

    # -- CRUD --------------------------------------------------------------------------------

    @api.model
    def _get_guarded_fields(self):
        """What somebody adds without inventory rights takes no defaults but those of the module."""
        return self._fields.keys() if is_by_system(self.env, "maintenance_adding_part") else self._maintenance_get_link_fields()

    @api.model_create_multi
    def create(self, vals_list):
        self._maintenance_check_links(vals_list)
        # a work order that comes as a default is checked as well
        defaults = self.default_get(["maintenance_request_id"])
        vals_list = [
            {name: int(value) if isinstance(value, OwnId) else value for name, value in {**defaults, **vals}.items()}
            for vals in vals_list
        ]
        requests = self.env["maintenance.request"].browse(
            {vals["maintenance_request_id"] for vals in vals_list if vals.get("maintenance_request_id")}
        )
        if not requests:
            return super().create(vals_list)
        env = self.env
        if not self.env.su:
            requests.check_access("write")
            requests._check_part_access(adding=True)
        if self._has_only_part_rights("create"):
            for vals in vals_list:
                # sudo: what is named inside is read to be checked
                self.sudo()._check_part_vals(vals)
            # sudo: parts are added without inventory rights; access was checked on the work order
            self = self.with_context(maintenance_adding_part=BY_SYSTEM).sudo()
        author = {"maintenance_author_id": self._maintenance_get_author_id()}
        # read once for all; one by one each product would be read by itself
        product_ids = [vals["product_id"] for vals in vals_list if isinstance(vals.get("product_id"), int)]
        # sudo: as below
        self.env["product.product"].sudo().browse(product_ids).mapped("uom_id.name")
        # sudo: locations and types follow from the work order, whoever adds the part
        vals_list = [{**author, **self.sudo()._prepare_part_vals(vals)} for vals in vals_list]
        moves = super().create(vals_list)
        parts = moves.filtered("maintenance_request_id")
        parts._maintenance_check_part_places()
        parts = parts.filtered(lambda move: not move.origin_returned_move_id)
        parts._check_part()
        if is_by_system(self.env, "maintenance_confirming_parts"):
            # components of a kit, which is just being confirmed
            return moves.with_env(env)
        confirmable = parts.filtered(
            lambda move: move.state == "draft" and move.maintenance_request_id.sudo().date_approved
        )
        confirmed = confirmable.sudo()._confirm_part()
        return ((moves - (confirmable - confirmed)) | confirmed).with_env(env)

    def write(self, vals):
        self._maintenance_check_links([vals])
        parts = self.sudo().filtered("maintenance_request_id")
        if not parts and not vals.get("maintenance_request_id"):
            return super().write(vals)
        if NEED_FIELDS & vals.keys() and len(self) > 1:
            # each in the unit of its own product
            for move in self:
                move.write(vals)
            return True
        if CLOSED_FIELDS & vals.keys():
            parts.maintenance_request_id.with_env(self.env)._maintenance_check_not_closed()
        self._maintenance_check_used_quantity([vals])
        if not self.env.su and any(move.maintenance_request_id.id != vals["maintenance_request_id"] for move in self.sudo()
                                   if "maintenance_request_id" in vals):
            raise UserError(self.env._("A part stays on its work order; drop it and add it to the other one."))
        only_part_rights = self._has_only_part_rights("write")
        if only_part_rights:
            # also for what is no part: it is among what is written below
            self.check_access("write")
            parts.maintenance_request_id.with_env(self.env)._check_part_access()
            parts._check_part_vals(vals)
            vals = parts._maintenance_delete_lines_taken_off(vals)
            if any(move.state == "done" for move in parts):
                raise UserError(self.env._("Used parts cannot be changed; return them instead."))
            if "quantity" in vals:
                # who works on the job and enters a quantity says what was used
                vals = {"picked": True, **vals}
            # sudo: parts are changed without inventory rights; access was checked on the work order
            self = self.sudo()
        # what is split in two is needed as before
        splitting = is_by_system(self.env, "maintenance_splitting_part")
        if NEED_FIELDS & vals.keys() and not splitting:
            parts._maintenance_check_not_out(vals)
        reserved = parts.filtered(lambda move: move.state == "assigned")
        demand_before = {move.id: move.product_uom_qty for move in reserved}
        vals = dict(vals)  # replacing adds to it
        replaced = parts._begin_replacing(vals)
        vals = parts._maintenance_count_as_stock(vals)
        demand_changes = bool(NEED_FIELDS & vals.keys()) and not splitting
        outer = not is_by_system(self.env, "maintenance_parts_settling")
        settles = demand_changes or bool({"quantity", "picked", "move_line_ids", "lot_ids"} & vals.keys())
        if parts._maintenance_needs_more(vals):
            vals = {**vals, "maintenance_author_id": self._maintenance_get_author_id()}
        if outer and settles:
            # One look at the end; in between, the engine releases and reserves again.
            self = self.with_context(maintenance_parts_settling=BY_SYSTEM)
        chooses = only_part_rights and {"lot_ids", "move_line_ids"} & vals.keys()
        taken = parts._maintenance_get_taken() if chooses else {}
        result = super().write(vals)
        if only_part_rights and {"quantity", "move_line_ids"} & vals.keys():
            parts._maintenance_check_on_shelf()
        if chooses:
            parts._maintenance_check_chosen_shelves(taken)
        if {"location_id", "location_dest_id", "maintenance_request_id", "picking_id"} & vals.keys():
            self.sudo().filtered("maintenance_request_id")._maintenance_check_part_places()
        if demand_changes:
            settling = parts.with_context(maintenance_parts_settling=BY_SYSTEM)
            settling._check_part()
            settling.filtered(lambda move: move.state in ("confirmed", "partially_available"))._action_assign()
            settling._settle_supply()
            replaced._procure_parts()
            settling._offer_to_waiting_parts()
        if outer and settles:
            # what is here, or said to be used, is not wanted any more
            parts._release_held_supply()
        if outer and (settles or "state" in vals):
            parts._refresh_sharing()
            lost = reserved.filtered(
                lambda move: move._get_missing_qty() and move.product_uom_qty <= demand_before[move.id]
            )
            given_back = self.browse(get_own_ids(self.env, "maintenance_giving_back"))
            parts.maintenance_request_id._on_parts_changed(lost - replaced - given_back)
        return result

    def unlink(self):
        parts = self.sudo().filtered("maintenance_request_id")
        if not parts:
            return super().unlink()
        requests = parts.maintenance_request_id
        self._check_part_removal(parts)
        parts._maintenance_check_not_out()
        open_parts = parts.filtered(lambda move: move.state not in ("draft", "done"))
        open_parts._action_cancel()
        open_parts._settle_supply()
        open_parts._offer_to_waiting_parts()
        result = super(StockMove, parts if self._has_only_part_rights("unlink") else self).unlink()
        requests.exists()._on_parts_changed()
        return result

    def _begin_replacing(self, vals):
        """Give back what is reserved and asked for a product before another takes its place.

        :returns: the parts that were asked for, so the new product is asked for as well.
        :raises UserError: a part was used already.
        """
        if "product_id" not in vals:
            return self.browse()
        product = self.env["product.product"].browse(vals["product_id"])
        replaced = self.filtered(lambda move: move.product_id != product)
        if any(move.state == "done" for move in replaced):
            raise UserError(self.env._("Used parts cannot be replaced; return them and add the other part."))
        if any(move.state != "draft" and product.with_company(move.company_id)._is_maintenance_kit() for move in replaced):
            raise UserError(self.env._("%s is a kit; drop this part and add the kit instead.", product.display_name))
        if "product_uom" not in vals and len(replaced.product_uom) == 1:
            # native code would turn 20 pieces into 20 dozens
            unit = replaced.product_uom
            vals["product_uom"] = (unit if unit._has_common_reference(product.uom_id) else product.uom_id).id
        replaced = replaced.with_context(maintenance_parts_settling=BY_SYSTEM)
        asked = replaced.filtered(lambda move: any(move.maintenance_requisition_line_ids.mapped("is_open")))
        lines = replaced.maintenance_requisition_line_ids
        replaced._maintenance_give_back()
        replaced._offer_to_waiting_parts()
        for move in replaced:
            if move.state != "draft":
                move.maintenance_request_id.message_post(
                    body=self.env._(
                        "Part replaced: %(old)s by %(new)s.",
                        old=move._describe_parts(),
                        new=product.display_name,
                    )
                )
        replaced.write({"maintenance_requisition_line_ids": [fields.Command.clear()]})
        lines._withdraw()
        return asked

    def _check_part_removal(self, parts):
        """:raises UserError: the user may not change the parts, or one was used."""
        if self.env.su:
            return
        self.check_access("unlink")
        parts.maintenance_request_id.with_env(self.env)._check_part_access()
        if any(move.state == "done" for move in parts):
            raise UserError(self.env._("Used parts cannot be deleted; return them instead."))

    def _has_field_access(self, field, operation):
        if field.name in VALUE_FIELDS and self._has_only_part_rights("read"):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _has_only_part_rights(self, operation):
        """Whether the user may do this to parts solely because of maintenance."""
        if self.env.su:
            return False
        if operation != "read":
            # Purchase and others grant rights on moves as well, for their own ones
            return not self.env.user.has_group("stock.group_stock_user")
        return self.env.user._get_part_rights_only(operation)

    # -- Preparing and checking parts ------------------------------------------------------------

    def _maintenance_needs_more(self, vals):
        """Whether ``vals`` make these parts more, or others; what is taken off stays whose it was."""
        return any(
            is_change(move, name, vals[name]) and (name != "product_uom_qty" or vals[name] > move[name])
            for move in self
            for name in NEED_FIELDS & vals.keys()
        )

    @api.model
    def _maintenance_get_author_id(self):
        actor_id = get_actor_id(self.env)
        return False if actor_id == SUPERUSER_ID else actor_id

    @api.model
    def _prepare_part_vals(self, vals):
        """Complete the values of a part, which needs only a product and a quantity."""
        request = self.env["maintenance.request"].browse(vals.get("maintenance_request_id"))
        if not request or vals.get("origin_returned_move_id"):
            return vals
        picking_type = request.warehouse_id.maintenance_type_id
        if not picking_type:
            raise UserError(
                self.env._(
                    "%s belongs to no warehouse; choose the one its parts come from.", request.display_name
                )
            )
        # read at once
        (picking_type.default_location_src_id | picking_type.default_location_dest_id).mapped("warehouse_id")
        defaults = {
            "company_id": request.company_id.id,
            "picking_type_id": picking_type.id,
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": picking_type.default_location_dest_id.id,
            "warehouse_id": request.warehouse_id.id,
            "origin": request.reference,
            "date": request.schedule_date or fields.Datetime.now(),
        }
        return self._maintenance_count_as_stock({**defaults, **vals, "procure_method": "make_to_stock"})

    def _check_part_vals(self, vals):
        """:raises UserError: somebody with maintenance rights only touches more than the part itself."""
        beyond = vals.keys() - PART_FIELDS - {"maintenance_request_id"}
        if beyond:
            self._maintenance_refuse_part_field("stock.move", sorted(beyond)[0])
        self._maintenance_check_part_commands(vals)

    def _maintenance_check_part_places(self):
        """A part goes from stock to the Maintenance location, without a transfer; what comes back goes the other way.

        :raises UserError: anything else, whose value would become a cost of the work order.
        """
        for move in self.sudo():
            used = move.origin_returned_move_id
            here = move.location_id if used else move.location_dest_id
            if not here.is_maintenance or move.picking_id or (
                used and used.maintenance_request_id != move.maintenance_request_id
            ):
                raise UserError(
                    self.env._(
                        "Only parts that are used on %s belong to it; add them there.",
                        move.maintenance_request_id.display_name,
                    )
                )

    def _check_part(self):
        """:raises UserError: quantity, unit, product or company do not fit the work order."""
        for move in self.sudo().filtered(lambda move: move.state not in ("done", "cancel")):
            product, uom = move.product_id, move.product_uom
            request = move.maintenance_request_id
            if uom.compare(move.product_uom_qty, 0) <= 0:
                message = self.env._("Enter a quantity above zero for %s.", product.display_name)
            elif not uom._has_common_reference(product.uom_id):
                message = self.env._(
                    "%(product)s is counted in %(unit)s; it cannot be counted in %(other)s.",
                    product=product.display_name,
                    unit=product.uom_id.name,
                    other=uom.name,
                )
            elif not product.active:
                message = self.env._("%s is archived; choose a product that is still in use.", product.display_name)
            elif product.type != "consu":
                message = self.env._(
                    "%s is a service and cannot be taken from stock; put it on a requisition.", product.display_name
                )
            elif product.company_id and product.company_id != request.company_id:
                message = self.env._(
                    "%(product)s belongs to %(company)s and cannot be used on %(work_order)s.",
                    product=product.display_name,
                    company=product.company_id.name,
                    work_order=request.display_name,
                )
            elif move.company_id != request.company_id:
                message = self.env._("%s belongs to another company.", request.display_name)
            else:
                continue
            raise UserError(message)

    # -- Native hooks ---------------------------------------------------------------------------------

    def _action_assign(self, force_qty=False):
        """Reserve in one go, then look once at the work orders whose parts are there now."""
        parts = self.filtered("maintenance_request_id")
        if not parts or is_by_system(self.env, "maintenance_parts_settling"):
            return super()._action_assign(force_qty=force_qty)
        parts._prefetch_for_reservation()
        settling = self._sorted_for_parts().with_context(
            maintenance_parts_settling=BY_SYSTEM, quants_cache=self._maintenance_read_quants()
        )
        result = super(StockMove, settling)._action_assign(force_qty=force_qty)
        # sudo: whoever reserves wakes up work orders they cannot write on
        parts = parts.sudo()
        parts._release_held_supply()
        parts.maintenance_request_id._on_parts_changed()
        return result

    def _prepare_move_split_vals(self, uom_qty):
        vals = super()._prepare_move_split_vals(uom_qty)
        if self.maintenance_request_id:
            vals["maintenance_request_id"] = self.maintenance_request_id.id
            vals["maintenance_author_id"] = OwnId(self.maintenance_author_id.id)
            vals["maintenance_requisition_line_ids"] = [fields.Command.set(self.maintenance_requisition_line_ids.ids)]
        return vals

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return super()._prepare_merge_moves_distinct_fields() + ["maintenance_request_id", "supplied_part_id"]

    def _skip_push(self):
        """Nothing is pushed on from the Maintenance location."""
        return bool(self.maintenance_request_id) or super()._skip_push()

    def _should_be_assigned(self):
        """Parts stay without a picking."""
        return not self.maintenance_request_id and super()._should_be_assigned()

    def _is_consuming(self):
        return super()._is_consuming() or bool(self.maintenance_request_id)

    def _get_source_document(self):
        return self.maintenance_request_id or super()._get_source_document()
