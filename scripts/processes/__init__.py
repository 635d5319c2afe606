"""The processes that scripts/run starts, watches over and stops."""
