"""Signals by which data tells other layers something without importing them.

``config_changed`` is sent after the transaction that changed the centre's set-up has committed.
The web layer connects it to the notice for control; a lost notice is covered by control's polling.
"""

from django.dispatch import Signal

config_changed = Signal()
