"""Review bundles: tickets, run logs that are recorded, and one zip per ticket for an auditor."""
