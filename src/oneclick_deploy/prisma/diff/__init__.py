"""From one schema to another: the steps, their SQL, and what they would destroy."""
