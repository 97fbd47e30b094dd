"""Tables of commitments: out, changed in a spreadsheet, and in again.

A row is known by its tie and its number; without a number it is a new promise. An empty cell
changes nothing, a dash empties what is stored. The column `version` says which version of a
promise the table was made from. What others changed since is found cell by cell: a cell that was
left as it came gives way to theirs; one that was changed here and there is a conflict, which is
shown and refused unless somebody chooses the table's. Doing it twice changes nothing the second
time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from kembar.apps.accounts.models import Post, User
from kembar.apps.audit.actions import Deed, key_of, record_all
from kembar.apps.commitments import actions
from kembar.apps.commitments.comparing import Comparing, text_with
from kembar.apps.commitments.models import Commitment, State, Turn
from kembar.apps.commitments.reading import Reader, name_of_post, posts_by_name
from kembar.apps.commitments.rows import COLUMNS, SEARCHED, TEXTS, Plan, Wish
from kembar.apps.kit.bulk import insert, uncollected
from kembar.apps.kit.concurrency import StaleError, one_at_a_time
from kembar.apps.kit.statements import update_one
from kembar.apps.kit.tables import Table
from kembar.apps.kit.wishes import Fate, columns_of, rows_of
from kembar.apps.ledger.actions import sources_at
from kembar.apps.ledger.models import Source
from kembar.apps.regions.lookup import folded
from kembar.apps.search import index
from kembar.apps.ties.models import Tie
from kembar.engines.errors import KembarError


def ties_of_writer(by: User | None) -> list[Tie]:
    """Return the ties for which a person writes; None is the installation itself."""
    ties = Tie.objects.select_related("home", "partner").order_by("pk")
    if by is not None:
        ties = ties.filter(home__in=by.rights.regions("commitments.write"))
    return list(ties.only("home", "partner", "cycle", "audience", "home__name", "partner__name"))


@uncollected()
def plan(table: Table, *, by: User | None, language: str, today: date, name: str = "") -> Plan:
    """Work out what each row of a table would do. Nothing is written.

    Inside a transaction nobody else changes these commitments until it ends: the plan may be
    loaded in it.

    Parameters
    ----------
    by
        Who hands it in: he writes for his own regions only. None is the installation itself.
    language
        The language, id, zh or en, in which texts are written.
    name
        What its owner calls the file, for the reasons.

    Raises
    ------
    KembarError
        `table.columns_missing` if the table has no column for one of the regions,
        `table.no_rows` if nothing stands below its header.
    """
    header = columns_of(table)
    for side in ("home", "partner"):
        if side not in header and f"{side}_code" not in header:
            raise KembarError(
                "table.columns_missing", column=f"{side}_code", found=", ".join(table.header)
            )
    rows = list(rows_of(table, name=name))
    reader = Reader(ties_of_writer(by), language, name)
    wishes = [reader.read(row) for row in rows]
    comparing = Comparing(wishes, language, today)
    for wish in wishes:
        comparing.settle(wish)
    unknown = [column for name, column in header.items() if name not in COLUMNS]
    return Plan(wishes, unknown, language, today)


# Doing it -----------------------------------------------------------------------------------


@uncollected()
@transaction.atomic
def load(plan_: Plan, *, by: User | None, chosen: Iterable[int] = ()) -> dict[str, int]:
    """Do what a plan says, and return how many rows had which fate.

    Parameters
    ----------
    chosen
        The numbers of the contested rows in which the table's word is taken.
    """
    one_at_a_time(actions.LOADING)
    numbers = set(chosen)
    for wish in plan_.contested():
        if wish.row.number in numbers:
            wish.fate = Fate.UPDATE
            wish.problems.clear()
            wish.setting |= wish.conflicting
    adding, updating = plan_.of(Fate.ADD), plan_.of(Fate.UPDATE)
    doing = [*adding, *updating]
    wanted = {
        (wish.tie.home_id, wish.setting["source"])
        for wish in doing
        if wish.tie and wish.setting.get("source")
    }
    sources = sources_at(wanted)
    turns = [turn for wish in doing if (turn := _put(wish, sources, plan_.language, by))]
    _number([wish.commitment for wish in adding if wish.commitment])
    insert([wish.commitment for wish in adding if wish.commitment])
    for wish in updating:
        _write(wish)
    for turn in turns:
        turn.commitment_id = turn.commitment.pk
    insert(turns)
    _index(adding, updating)
    record_all(map(_deed, doing), by=by)
    return plan_.counts()


def _put(
    wish: Wish, sources: Mapping[tuple[str, str], Source], language: str, by: User | None
) -> Turn | None:
    """Put into a commitment what a row says; return the turn that it brings."""
    commitment, tie = wish.commitment, wish.tie
    assert commitment is not None  # noqa: S101  # for the type checker: every wish done has one
    assert tie is not None  # noqa: S101  # the same
    turn = actions.turn_of(commitment, wish.turn, None, by) if wish.turn else None
    for name, value in wish.setting.items():
        if name in TEXTS:
            value = text_with(getattr(commitment, name), language, value)
        elif name == "source":
            value = sources[tie.home_id, value] if value else None
        if name != "state":
            setattr(commitment, name, value)
    commitment.set_due()
    if turn:
        actions.apply(commitment, turn)
    return turn


def _number(commitments: Sequence[Commitment]) -> None:
    """Give the next numbers of their ties, which we hold, to new commitments."""
    ties = {each.tie_id for each in commitments}
    rows = Commitment.objects.filter(tie__in=ties).order_by().values_list("tie_id")
    last: defaultdict[int, int] = defaultdict(int, dict(rows.annotate(Max("number"))))
    for each in commitments:
        last[each.tie_id] += 1
        each.number = last[each.tie_id]


def _write(wish: Wish) -> None:
    commitment = wish.commitment
    assert commitment is not None  # noqa: S101  # for the type checker: every update has one
    fields = list(wish.setting)
    if wish.turn:
        fields += ["state", "due", "what"]
    if "due" in fields:
        fields.append("due_by")
    if not update_one(commitment, list(dict.fromkeys(fields)), version=commitment.version):
        raise StaleError(commitment)
    commitment.version += 1


def _index(adding: Sequence[Wish], updating: Sequence[Wish]) -> None:
    changed = [w for w in updating if SEARCHED & set(w.setting) or w.turn]
    lines, gone = [], []
    for wish in [*adding, *changed]:
        if wish.commitment and wish.commitment.state == State.WITHDRAWN:
            gone.append(key_of(wish.commitment))
        elif wish.commitment:
            lines.append(actions.line_of(wish.commitment))
    index.forget(gone)
    index.put(lines)


def _deed(wish: Wish) -> Deed:
    assert wish.commitment is not None  # noqa: S101  # for the type checker
    assert wish.tie is not None  # noqa: S101  # the same
    return Deed(
        "commitments.imported", wish.commitment, wish.tie.home_id, key_of(wish.tie), wish.told
    )


# Out again ------------------------------------------------------------------------------------


def export_rows(commitments: Iterable[Commitment], language: str) -> Iterator[list[str]]:
    """Give the rows of commitments in the form that can be handed in again."""
    commitments = list(commitments)
    posts = posts_by_name({each.tie.home_id for each in commitments if each.owner_id})
    for each in commitments:
        tie = each.tie
        yield [
            tie.home_id,
            tie.home.name.shown(language).text,
            tie.partner_id,
            tie.partner.name.shown(language).text,
            str(tie.cycle),
            str(each.number),
            str(each.version),
            each.what.shown(language).text,
            each.made_by,
            each.made_by_words.shown(language).text,
            each.made_to.shown(language).text,
            each.firmness,
            each.way,
            each.article,
            str(each.said_on or ""),
            _owner_cell(each.owner, language, posts.get(tie.home_id, {})),
            str(each.due or ""),
            each.measure.shown(language).text,
            each.sector,
            each.state,
            # These two are written only beside a new state.
            "",
            "",
            each.source.address if each.source else "",
        ]


def _owner_cell(post: Post | None, language: str, posts: Mapping[str, Sequence[Post]]) -> str:
    if post is None:
        return ""
    name = name_of_post(post, language)
    is_alone = len(posts.get(folded(name), ())) == 1
    return name if is_alone else f"{name} #{post.pk}"
