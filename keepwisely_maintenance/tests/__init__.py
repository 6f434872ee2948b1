from . import test_story
from . import test_lifecycle
from . import test_setup
