"""What is stored about people: a register of every table, and what follows from it.

`register` says what each table holds; `ledger` shows, exports and forgets; `pruning` ends what is
kept too long. Nothing here ever reads or writes text that a member wrote on the platform.
"""

from db.privacy.ledger import SqlPersonalDataStore
from db.privacy.pruning import SqlRetentionStore

__all__ = ["SqlPersonalDataStore", "SqlRetentionStore"]
