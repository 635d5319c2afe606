"""Results as files: workbook, CSV, codebook, SPSS, PDF."""
