from . import test_phone_send
from . import test_phone_http
from . import test_phone_conflicts
from . import test_phone_parts
from . import test_phone_attack
from . import test_phone_data
from . import test_phone_at_once
