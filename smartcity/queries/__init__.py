"""Reading the smart-city half: alerts, devices, stations, conditions; nothing here writes."""
