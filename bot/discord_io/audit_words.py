"""What the audit's names of buttons, menus and forms are called by people.

Knows words only; a name that is not here is shown as it is, as commands' names are.
"""

from bot.domain.wording import N_, _

BUTTONS = {
    "ap1:accept": N_("appeal: accept"),
    "ap1:answer": N_("appeal: answer"),
    "ap1:ask": N_("appeal: ask back"),
    "ap1:open": N_("appeal: open the form"),
    "ap1:reject": N_("appeal: reject"),
    "ex1:keep": N_("keep as example"),
    "fc1:dispute": N_("note: not this claim"),
    "fc1:rv-attach": N_("card: attach"),
    "fc1:rv-decision": N_("card: decide"),
    "fc1:rv-keep": N_("card: keep the note"),
    "fc1:rv-open": N_("card: open fact-check"),
    "fc1:rv-resume": N_("card: resume"),
    "fc1:rv-threshold": N_("card: edit threshold"),
    "fc1:rv-wrong": N_("card: not this claim"),
    "fe1:again": N_("fact-check form again"),
    "fe1:list": N_("fact-check list: page"),
    "fl1:act": N_("flag: agree and act"),
    "fl1:agree": N_("flag: agree"),
    "fl1:attach": N_("flag: attach a fact-check"),
    "fl1:check": N_("flag: look for a fact-check"),
    "fl1:context": N_("flag: context"),
    "fl1:disagree": N_("flag: disagree"),
    "fl1:ignore": N_("flag: ignore"),
    "fl1:later": N_("flag: later"),
    "md1:keep": N_("purge: keep"),
    "md1:purge": N_("purge: delete"),
    "su1:pick": N_("setup: a choice"),
}
FORMS = {
    "appeal form answer": N_("appeal: answer sent"),
    "appeal form ask": N_("appeal: question sent"),
    "appeal form open": N_("appeal: sent"),
    "appeal form reject": N_("appeal: refusal sent"),
    "factcheck example form": N_("example: form sent"),
    "factcheck example keep": N_("example: text sent"),
    "factcheck form add": N_("fact-check: new one sent"),
    "factcheck form more": N_("fact-check: details sent"),
    "factcheck form text": N_("fact-check: text sent"),
    "flag form": N_("flag: sent"),
    "setup zone": N_("setup: time zone sent"),
    "thresholds form": N_("card: thresholds sent"),
}
"""What forms are noted down as (`GuardedForm.audited_as`)."""
_WORDS = BUTTONS | FORMS


def say_use(name: str) -> str:
    """Return what was used in words.

    >>> say_use("fl1:agree"), say_use("flag form"), say_use("mod warn")
    ('flag: agree', 'flag: sent', 'mod warn')
    """
    return _(_WORDS[name]) if name in _WORDS else name
