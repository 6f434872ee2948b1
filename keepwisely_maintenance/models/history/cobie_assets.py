"""From COBie to places, assets and spare parts."""

from collections import defaultdict

from markupsafe import Markup

from .cobie_base import CobieBase
from .cobie_values import Unreadable, read_day, read_number, read_unit, split_list, to_months

#: Sheets whose attributes and documents are kept, in the notes of assets.
KEPT_DETAILS = ("Type", "Component")


class CobieAssets(CobieBase):
    """Facility, Floor and Space become places, Component becomes assets with what Type says of them, Spare spare parts."""

    def __init__(self, env, company, book):
        super().__init__(env, company, book)
        #: Names of contacts by address, vendors by how rows name them, and what attributes and documents say, by sheet and name.
        self.contacts, self.partners, self.details = {}, {}, {}

    # -- Contacts -----------------------------------------------------------------------------------------

    def take_contacts(self):
        """Who they are, for those who make and sell; people themselves stay where they are kept."""
        for row in self.get_rows("Contact"):
            person = " ".join(filter(None, [row.text("GivenName"), row.text("FamilyName")]))
            self.contacts[row.name.casefold()] = row.text("Company") or person or row.name
            self.counts["Contact"]["details"] += 1

    def get_contact_name(self, text):
        return self.contacts.get(text.casefold(), text)

    def find_partner(self, row, column):
        """The vendor that an address or its contact's name stands for, if he is kept here; a note where he is not."""
        text = next(iter(split_list(row.text(column))), "")
        if not text:
            return None
        if text not in self.partners:
            partners = self.env["res.partner"].with_context(active_test=True)
            domain = [("company_id", "in", [self.company.id, False])]
            found = partners.search([*domain, ("email", "=ilike", text)], limit=1) if "@" in text else partners
            found = found or partners.search([*domain, ("name", "=ilike", self.get_contact_name(text))], limit=1)
            self.partners[text] = found.commercial_partner_id
            if not found:
                self.note(
                    row,
                    self.env._(
                        "%(column)s “%(name)s” is no contact here and is left out; add the contact to have it.",
                        column=column,
                        name=self.get_contact_name(text),
                    ),
                )
        return self.partners[text]

    # -- Places -------------------------------------------------------------------------------------------

    def take_places(self):
        facilities = [(row, None) for row in self.get_rows("Facility")]
        self._make_places("Facility", facilities)
        # floors say nothing of their building; a workbook is about one
        building = next((self.records["Facility"].get(row.name.casefold()) for row, _parent in facilities), None)
        for row, _parent in facilities[1:]:
            self.note(row, self.env._("Floors do not say which building they are of; all come under the first one."))
        self._make_places("Floor", [(row, building) for row in self.get_rows("Floor")])
        spaces = []
        for row in self.get_rows("Space"):
            reasons = []
            floor = self.find(row, "FloorName", reasons, required=False)
            if reasons:
                self.refuse(row, *reasons)
                continue
            if not floor:
                self.note(row, self.env._("FloorName is empty; it comes under the building."))
            spaces.append((row, floor or building))
        self._make_places("Space", spaces)

    def _make_places(self, sheet, rows):
        """:param rows: of ``(row, the place that it is part of)``."""
        places = self.env["stock.location"].with_context(maintenance_new_place=True)
        here = {}
        names = [row.name for row, _parent in rows]
        for place in places.search(
            [("maintenance_is_place", "=", True), ("name", "in", names), ("company_id", "in", [self.company.id, False])]
        ):
            here.setdefault((place.location_id.id, place.name.casefold()), place)
        known = self.find_by_external_name(places, {self.get_external_name(sheet, name) for name in names})
        entries = []
        for row, parent in rows:
            place = here.get((parent.id if parent else False, row.name.casefold()))
            external = self.get_external_name(sheet, row.name)
            if place and external not in known:
                self.counts[sheet]["known"] += 1
                self.records[sheet][row.name.casefold()] = place
                continue
            values = {"name": row.name, "company_id": self.company.id, "location_id": parent.id if parent else False}
            entries.append((row, external, values))
        made = self.make(places, entries)
        for row, external, _values in entries:
            if external in made:
                self.records[sheet][row.name.casefold()] = made[external]

    # -- Types and what is said of them -------------------------------------------------------------------

    def take_types(self):
        """What assets of a type have in common."""
        for row in self.get_rows("Type"):
            reasons = []
            values = self._read_type(row, reasons)
            if reasons:
                self.refuse(row, *reasons)
                continue
            assets = self.env["maintenance.equipment"]
            self.records["Type"][row.name.casefold()] = {"row": row, "values": values, "assets": assets}
            self.counts["Type"]["details"] += 1

    def _read_type(self, row, reasons):
        number, replacement, life = (
            self.read(read_number, row, column, reasons)
            for column in ("WarrantyDurationParts", "ReplacementCost", "ExpectedLife")
        )
        number = number or self.read(read_number, row, "WarrantyDurationLabor", reasons)
        vendor = self.find_partner(row, "WarrantyGuarantorParts")
        return {
            "category": row.text("Category") or row.name,
            "maintenance_manufacturer": self.get_contact_name(row.text("Manufacturer")) or False,
            "model": row.text("ModelNumber") or row.text("ModelReference") or False,
            "maintenance_warranty_months": self._read_months(row, number, "WarrantyDurationUnit", reasons),
            "useful_life_years": self._read_months(row, life, "DurationUnit", reasons) / 12,
            "replacement_value": replacement or 0.0,
            "partner_id": vendor.id if vendor else False,
        }

    def _read_months(self, row, number, column, reasons):
        if not number:
            return 0
        try:
            return to_months(number, read_unit(row.text(column)))
        except Unreadable:
            reasons.append(
                self.env._("%(column)s “%(text)s” is none of day, week, month, quarter and year.",
                           column=column, text=row.text(column))
            )  # fmt: skip
            return 0

    def take_details(self):
        """Attributes and documents of types and components, as lines of notes; those of others are told."""
        left = {}
        for sheet in ("Attribute", "Document"):
            for row in self.get_rows(sheet, unique=False):
                about = next((name for name in KEPT_DETAILS if name.casefold() == row.text("SheetName").casefold()), None)
                if not about:
                    left.setdefault((sheet, row.text("SheetName")), []).append(row)
                    continue
                if not row.text("RowName"):
                    self.refuse(row, self.env._("%s is empty.", "RowName"))
                    continue
                line = self._describe_attribute(row) if sheet == "Attribute" else self._describe_document(row)
                self.details.setdefault((about, row.text("RowName").casefold()), []).append((row, line))
                self.counts[sheet]["details"] += 1
        self.note_left_out(left)

    def _describe_attribute(self, row):
        return f"{row.name}: {' '.join(filter(None, [row.text('Value') or '–', row.text('Unit')]))}"

    def _describe_document(self, row):
        place = "/".join(filter(None, [row.text("Directory").rstrip("/"), row.text("File")]))
        kind = f" ({row.text('Category')})" if row.text("Category") else ""
        if place.startswith(("https://", "http://")):
            return Markup('<a href="%s" target="_blank" rel="noreferrer">%s</a>%s') % (place, row.name, kind)
        return f"{row.name}{kind}: {place}" if place else f"{row.name}{kind}"

    def note_lost_details(self):
        """Details of rows that are not in the workbook."""
        for (about, name), lines in self.details.items():
            if name not in self.records.get(about, {}):
                for row, _line in lines:
                    self.counts[row.sheet]["details"] -= 1
                    self.refuse(row, self.env._("“%(name)s” does not come in on the sheet %(sheet)s.",
                                                name=row.text("RowName"), sheet=about))  # fmt: skip

    # -- Assets -------------------------------------------------------------------------------------------

    def take_assets(self):
        equipment = self.env["maintenance.equipment"]
        tags = self.book.count_names("Component", "TagNumber")
        entries, numbers, kinds = [], {}, {}
        for row in self.get_rows("Component"):
            reasons = []
            kind = self.find(row, "TypeName", reasons)
            places = self._find_places(row, reasons)
            days = {
                "effective_date": self.read(read_day, row, "InstallationDate", reasons),
                "maintenance_warranty_start": self.read(read_day, row, "WarrantyStartDate", reasons),
            }
            number = row.text("AssetIdentifier")
            tag = row.text("TagNumber")
            if not number and tag and tags[tag.casefold()] == 1:
                number = tag
            if number and number.upper() in numbers:
                reasons.append(self.env._("The number %(number)s stands in row %(row)s already.",
                                          number=number, row=numbers[number.upper()]))  # fmt: skip
            if reasons:
                self.refuse(row, *reasons)
                continue
            if number:
                numbers[number.upper()] = row.number
            kinds[row] = kind
            values = {
                "name": row.name,
                "company_id": self.company.id,
                "maintenance_number": number or False,
                "serial_no": row.text("SerialNumber") or False,
                "maintenance_barcode": row.text("BarCode") or False,
                "location_id": places[0].id if places else False,
                "note": self._describe_asset(row, kind, number, places[1:]),
                **days,
                **{name: value for name, value in kind["values"].items() if name != "category"},
            }
            entries.append((row, self.get_external_name("Component", row.name), values))
        here = self._find_numbered(numbers)
        known = self.find_by_external_name(equipment, {external for _row, external, _values in entries})
        fresh = []
        for row, external, values in entries:
            asset = here.get((values["maintenance_number"] or "").upper())
            if asset and external not in known:
                self.counts["Component"]["known"] += 1
                known[external] = asset
            else:
                fresh.append((row, external, values))
        self._set_categories([entry for entry in fresh if entry[1] not in known], kinds)
        known.update(self.make(equipment, fresh))
        found = defaultdict(list)
        for row, external, _values in entries:
            if external in known:
                self.records["Component"][row.name.casefold()] = known[external]
                found[kinds[row]["row"].name.casefold()].append(known[external].id)
        for name, ids in found.items():
            self.records["Type"][name]["assets"] = equipment.browse(ids)

    def _find_places(self, row, reasons):
        """The spaces that a component names, one or several apart by commas."""
        text = row.text("Space")
        names = [text] if text.casefold() in self.records.get("Space", {}) else split_list(text)
        found = [self.find_name(name, "Space", "Space", reasons) for name in names]
        return [place for place in found if place]

    def _find_numbered(self, numbers):
        if not numbers:
            return {}
        domain = [("company_id", "=", self.company.id), ("maintenance_number", "!=", False)]
        assets = self.env["maintenance.equipment"].search_fetch(domain, ["maintenance_number"])
        return {asset.maintenance_number.upper(): asset for asset in assets if asset.maintenance_number.upper() in numbers}

    def _set_categories(self, entries, kinds):
        """Categories of the types that are used; new ones where there are none of the name."""
        categories = self.env["maintenance.equipment.category"]
        names = {kinds[row]["values"]["category"] for row, _external, _values in entries}
        here = {
            category.name.casefold(): category
            for category in categories.search([("company_id", "in", [self.company.id, False])])
        }
        missing = {name.casefold(): name for name in sorted(names) if name.casefold() not in here}
        made = categories.create([{"name": name, "company_id": self.company.id} for name in missing.values()])
        here.update(zip(missing, made, strict=True))
        for row, _external, values in entries:
            values["category_id"] = here[kinds[row]["values"]["category"].casefold()].id

    def _describe_asset(self, row, kind, number, further_places):
        lines = []
        if row.text("TagNumber") and row.text("TagNumber") != number:
            lines.append(self.env._("Tag: %s", row.text("TagNumber")))
        if further_places:
            lines.append(self.env._("Also in: %s", ", ".join(place.name for place in further_places)))
        about = kind["row"]
        described = about.text("Description")
        lines.append(self.env._("Type: %s", f"{about.name} ({described})" if described else about.name))
        if about.text("WarrantyDescription"):
            lines.append(self.env._("Warranty: %s", about.text("WarrantyDescription")))
        for key in (("Component", row.name.casefold()), ("Type", about.name.casefold())):
            lines += [line for _row, line in self.details.get(key, ())]
        listed = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return Markup("<p>%s</p><ul>%s</ul>") % (row.text("Description"), listed)

    # -- Spare parts --------------------------------------------------------------------------------------

    def take_spares(self):
        products = self.env["product.template"].with_context(default_is_spare_part=True)
        entries, kinds = [], {}
        for row in self.get_rows("Spare"):
            reasons = []
            kinds[row] = self._find_types(row, reasons)
            if reasons:
                self.refuse(row, *reasons)
                continue
            vendor = self.find_partner(row, "Suppliers")
            number = row.text("PartNumber")
            said = filter(None, [row.text("Description"), row.text("Category"), row.text("SetNumber")])
            values = {
                "name": row.name, "default_code": number or False, "is_spare_part": True,
                "description": Markup("<br/>").join(said) or False,
                **({"maintenance_vendor_id": vendor.id} if vendor else {}),
            }  # fmt: skip
            entries.append((row, self.get_external_name("Spare", row.name), values))
        records = self._make_spares(products, entries)
        for row, external, _values in entries:
            product = records.get(external)
            if product:
                self.records["Spare"][row.name.casefold()] = product
                self._fit_spare(product, kinds[row])

    def _make_spares(self, products, entries):
        """A part of the same number is the same part, here already or in a row before."""
        numbers = [values["default_code"] for _row, _external, values in entries if values["default_code"]]
        domain = [("default_code", "in", numbers), ("company_id", "in", [self.company.id, False])]
        here = {product.default_code: product for product in products.search(domain)}
        records = self.find_by_external_name(products, {external for _row, external, _values in entries})
        fresh, later = [], []
        for entry in entries:
            row, external, values = entry
            number = values["default_code"]
            if external in records or number in here:
                self.counts["Spare"]["known"] += 1
                records.setdefault(external, here.get(number))
            elif number and any(number == other[2]["default_code"] for other in fresh):
                later.append(entry)
            else:
                fresh.append(entry)
        records.update(self.make(products, fresh))
        by_number = {values["default_code"]: records.get(external) for _row, external, values in fresh}
        for row, external, values in later:
            product = by_number.get(values["default_code"])
            if product:
                self.counts["Spare"]["known"] += 1
                records[external] = product
            else:
                self.refuse(row, self.env._("The part number stands in a row that is refused."))
        return records

    def _find_types(self, row, reasons):
        """The types that a row names, one or several apart by commas."""
        text = row.text("TypeName")
        if not text:
            reasons.append(self.env._("%s is empty.", "TypeName"))
            return []
        names = [text] if text.casefold() in self.records.get("Type", {}) else split_list(text)
        found = [self.find_name(name, "Type", "TypeName", reasons) for name in names]
        return [kind for kind in found if kind]

    def _fit_spare(self, product, kinds):
        for kind in kinds:
            wanting = kind["assets"].filtered(lambda asset: product not in asset.spare_part_ids)
            if wanting:
                wanting.spare_part_ids = [(4, product.id)]
