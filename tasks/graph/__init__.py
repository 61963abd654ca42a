"""What the graph adds to doit: receipts, atomic files, one lock, progress, a record per task."""
