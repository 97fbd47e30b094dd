"""What can be wrong with something handed in, told by a code and its facts.

An engine knows no language, so its error keeps the facts; the app that shows the error
turns them into a sentence. The sentences here are the English ones, for logs and for that.
"""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "date.unreadable": (
        "“%(value)s” cannot be read as a date; write it like 17/11/2025, Nov 2025 or 2025."
    ),
    "date.impossible": (
        "“%(value)s” is not a day of the calendar between the years 1000 and 2999;"
        " write the day first, then the month: 17/11/2025."
    ),
    "money.currency": (
        "“%(value)s” is no currency; write its code of three letters, such as IDR, CNY or USD."
    ),
    "money.unreadable": (
        "“%(value)s” cannot be read as an amount; write it like 1.234.567,89 or 1,234,567.89,"
        " without other words than the currency."
    ),
    "money.ambiguous": (
        "“%(value)s” may mean two amounts; write all digits, without marks between thousands."
    ),
    "money.two_currencies": (
        "“%(value)s” names another currency than %(currency)s; write the amount without it."
    ),
    "money.decimals": ("“%(value)s” has more decimals than its currency (%(currency)s); round it."),
    "money.range": (
        "“%(value)s” is less than nothing or larger than any sum of money; look at it again."
    ),
    "readiness.wrong": "%(name)s, %(entry)s: %(what)s. Correct it there.",
    "rate.missing": (
        "There is no rate from %(base)s to %(quote)s on %(day)s or in the %(days)s days before;"
        " add one with its source."
    ),
    "table.size": (
        "%(name)s has %(size_mb)s MB, more than the %(limit_mb)s MB that can be read;"
        " split it into several files."
    ),
    "table.empty": "%(name)s has no header row; put the names of the columns in the first row.",
    "table.no_rows": "%(name)s has no rows below its header; fill in at least one.",
    "table.encoding": (
        "%(name)s, line %(line)s: the letters cannot be read as UTF-8;"
        " in Excel choose Save As and “CSV UTF-8”, or save it as .xlsx."
    ),
    "table.null": (
        "%(name)s, line %(line)s: there is a NUL sign, which no text has;"
        " save the table again as “CSV UTF-8” or as .xlsx."
    ),
    "table.quote": (
        "%(name)s, line %(line)s: a quotation mark is opened and not closed where the cell ends;"
        ' write a mark inside a cell twice (""), or save the table as .xlsx.'
    ),
    "table.cell_size": (
        "%(name)s, line %(line)s: a cell has more than %(limit)s characters; shorten it."
        " If it begins with a quotation mark, close that where the cell ends."
    ),
    "table.format": (
        "%(name)s is in the format %(kind)s, which is not read here;"
        " open it in your spreadsheet program and save it as .xlsx or “CSV UTF-8”."
    ),
    "table.macros": (
        "%(name)s is made for macros, which are not accepted;"
        " in Excel choose Save As and “Excel Workbook (.xlsx)”."
    ),
    "table.not_table": (
        "%(name)s is no table but a file of the kind %(kind)s, whatever its name says;"
        " choose an .xlsx or a CSV file."
    ),
    "table.encrypted": (
        "%(name)s is locked with a password; save it without one and send it again."
    ),
    "table.truncated": (
        "%(name)s is incomplete or damaged; open it in your spreadsheet program,"
        " save it as .xlsx and send it again."
    ),
    "table.bomb": (
        "%(name)s unpacks to more than %(limit_mb)s MB or is packed more than %(ratio)s times"
        " smaller; copy the table into a new, empty file and send that."
    ),
    "table.broken": (
        "%(name)s is not built as an .xlsx file should be; open it in your spreadsheet program,"
        " save it as .xlsx and send it again."
    ),
    "table.merged": (
        "%(name)s, sheet %(sheet)s: the cells %(range)s are merged;"
        " unmerge them and write the value into each cell."
    ),
    "table.rows": (
        "%(name)s has more than %(limit)s rows; split it, and delete rows that only look empty."
    ),
    "table.columns": (
        "%(name)s has more than %(limit)s columns; delete the ones that are not needed."
    ),
    "table.columns_missing": (
        "The table has no column “%(column)s”. Its columns are: %(found)s."
        " Download the template to see what they are called."
    ),
    "table.header_empty": (
        "%(name)s: column %(column)s has no name in row %(row)s; write one or delete the column."
    ),
    "table.header_twice": (
        "%(name)s: the columns %(first)s and %(column)s are both named “%(header)s” in row"
        " %(row)s; give each column a name of its own."
    ),
    "table.header_formula": (
        "%(name)s: the name of column %(column)s in row %(row)s is a formula or an error;"
        " write it as text."
    ),
    "table.cell_long": (
        "Sheet %(sheet)s, cell %(column)s%(row)s: %(length)s characters are more than the"
        " %(limit)s that Excel can hold; use CSV instead."
    ),
    "cell.formula": (
        "%(name)s, row %(row)s, column %(column)s: there is a formula;"
        " copy the cell and paste it as a value."
    ),
    "cell.error": (
        "%(name)s, row %(row)s, column %(column)s: the cell shows an error such as #N/A;"
        " write the value or empty the cell."
    ),
    "cell.extra": (
        "%(name)s, row %(row)s: there are more cells than columns with a name;"
        " delete them or name their columns."
    ),
    "sdmx.not_sdmx": (
        "%(name)s is no SDMX file with observations; choose SDMX-CSV, SDMX-JSON or SDMX-ML where"
        " you download it, or hand in CSV or Excel."
    ),
    "sdmx.broken": (
        "%(name)s is incomplete or damaged; download it again, or hand in CSV or Excel."
    ),
    "sdmx.doctype": (
        "%(name)s has a document type with entities, which no SDMX file needs and which can do"
        " harm; download it again as SDMX-CSV."
    ),
    "sdmx.many": (
        "%(name)s has more than %(limit)s observations, or more around them than those need;"
        " download fewer regions, years or indicators at a time."
    ),
    "sdmx.empty": ("%(name)s has no observation with a value in it."),
    "sdmx.dimension": (
        "%(name)s tells observations apart by %(dimension)s (%(values)s …), and figures here are of"
        " a region and a year alone; download it with one value of %(dimension)s."
    ),
    "atlas.unknown": (
        "No region of the atlas has the code “%(code)s”;"
        " write its ISO 3166-2 code, such as ID-NT or CN-JX."
    ),
    "atlas.unknown_near": ("No region of the atlas has the code “%(code)s”; do you mean %(near)s?"),
    "atlas.second_level": (
        "%(code)s is below the first level, where the atlas ends; it lies in %(first)s."
    ),
    "atlas.country": (
        "The atlas has no country “%(code)s”; write its ISO 3166-1 code, such as ID or CN."
    ),
    "boundary.file": (
        "%(name)s is no GeoJSON, or is damaged; save it as GeoJSON in longitude and latitude"
        " (EPSG:4326)."
    ),
    "boundary.features": (
        "%(name)s has more than %(limit)s features; keep those of first-level regions."
    ),
    "boundary.not_geojson": (
        "This is no GeoJSON of a boundary; save it as GeoJSON with Polygon or MultiPolygon shapes."
    ),
    "boundary.kind": (
        "The shape is a %(kind)s, which has no area; a boundary is a Polygon or a MultiPolygon."
    ),
    "boundary.empty": "There is no polygon in it; a boundary needs at least one.",
    "boundary.numbers": (
        "A point is not a pair of numbers; each is longitude and latitude in degrees, such as"
        " [123.6, -10.2]."
    ),
    "boundary.short": (
        "A line of the boundary has %(points)s points; a closed line needs four, the last one"
        " being the first again."
    ),
    "boundary.open": (
        "The line that begins at longitude %(lon)s, latitude %(lat)s does not end where it begins;"
        " close it."
    ),
    "boundary.points": (
        "The boundary has %(points)s points, more than the %(limit)s that can be read; simplify it."
    ),
    "boundary.system": (
        "The boundary is in the coordinate system %(system)s; save it in longitude and latitude"
        " (EPSG:4326)."
    ),
    "boundary.metres": (
        "The point %(lon)s, %(lat)s is not on the globe: these look like metres, not degrees;"
        " save the boundary in longitude and latitude (EPSG:4326)."
    ),
    "boundary.exchanged": (
        "Latitude and longitude are exchanged at %(lon)s, %(lat)s; GeoJSON writes longitude first."
    ),
    "boundary.east": (
        "Longitude %(lon)s is more than 180; count west of Greenwich with a minus sign, and cut"
        " the boundary at the 180th meridian."
    ),
    "boundary.meridian": (
        "A line leaps over the 180th meridian near longitude %(lon)s, latitude %(lat)s;"
        " cut the boundary there into two polygons."
    ),
    "boundary.hole": (
        "The hole at longitude %(lon)s, latitude %(lat)s lies outside its polygon;"
        " make it a polygon of its own, or take it out."
    ),
    "boundary.crossing": (
        "Lines of the boundary cross near longitude %(lon)s, latitude %(lat)s; mend it there."
    ),
    "boundary.tangled": (
        "%(lines)s lines lie so close upon each other that it would take too long to see whether"
        " they cross. Simplify the boundary, and try again."
    ),
    "boundary.overlap": (
        "Polygons of the boundary cover each other on %(share)s %% of their area;"
        " join them, or send one region at a time."
    ),
    "boundary.tiny": (
        "The polygon at longitude %(lon)s, latitude %(lat)s is smaller than one hectare;"
        " take it out, or see whether the unit is degrees."
    ),
    "boundary.at_sea": (
        "No land lies inside the boundary at longitude %(lon)s, latitude %(lat)s;"
        " see whether it is in longitude and latitude (EPSG:4326)."
    ),
    "scout.anchor_not_finite": (
        "Criterion %(criterion)s: the worst and the best value must be plain numbers."
    ),
    "scout.anchors_equal": (
        "Criterion %(criterion)s: the worst and the best value are both %(value)s;"
        " they must differ, or the criterion cannot tell anybody apart."
    ),
    "scout.empty": ("There is nothing to rank: give at least one alternative and one criterion."),
    "scout.alternative_twice": (
        "“%(alternative)s” is there twice; give each alternative a name of its own."
    ),
    "scout.criterion_twice": (
        "The criterion “%(criterion)s” is there twice; give each a code of its own."
    ),
    "scout.all_missing": (
        "Criterion %(criterion)s has no value at all; fill it in or leave the criterion out."
    ),
    "scout.constant": (
        "Criterion %(criterion)s is %(value)s everywhere and tells nobody apart;"
        " leave it out, or filter by it."
    ),
    "scout.cell_not_finite": (
        "%(alternative)s, criterion %(criterion)s: the value is no plain number."
    ),
    "scout.spread_negative": (
        "%(alternative)s, criterion %(criterion)s: the doubt is negative,"
        " or the lower end lies above the upper one."
    ),
    "scout.all_filtered": (
        "The filters leave none of the %(count)s alternatives; loosen one of them."
    ),
    "scout.workbook": (
        "%(name)s is a workbook, and this command reads CSV;"
        " in your spreadsheet program choose Save As and “CSV UTF-8”."
    ),
    "scout.encoding": (
        "%(name)s, line %(line)s: the letters cannot be read as UTF-8;"
        " in Excel choose Save As and “CSV UTF-8”."
    ),
    "scout.null": (
        "%(name)s, line %(line)s: there is a NUL sign, which no text has;"
        " save the table again as “CSV UTF-8”."
    ),
    "scout.quote": (
        "%(name)s, line %(line)s: a quotation mark is opened and not closed where the cell ends;"
        ' write a mark inside a cell twice ("").'
    ),
    "scout.either": (
        "%(name)s, row %(row)s, column %(column)s: “%(value)s” may be %(whole)s or %(part)s; write"
        " it like that, or say --decimal-point if every point stands before decimals."
    ),
    "scout.too_far": (
        "Criterion %(criterion)s: its numbers lie too far from each other to be reckoned with;"
        " write them in a larger unit, or look for a slip of the pen."
    ),
    "scout.no_criteria": (
        "%(name)s has no column of numbers after the one with the names; add a criterion."
    ),
    "scout.not_number": (
        "%(name)s, row %(row)s, column %(column)s: “%(value)s” is no number; write it like 1234.5,"
        " 10..15 or 12±2, leave the cell empty if it is unknown, or name in a criteria file the"
        " columns to rank by."
    ),
    "scout.name_missing": (
        "%(name)s, row %(row)s: the first column, which names the alternative, is empty."
    ),
    "scout.column_unknown": ("%(name)s has no column “%(column)s”. Its columns are: %(found)s."),
    "scout.header_twice": (
        "%(name)s: two columns are named “%(header)s”; give each a name of its own."
    ),
    "scout.header_empty": (
        "%(name)s: column %(column)s has no name in the first row; write one or delete it."
    ),
    "scout.cells_many": (
        "%(name)s, row %(row)s: there are %(found)s cells, but %(columns)s columns have a name."
    ),
    "scout.toml": ("%(name)s cannot be read as TOML: %(reason)s."),
    "scout.key_unknown": ("%(place)s: “%(key)s” is not known here; use %(known)s."),
    "scout.key_not_text": ("%(place)s: “%(key)s” must be text in quotation marks."),
    "scout.key_not_texts": ("%(place)s: “%(key)s” must be a list of texts in quotation marks."),
    "scout.key_not_number": ("%(place)s: “%(key)s” must be a number, such as 12.5."),
    "scout.key_not_true": ("%(place)s: “%(key)s” must be true or false."),
    "scout.key_not_list": ("%(place)s: “%(key)s” must be a list in square brackets."),
    "scout.key_not_table": ("%(place)s: “%(key)s” must be a table of keys and values."),
    "scout.key_not_pair": ("%(place)s: “%(key)s” must be two numbers, such as [0.1, 0.4]."),
    "scout.key_not_direction": ('%(place)s: “%(key)s” must be "more" or "less".'),
    "scout.not_table": ("%(place)s must be a table of keys and values."),
    "scout.key_missing": ("%(place)s: “%(key)s” is missing."),
    "scout.not_one_of": ("“%(value)s” cannot stand for “%(what)s”; use one of %(known)s."),
    "scout.criterion_lacks": ("Criterion %(criterion)s: “%(key)s” is missing."),
    "scout.record": (
        "The part “%(part)s” of the record is not as Kembar writes it; take the file as it was"
        " printed."
    ),
    "scout.direction": (
        "%(name)s, criterion %(criterion)s: less is said to be better, or more, but the worst and"
        " the best value say the opposite; change one of them."
    ),
    "scout.anchors_from_table": (
        "No worst and best value is given for %(criteria)s; the smallest and the largest in the"
        " table stand in, so another candidate may change the order."
    ),
    "scout.beyond_anchors": (
        "Values beyond the worst or best of their criterion: %(count)s. They count on"
        " along the same line, such as %(alternative)s in %(criterion)s."
    ),
    "scout.filter_unknown": (
        "Filter on %(column)s: nothing is known about %(alternatives)s, so they were kept."
    ),
    "scout.missing": ("Values missing: %(count)s. Each may lie anywhere between worst and best."),
    "scout.itself": (
        "%(home)s is asked about itself only; name other regions, a country, or world."
    ),
    "scout.nobody": ("Nobody to choose among; name regions, a country, or world."),
    "scout.among_unknown": (
        "“%(value)s” is neither a country nor a region of the atlas;"
        " write CN, CN-JX, several of them parted by commas, or world."
    ),
    "scout.filter_not_known": ("“%(filter)s” is no filter; there are %(known)s."),
    "scout.all_filtered_by": (
        "The filters leave none of the %(count)s candidates (%(filters)s)."
        " Turn one of them off, or ask among others."
    ),
    "scout.sector_unknown": ("“%(sector)s” is no sector; there are %(known)s."),
    "scout.sector_outside": (
        "%(sector)s is not a region's to decide (%(basis)s), so it is not compared."
    ),
    "scout.sector_outside_unverified": (
        "%(sector)s is not a region's to decide (%(basis)s; nobody checked the article), so it is"
        " not compared."
    ),
    "scout.sectors_outside": (
        "None of the sectors asked for (%(sectors)s) is a region's to decide (%(basis)s);"
        " ask for others, such as %(known)s."
    ),
    "scout.criterion_unknown": ("“%(criterion)s” is no criterion; there are %(known)s."),
    "scout.no_criteria_left": (
        "Nothing tells these candidates apart: every criterion is without values, or the same"
        " everywhere. Ask for other criteria, or hand in figures."
    ),
    "scout.figure_unit": (
        "%(indicator)s of %(codes)s comes in %(unit)s, but criterion %(criterion)s counts in"
        " %(wanted)s, so it is left out; convert it, or change the criterion."
    ),
    "scout.figure_not_number": (
        "%(region)s, %(indicator)s: “%(value)s” is no plain number; correct the figure."
    ),
    "scout.figures_disagree": (
        "%(indicator)s of %(codes)s: sources of the same year disagree, so the value lies anywhere"
        " between theirs."
    ),
    "scout.figures_unused": (
        "These indicators cannot be compared by: %(indicators)s. Each needs figures in one unit,"
        " with at least two different values, or a criterion of its own."
    ),
    "scout.nothing_known": (
        "Nothing was handed in for %(criteria)s, so they are left out; they do not count as 0."
    ),
    "scout.nothing_sought": (
        "Nothing says what home seeks, so no sector is compared. Name sectors in the question, or"
        " hand in needs."
    ),
    "scout.not_sought": (
        "Nothing says that home seeks %(sectors)s, so %(criteria)s do not count. Name the sector"
        " in the question, or hand in the need."
    ),
    "scout.same_for_all": (
        "Criterion %(criterion)s is %(value)s for all candidates, so it tells nobody apart."
    ),
    "scout.known_of_some": (
        "Criterion %(criterion)s is known of %(known)s of %(count)s candidates; of the others it"
        " may be anything between worst and best."
    ),
    "scout.preference_reduced": (
        "Nothing is known of %(names)s here, so the preference “%(preference)s” counts as"
        " “%(counts)s”."
    ),
    "scout.preference_dropped": (
        "Nothing is known of %(names)s here, so the preference “%(preference)s” is left out."
    ),
    "scout.points_dropped": ("Nothing is known of %(names)s here, so their points are left out."),
    "scout.measured_otherwise": (
        "Candidates not measured on a shape of their own: %(count)s, such as %(codes)s; their"
        " land, coast and climate are known more roughly."
    ),
    "scout.home_measured_otherwise": (
        "%(home)s was not measured on a shape of its own; its land, coast and climate are known"
        " more roughly."
    ),
    "scout.home_not_measured": (
        "Nothing was measured for %(home)s, for it has neither a shape nor a place; it cannot be"
        " compared by likeness."
    ),
    "scout.relations_unknown": (
        "Whether diplomatic relations exist with these countries is not recorded: %(countries)s."
        " Ask the foreign ministry."
    ),
    "scout.check_unknown": ("“%(check)s” is no check; there are %(known)s."),
    "scout.check_needs_home": (
        "The check “%(check)s” compares two regions; say with which one to compare."
    ),
    "scout.columns_missing": ("%(name)s lacks the columns %(columns)s; it needs %(needed)s."),
    "scout.anchors_from_figures": (
        "No criterion says what is good or bad in %(indicators)s: the smallest and the largest"
        " figure handed in count as worst and best. Write a criteria file to fix the ends."
    ),
    "figures.value": (
        "%(name)s, row %(row)s: the value “%(value)s” is no number; write it like 1234.5, 10..15"
        " or 12±2."
    ),
    "figures.year": (
        "%(name)s, row %(row)s: “%(value)s” is no year; write it like 2023, or leave it empty."
    ),
    "figures.region": (
        "%(name)s, row %(row)s: no region of the atlas has the code “%(value)s”; write its"
        " ISO 3166-2 code, such as ID-NT or CN-JX."
    ),
    "figures.empty_cell": (
        "%(name)s, row %(row)s: the column %(column)s is empty; a figure needs an indicator, a"
        " unit and a source."
    ),
    "scout.home_ties": (
        "Your ties on record in %(country)s: %(codes)s. No bar to another, but a point to clear."
    ),
    "filter.itself": ("It is the region that asks."),
    "filter.own_country": ("It lies in the same country."),
    "filter.relations_of_region": ("There are no official relations with this region (%(as_of)s)."),
    "filter.relations": ("There are no diplomatic relations with %(country)s (%(as_of)s)."),
    "filter.level": ("It is governed as “%(kind)s”, not on the level of a province."),
    "filter.apart": ("Its own country's rule on such ties does not cover it."),
    "filter.ties_active": ("The tie exists: work with it rather than begin it twice."),
    "filter.ties_renewing": ("The tie is being renewed: finish that rather than begin it twice."),
    "filter.ties_dormant": ("The tie is asleep: wake it rather than begin it twice."),
    "filter.ties_loi_only": (
        "A letter of intent exists: take that further rather than begin it twice."
    ),
    "filter.ties_unknown": (
        "A tie is on record and nothing is known of its life: look into it before beginning again."
    ),
    "filter.counterpart": ("It has ties with other regions of the same country: %(codes)s."),
    "filter.no_go": ("A ministry rules it out: %(reason)s"),
    "warn.tie_exploring": ("A tie with it is being explored already."),
    "warn.tie_never_formalised": (
        "A tie with it was proposed before and never signed: read that file first."
    ),
    "warn.tie_ended": ("A tie with it existed and ended: read that file first."),
    "warn.counterpart": (
        "It has ties with other regions of your country: %(codes)s. No bar, but a point to clear."
    ),
    "calendar.unknown": (
        "There is no calendar of working days for “%(country)s”; write the country's two letters,"
        " such as ID or CN."
    ),
    "calendar.range": (
        "%(day)s lies outside the calendar of %(country)s, which goes from %(first)s to %(last)s."
    ),
    "calendar.too_far": (
        "%(days)s working days from %(day)s lead out of the calendar of %(country)s, which goes"
        " from %(first)s to %(last)s; see whether the number of days is right."
    ),
    "calendar.missing": "The calendar of %(country)s is needed and was not given.",
    "case.no_steps": (
        "The rulebook %(rulebook)s has no steps for “%(sub)s”; choose another rulebook or another"
        " procedure."
    ),
    "case.code_twice": (
        "The rulebooks %(home)s and %(partner)s both use the code “%(code)s” for a step; rename it"
        " in one of them, or make both the same joint act."
    ),
    "case.joint_twice": (
        "The rulebook %(rulebook)s has more than one step for the joint act “%(joint)s”: %(steps)s."
        " Leave it to one of them."
    ),
    "case.step_missing": (
        "The rulebook %(rulebook)s names “%(step)s” in “%(where)s”, which is no step of this"
        " procedure; correct the name or add the step."
    ),
    "case.cycle": (
        "These acts wait for each other: %(acts)s. Take one of the arrows or gates between them out"
        " of a rulebook."
    ),
    "case.number_taken": (
        "Number %(number)s is in the record already; look at what was added meanwhile, and record"
        " again."
    ),
    "case.future": "%(day)s is not here yet; today is %(today)s. Record it when it has happened.",
    "case.too_early": "%(day)s is before %(first)s; correct the year.",
    "case.kind_unknown": "“%(kind)s” is nothing that can be recorded.",
    "case.step_unknown": (
        "“%(step)s” is no step of this procedure; choose one of those that are shown."
    ),
    "case.step_needed": "Say which step this is about.",
    "case.done_already": (
        "%(act)s was done on %(day)s; annul that record first if it was entered by mistake."
    ),
    "case.over_already": "%(act)s is over already, so there is nothing to leave out.",
    "case.left_out": (
        "%(act)s was left out on purpose, so it cannot be handed in; record it as done when it is,"
        " or annul what left it out."
    ),
    "case.asked_already": (
        "%(act)s was handed in on %(day)s and not answered; record the answer, or a remark."
    ),
    "case.not_asked": (
        "%(act)s is with nobody who could return it; record first when it was handed in."
    ),
    "case.not_optional": (
        "%(act)s is not optional, so it cannot be skipped; it can be left out by an override only."
    ),
    "case.reason_needed": "Say why.",
    "case.document_needed": (
        "An override needs the paper on which it rests; attach it and record again."
    ),
    "case.nothing_to_override": (
        "Nothing of the name “%(key_typed)s” stands against %(act)s now, so there is nothing to"
        " override."
    ),
    "case.predecessor": (
        "%(acts)s comes before %(act)s and is not over; record it first, or override it with a"
        " reason and a paper."
    ),
    "case.not_mended": (
        "%(act)s came back on %(day)s and was not handed in again; if it was, record that first:"
        " the time for the answer is counted from it."
    ),
    "case.asked_early": "%(acts)s comes before %(act)s and is not over yet.",
    "case.gate_closed": (
        "The gate %(gate)s before %(act)s is closed: it waits for %(acts)s. Record that first, or"
        " override the gate with a reason and a paper."
    ),
    "case.gate_papers": (
        "The gate %(gate)s before %(act)s is closed: %(acts)s was done without %(papers)s. Attach"
        " what is missing with a remark on it, or override the gate with a reason and a paper."
    ),
    "case.before_predecessor": (
        "%(day)s is before %(predecessor_day)s, when %(acts)s was done, which comes before %(act)s;"
        " correct one of the two days."
    ),
    "case.before_itself": (
        "%(day)s is before %(last_day)s, the day of the last record on %(act)s; correct one of the"
        " two days."
    ),
    "case.needs_missing": "%(act)s needs papers that are not in the file: %(papers)s.",
    "case.papers_missing": (
        "%(act)s yields papers that are not attached: %(papers)s. They can be added later with a"
        " remark; gates wait for them."
    ),
    "case.rule_order": "Rule %(rule)s: before %(act)s these come first: %(acts)s.",
    "case.rule_before": (
        "Rule %(rule)s: nothing is recorded of %(acts)s, which should come before %(act)s."
    ),
    "case.rule_papers": "Rule %(rule)s: papers for %(act)s are missing: %(papers)s.",
    "case.rule_broken": (
        "Rule %(rule)s is not met at %(act)s; read what it asks, and answer its question or correct"
        " the answer."
    ),
    "case.question_unknown": "No rule of this procedure asks “%(question)s”.",
    "case.answer_not_yes_no": "“%(value)s” is neither yes nor no.",
    "case.answer_not_number": "“%(value)s” is no whole number; write digits only.",
    "case.answer_not_listed": "“%(value)s” is none of the answers to choose from: %(listed)s.",
    "case.moment_unknown": "“%(moment_typed)s” is no day that a case has.",
    "case.moment_of_trips": (
        "Only a trip has a day of %(moment)s; open a case for the trip, and set the day there."
    ),
    "case.day_unreadable": "“%(value)s” is no day; write it like 2026-03-17.",
    "case.day_out_of_range": (
        "%(day)s lies outside what can be counted, from %(first)s to %(last)s; correct the year."
    ),
    "case.return_before_departure": (
        "The return on %(return)s lies before the departure on %(departure)s; correct one of the"
        " two days."
    ),
    "case.record_unknown": "There is no record number %(number)s that could be annulled.",
    "case.annulled_already": "Record number %(number)s was annulled already.",
    "case.annulled_before": (
        "%(day)s is before %(last_day)s, the day of the record that is to be annulled; correct it."
    ),
    "case.others_rest": (
        "Record number %(later)s rests on number %(number)s; annul the later one first."
    ),
    "weights.unreadable": (
        "The preference “%(preference)s” cannot be read; write climate > coast, coast >= 2 flights,"
        " or 0.1 <= coast <= 0.3."
    ),
    "weights.interval": (
        "The preference “%(preference)s” needs two different shares between 0 and 1,"
        " the smaller one first."
    ),
    "weights.itself": ("The preference “%(preference)s” sets a criterion above itself."),
    "weights.unknown": (
        "The preference “%(preference)s” names “%(name)s”, which is neither a criterion nor a"
        " group. There are: %(known)s."
    ),
    "weights.contradictory": (
        "These preferences cannot hold together: %(preferences)s. Take one of them back."
    ),
    "weights.across_groups": (
        "The preference “%(preference)s” compares criteria of different groups;"
        " compare the groups, or criteria of one group."
    ),
    "weights.points": (
        "The points %(points)s make no weights; each must be 0 or more, and not all 0."
    ),
    "weights.precision": ("The precision %(value)s is no number above 0."),
    "weights.points_missing": (
        "Points are given for some only; %(names)s have none. Give 0 for what does not count."
    ),
    "weights.points_and_preferences": (
        "Points and preferences are both given; use one of the two."
    ),
    "weights.points_unknown": (
        "Points are given for “%(name)s”, which is neither a criterion nor a group."
        " There are: %(known)s."
    ),
    "rulebook.size": (
        "%(name)s is longer than the %(limit)s signs that a rulebook may have; cut it into several."
    ),
    "rulebook.toml": ("%(name)s cannot be read as TOML: %(reason)s."),
    "rulebook.encoding": (
        "%(name)s, line %(line)s: the letters cannot be read as UTF-8; save it as UTF-8."
    ),
    "rulebook.key_missing": ("%(place)s: “%(key)s” is missing; write it."),
    "rulebook.key_unknown": ("%(place)s: “%(key)s” is not known here; use %(known)s."),
    "rulebook.key_unknown_near": (
        "%(place)s: “%(key)s” is not known here; do you mean “%(nearest)s”?"
    ),
    "rulebook.key_of_check": (
        "%(place)s: “%(key)s” says nothing to a rule that checks “%(check)s”; it takes %(known)s."
    ),
    "rulebook.not_text": ("%(place)s: “%(key)s” must be text in quotation marks."),
    "rulebook.not_texts": ("%(place)s: “%(key)s” must be a list of texts in quotation marks."),
    "rulebook.not_true": ("%(place)s: “%(key)s” must be true or false, without quotation marks."),
    "rulebook.not_number": ("%(place)s: “%(key)s” must be a whole number, such as 3."),
    "rulebook.not_date": (
        "%(place)s: “%(key)s” must be a day such as 2026-11-30, without quotation marks."
    ),
    "rulebook.not_list": (
        "%(place)s: “%(key)s” must be a list in square brackets;"
        " a table that comes several times has two: [[%(key)s]]."
    ),
    "rulebook.not_table": ("%(place)s: “%(key)s” must be a table: { key = value }."),
    "rulebook.not_tables": (
        "%(place)s: “%(key)s” must be a list of tables, each of them { key = value }."
    ),
    "rulebook.empty": ("%(place)s: “%(key)s” is empty; fill it in or take it out."),
    "rulebook.number_range": ("%(place)s: “%(key)s” is %(value)s; it must be from 1 to %(most)s."),
    "rulebook.not_one_of": (
        "%(place)s: “%(value)s” cannot stand for “%(key)s”; use one of %(known)s."
    ),
    "rulebook.code_form": (
        "%(place)s: “%(key)s” is “%(value)s”; a code has English letters, digits, and - _ . only,"
        " 64 of them at most."
    ),
    "rulebook.version_form": (
        "%(place)s: “%(key)s” is “%(value)s”; write it like 2026.1: numbers and points."
    ),
    "rulebook.country_form": (
        "%(place)s: “%(key)s” is “%(value)s”; write the two capital letters of ISO 3166-1,"
        " such as ID."
    ),
    "rulebook.address_form": (
        "%(place)s: “%(key)s” is “%(value)s”; write a web address that begins with https://."
    ),
    "rulebook.code_twice": (
        "%(place)s: the code “%(value)s” is taken (%(first)s); give each a code of its own."
    ),
    "rulebook.listed_twice": (
        "%(place)s: “%(key)s” lists “%(value)s” twice; take one of them out."
    ),
    "rulebook.translation": (
        "%(place)s: “%(key)s” has no text in the language “%(language)s”; add it."
    ),
    "rulebook.reference": (
        "%(place)s: “%(key)s” names “%(value)s”, which is nowhere in [[%(table)s]];"
        " add it there or take it out here."
    ),
    "rulebook.reference_near": (
        "%(place)s: “%(key)s” names “%(value)s”, which is nowhere in [[%(table)s]];"
        " do you mean “%(nearest)s”?"
    ),
    "rulebook.other_sub": (
        "%(place)s: “%(key)s” names “%(value)s”, which belongs to “%(its)s”, not to “%(sub)s”;"
        " name a step of the same procedure."
    ),
    "rulebook.cycle": (
        "%(name)s: these steps wait for each other in a ring: %(ring)s."
        " Take one of them out of “after”, or of a gate's “waits”."
    ),
    "rulebook.gate_after": (
        "%(place)s: “%(key)s” names “%(value)s”, which comes after “%(opens)s”, so the gate would"
        " never open; take it out."
    ),
    "rulebook.joint_twice": (
        "%(place)s: the joint act “%(value)s” has the name of another act of this side (%(first)s);"
        " give it a name of its own."
    ),
    "rulebook.limit_open": (
        "%(place)s: the limit has neither days nor a setting; if no source was seen, name with"
        " “setting” where an office may fill the days in."
    ),
    "rulebook.limit_source": (
        "%(place)s: the limit of %(days)s days has no source that anybody has seen; cite one with"
        " “basis”, or replace “days” by “setting”, where an office may fill them in."
    ),
    "rulebook.limit_before": (
        "%(place)s: a limit before “%(value)s” cannot be; count back from one of %(known)s."
    ),
    "rulebook.limit_after": (
        "%(place)s: the limit counts from “%(value)s”, which is this step or comes after it;"
        " name an earlier one."
    ),
    "rulebook.article_unseen": (
        "%(place)s: “%(value)s” is cited, but seen is “unverified”; say how the article was seen,"
        " or leave it out."
    ),
    "rulebook.address_missing": (
        "%(place)s: seen is “%(seen)s”, but nothing says where; add “address”, or say “unverified”."
    ),
    "rulebook.order_of_one": ("%(place)s: “%(key)s” needs two steps at least to have an order."),
    "rulebook.cap_or_caps": (
        "%(place)s: “cap” holds for all, so “%(key)s” has no meaning; take one of them out."
    ),
    "rulebook.unknown": ("There is no rulebook “%(code)s”; there are %(known)s."),
    "rulebook.unknown_near": ("There is no rulebook “%(code)s”; do you mean “%(nearest)s”?"),
    "rulebook.version_unknown": (
        "The rulebook “%(code)s” has no version “%(version)s”; there are %(known)s."
    ),
}
"""An English sentence with `%(fact)s` for each code; the codes of `cell.` are a cell's problems."""


class KembarError(Exception):
    """Something handed in is wrong; `code` says what, `facts` say where and which value.

    Parameters
    ----------
    code
        A dotted name such as "date.unreadable".
    facts
        What the sentence of that code names, such as `line=14`; numbers in the unit that
        the name ends on (`size_mb`).
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        # Only the code is given on, so that the error can be pickled for another process.
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        try:
            return SENTENCES[self.code] % self.facts
        except KeyError:
            # A log line must not fail because a sentence or a fact is missing.
            return " ".join([self.code, *(f"{k}={v!r}" for k, v in self.facts.items())])
