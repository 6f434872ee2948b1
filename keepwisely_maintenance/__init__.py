from . import controllers
from . import models
from . import report
from . import wizard
from .existing_requests import pre_init_hook
from .hooks import uninstall_hook
