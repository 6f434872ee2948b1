from collections import defaultdict

from odoo import models

from .import_rules import MIN_MAX, ONCE, PARTS, find_order
from .maintenance_history_mixin import BRING_IN


class BaseImportRows(models.TransientModel):
    """The rows of a file among each other and beside what is there: what comes twice, and what is part of what.

    A row is a list of ``(number, cells)``: its own and those of the lines that follow it.
    """

    _inherit = "base_import.import"

    def _maintenance_check_rows(self, reading, columns, groups):
        """:returns: the rows that can be, those first that others are part of."""
        places = {column.path: place for place, column in enumerate(columns)}
        for check in (self._maintenance_check_missing, self._maintenance_check_min_max, self._maintenance_check_once):
            refused = {message["row"] for message in reading.messages}
            check(reading, columns, places, groups)
            now = {message["row"] for message in reading.messages} - refused
            groups = [group for group in groups if not now.intersection(number for number, _row in group)]
        return self._maintenance_sort_parts(reading, columns, places, groups)

    def _maintenance_check_missing(self, reading, columns, places, groups):
        """What every record needs and no default gives: said by name, before the database does."""
        needed = [
            (place, column)
            for place, column in enumerate(columns)
            if column.field is not None and "/" not in column.path and column.field.required and column.kind in ("char", "text")
        ]
        known = [places[name] for name in ("id", ".id") if name in places]
        for group in groups:
            number, row = group[0]
            for place, column in needed:
                if not row[place] and not any(row[other] for other in known):
                    self._maintenance_refuse(reading, number, self.env._("“%s” is missing.", column.label), column)

    def _maintenance_check_min_max(self, reading, columns, places, groups):
        low, high = MIN_MAX.get(self.res_model, (None, None))
        if low not in places or high not in places:
            return
        for group in groups:
            number, row = group[0]
            least, most = row[places[low]], row[places[high]]
            if least and most and float(least) > float(most):
                reason = self.env._("The minimum %(least)s is above the maximum %(most)s.", least=least, most=most)
                self._maintenance_refuse(reading, number, reason, columns[places[low]])

    def _maintenance_check_once(self, reading, columns, places, groups):
        """Numbers that stand in the file twice or are here already, of whatever company shares them."""
        model = self.env[self.res_model]
        if self.env.context.get(BRING_IN) and self._maintenance_knows_past():
            return
        known = [places[name] for name in ("id", ".id") if name in places]
        for name in ONCE.get(self.res_model, ()):
            if name not in places:
                continue
            column = columns[places[name]]
            values = [group[0][1][places[name]] for group in groups]
            given = [value for value in values if value]
            found = model.with_context(active_test=False).search_fetch([(name, "in", given)], [name])
            here = {record[name] for record in found}
            first = {}
            for group, value in zip(groups, values, strict=True):
                number, row = group[0]
                if not value:
                    continue
                # what differs in capitals only is one number of an asset
                key = value.upper() if name == "maintenance_number" else value
                if key in first:
                    reason = self.env._("%(value)s stands in row %(row)s already.", value=value, row=first[key])
                    self._maintenance_refuse(reading, number, reason, column)
                elif value in here and not any(row[place] for place in known):
                    self._maintenance_refuse(reading, number, self.env._("%s is here already.", value), column)
                else:
                    first[key] = number

    def _maintenance_sort_parts(self, reading, columns, places, groups):
        """What stands later in the file may be what others are part of; nothing is part of itself."""
        parent, keys = PARTS.get(self.res_model, (None, ()))
        path = next((name for name in (parent, f"{parent}/id") if name in places), None)
        if not path:
            return groups
        by_name = defaultdict(dict)
        for place, group in enumerate(groups):
            for key in keys:
                if key in places and group[0][1][places[key]]:
                    by_name[key].setdefault(group[0][1][places[key]].casefold(), place)
        parents = {}
        for place, group in enumerate(groups):
            named = group[0][1][places[path]].casefold()
            wanted = ("id",) if path.endswith("/id") else [key for key in keys if key != "id"]
            parents[place] = next((by_name[key][named] for key in wanted if named and named in by_name[key]), None)
        order, circle = find_order(parents)
        lost = set(circle)
        for place in order:
            if place in circle:
                reason = (
                    self.env._("It cannot be part of itself.")
                    if parents[place] == place
                    else self.env._("It is part of something that is part of it.")
                )
            elif parents[place] in lost:
                lost.add(place)
                reason = self.env._("What it is part of, in row %s, does not come in.", groups[parents[place]][0][0])
            else:
                continue
            self._maintenance_refuse(reading, groups[place][0][0], reason, columns[places[path]])
        return [groups[place] for place in order if place not in lost]
