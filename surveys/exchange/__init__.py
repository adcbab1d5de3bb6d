"""Import and export of survey data: workbooks, data sets, XLSForm."""
