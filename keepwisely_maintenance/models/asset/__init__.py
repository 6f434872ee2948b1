"""What is maintained.

Status and standstill, criticality, components and spare parts that fit, labels with codes and the reports that
come in by scanning them. It owns downtime and attempts to scan; the asset is native `maintenance.equipment`.
It uses work orders and the company. It must not know what an asset cost, what was asked for it or when its work falls due.
"""

from . import maintenance_equipment
from . import maintenance_equipment_plate
from . import native_words
from . import stock_location
from . import maintenance_equipment_label
from . import maintenance_request_report
from . import res_partner
from . import maintenance_scan_attempt
from . import maintenance_downtime
from . import maintenance_equipment_status
from . import maintenance_request_downtime
from . import maintenance_request_downtime_corrected
from . import maintenance_equipment_archive
from . import maintenance_equipment_merge
from . import res_company
