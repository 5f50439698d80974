"""Every write to the tables, as ``do_<verb>`` functions, one noun a module.

Actions that change the set-up bump the configuration's revision and write an audit entry in the same
transaction, and send ``signals.config_changed`` once it has committed.
"""
