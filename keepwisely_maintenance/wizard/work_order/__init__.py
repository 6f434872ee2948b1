from . import maintenance_request_not_fixed
from . import maintenance_request_reopen
from . import maintenance_request_plan
from . import maintenance_stage_rename
from . import maintenance_stage_states
