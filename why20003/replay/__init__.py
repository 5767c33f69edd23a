"""Send recorded requests again, and compare what comes back with what came then."""
