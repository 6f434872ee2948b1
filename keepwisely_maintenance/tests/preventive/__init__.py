from . import test_schedule_dates
from . import test_schedule
from . import test_schedule_parts
from . import test_schedule_forecast
from . import test_schedule_roles
from . import test_schedule_conversion
from . import test_schedule_queries
from . import test_schedule_meter
