from . import maintenance_equipment_workbook
