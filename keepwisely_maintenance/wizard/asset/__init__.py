from . import maintenance_equipment_archive
from . import maintenance_equipment_merge
