from . import maintenance_report_mixin
from . import work_order
from . import part
from . import purchase
from . import cost
from . import meter
from . import preventive
from . import kpi
