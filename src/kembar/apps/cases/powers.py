"""Who may record what on a case, and that nobody approves what he wrote."""

from __future__ import annotations

from collections.abc import Iterable

from kembar.apps.accounts.models import Post, User, rights_of
from kembar.apps.accounts.rights import Role, covers
from kembar.apps.cases import telling
from kembar.apps.cases.models import Case, Entry
from kembar.apps.cases.standing import Line
from kembar.engines.procedure.joining import Act, Procedure

# Whose acts a reviewer decides: the ministry those of the ministries, a head his own.
DECIDES: dict[Role, frozenset[str]] = {
    Role.MINISTRY: frozenset({"home_ministry", "foreign_ministry", "state_office"}),
    Role.HEAD: frozenset({"head", "both_heads"}),
}
# Acts that an office of this house decides: whoever handed them in does not decide them too.
# What offices outside decide, such as a council, the desk writes down from their papers.
DECIDED_HERE = frozenset({"home_ministry", "head"})
DECISIONS = ("done", "returned")
# Whoever holds one of these records something on some case.
RECORDING = ("cases.record", "cases.review", "cases.override")


def may_record(user: object, case: Case) -> bool:
    """Return whether a person records on this case as its desk or an agency."""
    return rights_of(user).may("cases.record", case.tie.home_id)


def may_review(user: object, case: Case) -> bool:
    """Return whether a person remarks on this case, and decides what is handed in to him."""
    return rights_of(user).may("cases.review", case.tie.home_id)


def may_override(user: object, case: Case) -> bool:
    return rights_of(user).may("cases.override", case.tie.home_id)


def decides(user: object, case: Case, procedure: Procedure, act: Act) -> bool:
    """Return whether an act of the home side was handed in to this person's own office."""
    if not may_review(user, case):
        return False
    kinds = {procedure.actor(party).kind for party in act.actors if _is_home(case, party.side)}
    return any(
        kinds & decided
        for role, decided in DECIDES.items()
        if any(
            held == role and covers(region, case.tie.home_id)
            for held, region in rights_of(user).held
        )
    )


def kinds_for(user: object, case: Case, procedure: Procedure, act: Act) -> tuple[str, ...]:
    """Return what a person may record on an act, were it not for where the act stands."""
    kinds: list[str] = []
    if may_record(user, case):
        kinds += ["asked", "returned", "done", "skipped", "noted", "annulled"]
    elif decides(user, case, procedure, act):
        kinds += ["returned", "done", "noted"]
    elif may_review(user, case):
        kinds += ["noted"]
    if may_override(user, case):
        kinds.append("overridden")
    return tuple(kinds)


def _is_home(case: Case, side: str) -> bool:
    """Return whether a side of the procedure is our own; of the partner's trip, none is."""
    return side == "home" and case.side != "partner"


def wrote_it_himself(
    user: User | None, case: Case, procedure: Procedure, act: Act, log: Iterable[Entry | Line]
) -> bool:
    """Return whether a person would decide on what he handed in himself.

    The last handing-in counts that was not annulled. Decisions of the partner's offices, and of
    those outside this house, are only written down here.
    """
    if user is None or not _is_decided_here(case, procedure, act):
        return False
    asked = [entry for entry in _to_and_fro(procedure, act, log) if entry.kind == "asked"]
    return bool(asked) and asked[-1].person_id == user.pk


def lacks_a_handing_in(
    user: User | None, case: Case, procedure: Procedure, act: Act, log: Iterable[Entry | Line]
) -> bool:
    """Return whether a person would write down a decision that nobody has asked for.

    Else he would be both who hands in and who writes that it was approved, in one entry. The
    office itself may decide without. What came back has to be handed in again.
    """
    return (
        user is not None
        and telling.has_asker(act)
        and _is_decided_here(case, procedure, act)
        and not decides(user, case, procedure, act)
        and [entry.kind for entry in _to_and_fro(procedure, act, log)][-1:] != ["asked"]
    )


def _is_decided_here(case: Case, procedure: Procedure, act: Act) -> bool:
    kinds = {procedure.actor(party).kind for party in act.actors if _is_home(case, party.side)}
    return bool(kinds & DECIDED_HERE)


def _to_and_fro(procedure: Procedure, act: Act, log: Iterable[Entry | Line]) -> list[Entry | Line]:
    """Return by which entries an act was handed in or came back, without what was annulled."""
    entries = list(log)
    annulled = {entry.key for entry in entries if entry.kind == "annulled"}
    return [
        entry
        for entry in entries
        if entry.kind in ("asked", "returned")
        and procedure.act(entry.step) is act
        and str(entry.number) not in annulled
    ]


def may_annul(user: object, case: Case, entry: Entry) -> bool:
    """Return whether a person may take an entry back: the desk what the region wrote.

    What a ministry or a head wrote, whoever holds that post takes back: a desk cannot undo that
    something came back, nor hide an override.
    """
    if entry.post is None or entry.post.role not in DECIDES:
        return may_record(user, case)
    return isinstance(user, User) and entry.post_id in {
        held.post_id for held in user.current_holdings
    }


def post_of(user: User | None, case: Case, kind: str = "") -> Post | None:
    """Return the post from which a person acts on a case: the one nearest to its region.

    Of one who holds several there, an override is the head's.
    """
    if user is None:
        return None
    code = case.tie.home_id
    posts = [held.post for held in user.current_holdings]
    reaching = [post for post in posts if covers(post.office.region_code, code)]
    reaching.sort(
        key=lambda post: (
            kind == "overridden" and post.role != Role.HEAD,
            -len(post.office.region_code),
        )
    )
    return reaching[0] if reaching else None
