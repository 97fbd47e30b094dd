"""The classes of Köppen and Geiger in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLASSES: dict[str, Promise | str] = {
    "Af": _("tropical rainforest"),
    "Am": _("tropical monsoon"),
    "As": _("tropical savanna, dry summer"),
    "Aw": _("tropical savanna, dry winter"),
    "BSh": _("hot steppe"),
    "BSk": _("cold steppe"),
    "BWh": _("hot desert"),
    "BWk": _("cold desert"),
    "Cfa": _("humid, hot summer"),
    "Cfb": _("humid, warm summer"),
    "Cfc": _("humid, cool summer"),
    "Csa": _("Mediterranean, hot summer"),
    "Csb": _("Mediterranean, warm summer"),
    "Csc": _("Mediterranean, cool summer"),
    "Cwa": _("dry winter, hot summer"),
    "Cwb": _("dry winter, warm summer"),
    "Cwc": _("dry winter, cool summer"),
    "Dfa": _("snowy and humid, hot summer"),
    "Dfb": _("snowy and humid, warm summer"),
    "Dfc": _("snowy and humid, cool summer"),
    "Dfd": _("snowy and humid, very cold winter"),
    "Dsa": _("snowy, dry and hot summer"),
    "Dsb": _("snowy, dry and warm summer"),
    "Dsc": _("snowy, dry and cool summer"),
    "Dsd": _("snowy, dry summer, very cold winter"),
    "Dwa": _("snowy, dry winter, hot summer"),
    "Dwb": _("snowy, dry winter, warm summer"),
    "Dwc": _("snowy, dry winter, cool summer"),
    "Dwd": _("snowy, dry and very cold winter"),
    "EF": _("ice"),
    "ET": _("tundra"),
}
