from odoo import api, models


def order_named_first(columns, rows, link):
    """The places of ``rows`` of a file in the order in which they can come in: what others name before them.

    :param link: the column with the external ids that a row names, one or several.
    """
    if "id" not in columns or link not in columns:
        return range(len(rows))
    key, link = columns.index("id"), columns.index(link)
    records = []
    for place, row in enumerate(rows):
        # further lines of a record have no id of their own
        if row[key] or not records:
            records.append([])
        records[-1].append(place)
    by_id = {rows[places[0]][key]: number for number, places in enumerate(records)}
    seen, order = set(), {}
    for first in range(len(records)):
        # not by recursion: a chain of assets may be long, and a wrong file may go round in it
        stack = [first]
        while stack:
            number = stack[-1]
            if number in seen:
                order.setdefault(stack.pop())
                continue
            seen.add(number)
            names = {name.strip() for place in records[number] for name in str(rows[place][link] or "").split(",")}
            stack += [other for other in map(by_id.get, sorted(names)) if other is not None and other not in seen]
    return [place for number in order for place in records[number]]


class MaintenanceImportOrder(models.AbstractModel):
    _name = "maintenance.import.order"
    _description = "Rows of a File in Any Order"

    @api.model
    def _maintenance_load_named_first(self, load, columns, rows, link):
        """``load`` the rows in an order that can be, and tell what is wrong by their places in the file."""
        order = list(order_named_first(columns, rows, link))
        result = load(columns, [rows[place] for place in order])
        for message in result["messages"]:
            if "rows" in message:
                message["rows"] = {side: order[place] for side, place in message["rows"].items()}
        result["messages"].sort(key=lambda message: message.get("rows", {}).get("from", 0))
        return result


class MaintenanceEquipmentImport(models.Model):
    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "maintenance.import.order"]

    @api.model
    def load(self, fields, data):
        """An export lists assets by name; an import wants the whole before its components."""
        return self._maintenance_load_named_first(super().load, fields, data, "parent_id/id")


class MaintenanceScheduleImport(models.Model):
    _name = "maintenance.schedule"
    _inherit = ["maintenance.schedule", "maintenance.import.order"]

    @api.model
    def load(self, fields, data):
        """An export lists schedules by date; an import wants those first that others include."""
        return self._maintenance_load_named_first(super().load, fields, data, "included_ids/id")
