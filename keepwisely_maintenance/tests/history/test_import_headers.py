import csv

from odoo.tests import tagged
from odoo.tools.misc import file_open, file_path

from ...models.history.base_import_headers import PLACE, as_header
from .history_common import FLAG
from .import_common import SPARE_PARTS, ImportCase

MODELS = (
    "maintenance.cost.entry", "maintenance.downtime", "maintenance.equipment", "maintenance.equipment.category",
    "maintenance.failure.code", "maintenance.labor", "maintenance.meter", "maintenance.meter.reading", "maintenance.request",
    "maintenance.schedule", "maintenance.schedule.asset", "product.product", "product.supplierinfo", "product.template",
    "stock.location", "stock.warehouse.orderpoint",
)  # fmt: skip

#: Headings of files as these systems write them, by model, with the fields that they are for.
FILES = [
    ("SAP PM", "maintenance.equipment", {
        "Equipment": "maintenance_number", "Description of technical object": "name", "Functional Loc.": "location_id",
        "Superord. Equip.": "parent_id", "Manufacturer of asset": "maintenance_manufacturer", "Model number": "model",
        "ManufSerialNumber": "serial_no", "Construct. year": "effective_date", "ABC indicator": "criticality",
        "Object type": "category_id", "AcquisitionValue": "cost",
    }),
    ("SAP PM", "maintenance.request", {
        "Order": "reference", "Description": "name", "Equipment": "equipment_id", "Order Type": "maintenance_type",
        "Created On": "maintenance_date_reported", "Basic start date": "schedule_date", "Actual finish": "date_completed",
        "Actual work": "labor_hours", "Malfunct. start": "maintenance_downtime_from",
        "Malfunction end": "maintenance_downtime_to", "Damage": "failure_id", "Priority": "priority",
    }),
    ("SAP PM", "product.template", {
        "Material": "default_code", "Material description": "name", "BUn": "uom_id", "Unrestricted": "qty_available",
        "Reorder Point": "maintenance_min_qty", "Maximum Stock Level": "maintenance_max_qty",
        "Storage Bin": "maintenance_shelf_id",
    }),
    ("Maximo", "maintenance.equipment", {
        "ASSETNUM": "maintenance_number", "DESCRIPTION": "name", "LOCATION": "location_id", "PARENT": "parent_id",
        "ASSETTYPE": "category_id", "SERIALNUM": "serial_no", "INSTALLDATE": "effective_date", "VENDOR": "partner_id",
        "MANUFACTURER": "maintenance_manufacturer",
    }),
    ("Maximo", "maintenance.request", {
        "WONUM": "reference", "DESCRIPTION": "name", "ASSETNUM": "equipment_id", "STATUS": "state",
        "WORKTYPE": "maintenance_type", "WOPRIORITY": "priority", "REPORTDATE": "maintenance_date_reported",
        "ACTSTART": "date_started",
        "ACTFINISH": "date_completed", "ACTLABHRS": "labor_hours", "ACTLABCOST": "labor_cost", "ACTMATCOST": "parts_cost",
        "LEAD": "maintenance_person_id", "PMNUM": "schedule_id",
    }),
    ("Maximo", "stock.location", {"LOCATION": "barcode", "DESCRIPTION": "name", "PARENT": "location_id"}),
    ("COBie", "maintenance.equipment", {
        "Name": "name", "TypeName": "category_id", "Space": "location_id", "Description": "note", "SerialNumber": "serial_no",
        "InstallationDate": "effective_date", "WarrantyStartDate": "maintenance_warranty_start",
        "TagNumber": "maintenance_number", "BarCode": "maintenance_barcode",
    }),
    ("MaintainX", "maintenance.equipment", {
        "Asset": "name", "Parent Asset": "parent_id", "Description": "note", "Asset Type": "category_id", "Model": "model",
        "Manufacturer": "maintenance_manufacturer", "Serial Number": "serial_no", "Year": "effective_date",
        "Location": "location_id", "Criticality": "criticality", "Barcode": "maintenance_barcode",
    }),
    ("MaintainX", "maintenance.request", {
        "ID": "reference", "Title": "name", "Status": "state", "Priority": "priority", "Asset": "equipment_id",
        "Created on": "maintenance_date_reported", "Completed on": "date_completed", "Assigned to": "maintenance_person_id",
        "Due date": "schedule_due_date", "Estimated Time": "expected_hours", "Total Time": "labor_hours",
    }),
    ("Limble", "maintenance.request", {
        "Task ID": "reference", "Task Name": "name", "Asset Name": "equipment_id", "Completed By": "maintenance_person_id",
        "Created Date": "maintenance_date_reported", "Completed Date": "date_completed", "Time Spent": "labor_hours",
        "Task Completion Notes": "work_done",
    }),
    ("Limble", "product.template", {
        "Part Name": "name", "Part Number": "default_code", "Part Quantity": "qty_available",
        "Minimum Part Quantity": "maintenance_min_qty", "Vendor": "seller_ids/partner_id",
    }),
    ("Fiix", "maintenance.equipment", {
        "strName": "name", "strCode": "maintenance_number", "strMake": "maintenance_manufacturer", "strModel": "model",
        "strSerialNumber": "serial_no", "strBarcode": "maintenance_barcode", "intAssetParentID": "parent_id",
    }),
    ("Fiix", "maintenance.request", {
        "Code": "reference", "Description": "name", "Assets": "equipment_id", "Maintenance Type": "maintenance_type",
        "Date Created": "maintenance_date_reported", "Date Completed": "date_completed", "Completion Notes": "work_done",
        "Assigned Users": "maintenance_person_id",
    }),
    ("Atlas CMMS", "maintenance.request", {
        "ID": "reference", "Title": "name", "Description": "description", "Priority": "priority", "Asset Name": "equipment_id",
        "Primary User": "maintenance_person_id", "Estimated duration": "expected_hours", "Completed On": "date_completed",
        "Status": "state", "Feedback": "work_done", "Due date": "schedule_due_date",
    }),
    ("Atlas CMMS", "maintenance.schedule", {
        "Name": "name", "Description": "description", "Estimated Hours": "duration", "Asset Name": "asset_ids/equipment_id",
        "Starts On": "start_date", "Frequency": "interval", "Recurrence Type": "interval_unit", "Ends On": "end_date",
    }),
    ("plant lists", "maintenance.meter", {
        "measuring_point_id": "code", "equipment_id": "equipment_id", "meter_name": "name", "unit": "unit", "meter_kind": "kind",
    }),
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestImportHeaders(ImportCase):
    """Headings of common systems are known; the fields that they are for can be imported."""

    def _open(self, model):
        context = {**FLAG, **SPARE_PARTS, "maintenance_new_place": True, "maintenance_import": True}
        user = self.keeper if model.startswith(("product", "stock.warehouse")) else self.mover
        return self._upload(model, "x\n1\n", user, **context)

    def test_every_line_of_the_tables_names_a_field_that_is_offered(self):
        for model in MODELS:
            upload = self._open(model)
            tree = upload.get_fields_tree(model)
            with file_open(file_path(f"{PLACE}/{model}.csv"), "r") as lines:
                for row in csv.DictReader(lines):
                    self.assertTrue(row["headings"] and row["system"], row)
                    self.assertTrue(upload._maintenance_has_path(tree, row["field"].split("/")), (model, row["field"]))

    def test_files_of_common_systems(self):
        for system, model, columns in FILES:
            with self.subTest(system=system, model=model):
                content = ",".join(f'"{heading}"' for heading in columns) + "\n" + ",".join("1" for _heading in columns) + "\n"
                context = {**FLAG, **SPARE_PARTS, "maintenance_new_place": True}
                user = self.keeper if model.startswith("product") else self.mover
                headers, paths, _options = self._map(self._upload(model, content, user, **context))
                self.assertEqual(dict(zip(headers, paths, strict=True)), columns)

    def test_what_somebody_chose_before_goes_first(self):
        self.env["base_import.mapping"].create(
            {"res_model": "maintenance.equipment", "column_name": "equipment", "field_name": "name"}
        )
        _headers, paths, _options = self._map(self._upload("maintenance.equipment", "Equipment,Model\nPump,P-1\n"))
        self.assertEqual(paths, ["name", "model"])

    def test_a_likeness_is_no_reason(self):
        """Natively a heading that only looks like a field is taken for it."""
        _headers, paths, _options = self._map(self._upload("maintenance.equipment", "Asset number,Modell,Kode\n1,2,3\n"))
        self.assertEqual(paths, ["maintenance_number", False, False])

    def test_the_same_heading_however_it_is_written(self):
        self.assertEqual({as_header(text) for text in ("Serial No.", "serial_no", "SerialNo", " serial-no ")}, {"serial no"})
