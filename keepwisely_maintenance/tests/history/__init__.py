from . import test_history_rows
from . import test_history_import
from . import test_history_files
from . import test_history_queries
from . import test_opening_costs
from . import test_round_trip
