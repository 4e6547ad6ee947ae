"""Documents as bytes: DOCX and XLSX."""
