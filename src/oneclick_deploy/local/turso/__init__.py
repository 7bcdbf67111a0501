"""An emulator of Turso: the Platform API, and the databases that it creates."""
