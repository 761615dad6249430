"""The chapters under the lowest and the newest releases: `make matrix`."""
