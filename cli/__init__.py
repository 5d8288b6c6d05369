"""What people run: configure, verdict, preview, cost, the pages of docs."""
