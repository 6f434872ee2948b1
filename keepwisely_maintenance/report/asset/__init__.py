from . import maintenance_asset_label
