"""What SpiffWorkflow 3.2.0 does wrong and this engine works around: one file each, fit for sending upstream as it is.

Every test states what should happen and is expected to fail. When a newer version mends it, the test says so (`xfail` is
strict): then the work-around named in the file may go.
"""
