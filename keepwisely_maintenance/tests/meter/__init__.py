from . import test_meter
from . import test_meter_gateway
from . import test_meter_api
from . import test_meter_ingest
from . import test_meter_rule
from . import test_meter_limit
from . import test_meter_combined
