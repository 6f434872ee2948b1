from . import maintenance_cobie_import
