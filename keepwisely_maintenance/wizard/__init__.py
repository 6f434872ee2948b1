from . import work_order
from . import asset
from . import part
from . import requisition
from . import approval
from . import purchase
from . import cost
from . import kpi
