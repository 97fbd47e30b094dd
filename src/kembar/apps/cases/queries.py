"""What pages about cases read. The day is an argument; nothing here writes."""

from __future__ import annotations

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, User, rights_of
from kembar.apps.cases import words
from kembar.apps.cases.models import Case
from kembar.apps.cases.standing import procedure_of


def case_of(user: object, pk: int) -> Case:
    """Return a case that a person may read, ready for its page.

    Raises
    ------
    Case.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    return Case.objects.visible_to(user).named().select_related("owner__office").get(pk=pk)


def reads_log(user: object, case: Case) -> bool:
    """Return whether a person reads the log and the files of a case."""
    return rights_of(user).may("ties.read_all", case.tie.home_id)


def inheritance(post: Post, reader: User) -> list[Inherited]:
    """Return what the next holder of a post takes over: its running cases, and what comes next."""
    found = []
    for case in Case.objects.running().filter(owner=post).named().order_by("pk"):
        if not reads_log(reader, case):
            found.append(Inherited(str(case)))
            continue
        act = procedure_of(case).act(case.next_act)
        detail = str(words.act_name(act)) if act else ""
        found.append(Inherited(str(case), case.get_absolute_url(), detail))
    return found
