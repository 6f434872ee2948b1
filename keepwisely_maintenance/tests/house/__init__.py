"""Tests that walk through many rooms."""

from . import test_story
from . import test_hidden_prices
from . import test_printed_documents
from . import test_printed_pdf
from . import test_attack
from . import test_attack_commands
from . import test_bench
from . import test_sudo_paths
from . import test_random_findings
from . import test_random_plant
from . import test_roles
from . import test_buttons
from . import test_external_api
from . import test_external_numbers
from . import test_external_reach
from . import test_tours
from . import test_workbook
from . import test_screens
from . import test_accessible
from . import test_keyboard
from . import test_pressed_buttons
from . import test_words
from . import test_formats
from . import test_start
from . import test_searches
from . import test_reports
