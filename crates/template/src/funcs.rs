//! The functions themselves, one file for each theme. Each file has a `FUNCTIONS` table.
