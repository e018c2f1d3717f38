SCHEMA = ""
