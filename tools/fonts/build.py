"""Make the Chinese letters of the reports: the common ones of Noto Serif CJK SC, Regular.

    apt install fonts-noto-cjk
    python -m venv .venv-fonts && .venv-fonts/bin/pip install -r tools/fonts/requirements.txt
    .venv-fonts/bin/python tools/fonts/build.py

The whole font has 26 MB; no province needs the other 60,000 letters in a report. What is kept:
all signs of GB 2312, whatever the atlas and our translations are written with, and letters of
personal names that GB 2312 lacks. The result is another font by the licence, so it has another
name. The same source gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "src/kembar/engines/report/data/KembarSerifSC.otf"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
# Of Debian's fonts-noto-cjk 1:20220127+repack1-1, which holds version 2.001 of the font.
SHA256 = "a04178ec485dffdff7cc0c0c20e1fce9202d7e2160d805e8e44a4c8841c58481"
FACE = "Noto Serif CJK SC"
NAME = "Kembar Serif SC"
# Letters of living names that GB 2312 lacks, first of all those that newspapers had to draw.
NAMES = (
    "镕堃喆昇玥翀赟璟琇珺暐炜晔曌垚淼煊頔祎翊玘玚珩玹琎琤琨瑄瑀瑭璠璐祺禛祾筠箐綦絜翙翯翾"
    "芃芠苡茜茗荃荻莜菡蓥蔚薇藁蘅虓衎袆諲譞赑轩郗郦酆鋆鎏鑫铖铭锴镔镠闳闿阆韫韬颀颋飏飔骎骐骕骞髙"
    "鲲鹍鹓鹮麂麒黻黼龑龢瀚炆炘炜烜烨焜焱煐煜熠燊燚犇猷玎玢玮玙玟玠珂珅珈珉珏珙珣珧珮珺琚琛琪琬琮琰"
    "瑢瑷璇璞璨璩甦畇畅畯皓皞盱眭睍睿瞾砺磊祯禔禤穆竑竣翃翎翥昉昕昳晗晞晟晳暄暎暾曈曦朏杪枋枞柘栩栻桢桦"
    "梓梵棨棻棽榕榘樾橦檀欤歆毓汭沄沅沚沣沩沺泂泓泖洺浠浥浯淇涵渌渟湉湜湲溁滢潆潇澍濂瀛岚峣崟嵘嵩嶷"
)


def wanted() -> Iterator[str]:
    """Yield every sign to keep, some more than once."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield bytes([row, cell]).decode("gb2312", errors="ignore")
    yield NAMES
    data = ROOT / "src/kembar/engines/atlas/data"
    for name in ("units.csv", "countries.csv"):
        with (data / name).open(encoding="utf-8", newline="") as file:
            yield from (row["name_zh"] for row in csv.DictReader(file))
    yield (ROOT / "src/kembar/locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    for file in sorted((ROOT / "src/kembar").glob("**/data/*.toml")):
        yield file.read_text(encoding="utf-8")


def main() -> None:
    """Write the font."""
    found = hashlib.sha256(SOURCE.read_bytes()).hexdigest() if SOURCE.exists() else "not there"
    if found != SHA256:
        sys.exit(f"{SOURCE} is not the font we know (SHA-256 {found}).")
    faces = TTCollection(str(SOURCE), lazy=True)
    font: TTFont = next(each for each in faces if each["name"].getDebugName(1) == FACE)
    options = subset.Options()
    options.layout_features = ["kern", "palt"]
    options.hinting = options.notdef_outline = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    font.recalcTimestamp = options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    # Below U+00FF stand Latin letters, which come from another font.
    cutter.populate(unicodes={ord(sign) for text in wanted() for sign in text if ord(sign) > 0xFF})
    cutter.subset(font)
    for number, text in ((1, NAME), (3, f"{NAME} 1.0"), (4, NAME), (6, NAME.replace(" ", ""))):
        font["name"].setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [NAME.replace(" ", "")]
    TARGET.parent.mkdir(exist_ok=True)
    font.save(str(TARGET))
    signs = len(font.getBestCmap())
    print(f"{TARGET.relative_to(ROOT)}: {signs} signs, {TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
