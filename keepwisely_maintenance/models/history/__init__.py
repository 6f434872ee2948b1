"""What a company brings along from another system.

Work orders, hours, downtimes and costs of the past, with the dates, the people and the numbers they had there; and the files
in which all else comes: read strictly, checked row by row. A building by its COBie workbook. What native Maintenance and
OCA's modules did before: recurrences, plans, purchase requests. It owns no records. It uses work orders, assets, costs,
schedules and requisitions, and writes into them what none of their gates would let pass. Nothing may depend on it.
"""

from . import base_load
from . import base_import_import
from . import base_import_cells
from . import base_import_rows
from . import base_import_result
from . import base_import_headers
from . import import_templates
from . import ir_fields_converter
from . import product_import
from . import maintenance_history_mixin
from . import maintenance_history_import
from . import import_order
from . import maintenance_labor_history
from . import maintenance_downtime_history
from . import maintenance_cost_entry_history
from . import maintenance_request_history_row
from . import maintenance_request_history
from . import maintenance_history_figures
from . import maintenance_history_rehearsal
from . import takeover_origin
