from odoo import models


class MaintenanceRequestDocument(models.Model):
    """What stands on the printed work order besides its fields."""

    _inherit = "maintenance.request"

    def _get_document_url(self):
        """What its QR code holds: the work order in the web client."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/{self._name}/{self.id}"

    def _get_asset_path(self):
        """The names of the asset and of all it is part of, the largest first."""
        self.ensure_one()
        names, asset = [], self.equipment_id
        while asset:
            names.insert(0, asset.name)
            asset = asset.parent_id
        return " › ".join(names)

    def _get_pick_list(self):
        """The parts to fetch, in the order of the shelves; what is not on one stands last.

        :returns: list of dicts of ``part``, ``needed`` and ``unit``, ``quantity`` to take ``location`` and ``lots`` (names), or
            ``missing`` instead of a place.
        """
        self.ensure_one()
        rows = []
        # sudo: technicians fetch parts and need not be able to read transfers
        for move in self.sudo().part_ids:
            # not filtered: what is filtered out of many is read again for each
            if move.state in ("done", "cancel"):
                continue
            unit = move.product_uom.name
            part = move.product_id.display_name
            places = {}
            for line in move.move_line_ids:
                quantity, lots = places.get(line.location_id, (0.0, []))
                taken = line.product_uom_id._compute_quantity(line.quantity, move.product_uom, round=False)
                name = line.lot_id.name or line.lot_name
                places[line.location_id] = quantity + taken, [*lots, name] if name else lots
            row = {"part": part, "needed": move.product_uom_qty, "unit": unit}
            rows += [
                {**row, "quantity": quantity, "location": location.display_name, "lots": ", ".join(lots)}
                for location, (quantity, lots) in places.items()
                if quantity
            ]
            missing = move.product_uom_qty - sum(quantity for quantity, _lots in places.values())
            if move.product_uom.compare(missing, 0) > 0:
                rows.append({**row, "missing": missing})
        return sorted(rows, key=lambda row: ("missing" in row, row.get("location", ""), row["part"]))
