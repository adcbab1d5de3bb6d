"""Survey data in and out: workbooks, data sets, XLSForm."""
