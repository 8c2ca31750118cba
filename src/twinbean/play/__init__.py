"""Definition x record x subject -> what was played."""
