from . import test_reorder_decide
from . import test_reorder_expect
from . import test_reorder_policy
from . import test_reorder_replay
from . import test_reorder_suggestion
