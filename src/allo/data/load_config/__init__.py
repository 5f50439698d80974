"""The set-up tables as one frozen value: `setup.py` puts together what the other modules read, one noun each."""

from allo.data.load_config.setup import Setup, current_revision, load_setup
from allo.data.load_config.trunks import TrunkLine

__all__ = ["Setup", "TrunkLine", "current_revision", "load_setup"]
