from base64 import b64encode
from copy import deepcopy
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook

from .history_common import HistoryCase

#: A small bakery, by sheet: the head, then rows. Own content.
BAKERY = {
    "Instruction": [["Title", "Bakery"]],
    "Contact": [
        ["Email", "CreatedBy", "Category", "Company", "GivenName", "FamilyName"],
        ["sales@ovens.example", "n/a", "Maker", "Ovens & Sons", "n/a", "n/a"],
        ["parts@flour.example", "n/a", "Supplier", "Flour Supplies", "Ina", "Mill"],
    ],
    "Facility": [["Name", "CreatedBy", "Category", "SiteName"], ["Bakery North", "n/a", "Factory", "Mill Road"]],
    "Floor": [["Name", "Category"], ["Ground", "Floor"], ["Roof", "Roof"]],
    "Space": [
        ["Name", "CreatedBy", "Category", "FloorName", "Description", "RoomTag"],
        ["G01", "n/a", "Hall", "Ground", "Baking hall", "n/a"],
        ["G02", "n/a", "Room", "Ground", "Dough room", "n/a"],
        ["R01", "n/a", "Plant", "Roof", "Ventilation", "n/a"],
    ],
    "Type": [
        ["Name", "Category", "Description", "AssetType", "Manufacturer", "ModelNumber", "WarrantyGuarantorParts",
         "WarrantyDurationParts", "WarrantyGuarantorLabor", "WarrantyDurationLabor", "WarrantyDurationUnit", "ReplacementCost",
         "ExpectedLife", "DurationUnit", "WarrantyDescription"],
        ["Deck oven", "Ovens", "Three decks", "Fixed", "sales@ovens.example", "DO-3", "n/a", 2, "n/a", 1, "year", 18500, 15,
         "year", "Decks only"],
        ["Mixer", "n/a", "n/a", "Moveable", "Stirwell", "n/a", "n/a", "n/a", "n/a", 18, "month", "n/a", "n/a", "n/a", "n/a"],
    ],
    "Component": [
        ["Name", "CreatedBy", "TypeName", "Space", "Description", "SerialNumber", "InstallationDate", "WarrantyStartDate",
         "TagNumber", "BarCode", "AssetIdentifier"],
        ["Oven 1", "n/a", "Deck oven", "G01", "By the door", "DO3-771", "2025-03-01T08:00:00", "2025-04-01", "OV-1", "n/a",
         "BN-0001"],
        ["Oven 2", "n/a", "Deck oven", "G01", "n/a", "DO3-772", datetime(2025, 3, 2), "1900-12-31T23:59:59", "OV-2",
         4006381333931, "n/a"],
        ["Mixer 1", "n/a", "Mixer", "G02, G01", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a"],
    ],
    "Spare": [
        ["Name", "Category", "TypeName", "Suppliers", "Description", "SetNumber", "PartNumber"],
        ["Door seal", "Part", "Deck oven", "parts@flour.example", "Silicone", "n/a", "DS-10"],
        ["Dough hook", "Part", "Mixer", "n/a", "n/a", "n/a", "n/a"],
    ],
    "Resource": [
        ["Name", "Category", "Description"],
        ["Torque wrench", "Tools", "20 to 100 Nm"],
        ["Door seal", "Material", "n/a"],
    ],
    "Job": [
        ["Name", "Category", "Status", "TypeName", "Description", "Duration", "DurationUnit", "Start", "TaskStartUnit",
         "Frequency", "FrequencyUnit", "TaskNumber", "Priors", "ResourceNames"],
        ["Oven service", "PM", "Not Yet Started", "Deck oven", "Tighten the hinges", 30, "minute", "2025-05-15", "n/a", 6,
         "month", "20", "10", "Torque wrench"],
        ["Oven service", "PM", "Not Yet Started", "Deck oven", "Replace the door seal", 1.5, "hour", "2025-05-15", "n/a", 6,
         "month", "10", "n/a", "Door seal"],
        ["Grease the mixer", "PM", "Not Yet Started", "Mixer", "n/a", 1, "hour", "n/a", "n/a", 1, "quarter", "n/a", "n/a", "n/a"],
        ["Power cut", "Emergency", "Not Yet Started", "Deck oven", "Take the dough out", 2, "hour", "n/a", "n/a", 1,
         "as required", "n/a", "n/a", "n/a"],
    ],
    "Document": [
        ["Name", "Category", "SheetName", "RowName", "Directory", "File"],
        ["Manual", "Operation", "Type", "Deck oven", "https://docs.example/ovens/", "do3.pdf"],
        ["Permit", "Legal", "Facility", "Bakery North", "n/a", "permit.pdf"],
    ],
    "Attribute": [
        ["Name", "Category", "SheetName", "RowName", "Value", "Unit"],
        ["Power", "n/a", "Type", "Deck oven", 27.5, "kW"],
        ["Colour", "n/a", "Component", "Oven 1", "red", "n/a"],
        ["Height", "n/a", "Space", "G01", 4, "m"],
    ],
}  # fmt: skip


class CobieCase(HistoryCase):
    """A planner with the right to bring in history, and a bakery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.miller = cls.env["res.partner"].create({"name": "Flour Supplies", "email": "parts@flour.example"})

    def _sheets(self, **changed):
        """The bakery, with sheets of another content, or none for None."""
        sheets = {**deepcopy(BAKERY), **changed}
        return {name: rows for name, rows in sheets.items() if rows is not None}

    def _with_rows(self, sheet, *rows):
        """The rows of a sheet with further ones, as dicts by column."""
        head = BAKERY[sheet][0]
        return [*deepcopy(BAKERY[sheet]), *[[row.get(column, "n/a") for column in head] for row in rows]]

    def _write(self, sheets):
        book = Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        content = BytesIO()
        book.save(content)
        return content.getvalue()

    def _open(self, content, user=None, **values):
        content = self._write(content) if isinstance(content, dict) else content
        return self.env["maintenance.cobie.import"].with_user(user or self.mover).create(
            {"content": b64encode(content), "filename": "bakery.xlsx", **values}
        )

    def _bring_in(self, sheets=None, **values):
        wizard = self._open(sheets or self._sheets(), **values)
        wizard.action_bring_in()
        return wizard

    def _refused(self, wizard):
        return [(line.sheet, line.row_number, line.reason) for line in wizard.finding_ids if line.is_refused]

    def _counts(self, wizard, name):
        return {line.sheet: line[name] for line in wizard.sheet_ids if line[name]}

    def _asset(self, name):
        return self.env["maintenance.equipment"].search([("name", "=", name), ("location_id.maintenance_is_place", "=", True)])
