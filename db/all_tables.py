"""Every table of the program in one metadata object, for migrations and their checks.

Knows which modules define tables; a new feature's module is added here and nowhere else.
"""

import db.appeal_tables
import db.case_tables
import db.correction_tables
import db.coverage_tables
import db.digest_tables
import db.flag_tables
import db.imprint_tables
import db.like_tables
import db.source_tables
import db.trust_tables  # noqa: F401 - the same
from db.tables import metadata

__all__ = ["metadata"]
