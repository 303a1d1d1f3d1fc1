"""The operator's command line: `verbundwerk --help`, in a checkout `tools/verbundwerk --help`."""
