"""Record what LibreOffice shows of generated number formats: `python -m tests.sheets.libreoffice`.

Needs soffice. The recorded table is what the tests compare with, so that they run without it.
"""

import csv
import random
import subprocess
import tempfile
from pathlib import Path

import xlsxwriter

RECORDED = Path(__file__).with_name("shown_by_libreoffice.csv")
COUNT = 1500
WHOLE = ["0", "00", "000", "00000", "000000", "#", "##0", "#,##0", "#,###", "?0", "???", "0,000"]
WHOLE += ["000-0000", "0000-00-00", "000 0000 0000", "#,##00"]
DECIMALS = ["", "", "", ".0", ".00", ".#", ".0#", ".??", ".000", "."]
BEFORE = [
    "",
    "",
    '"WS"',
    '"第"',
    "¥",
    "\\W",
    "[$¥-804]",
    "(",
    "_ ",
    '"约"',
    "第",
    "[Red]",
    "-",
    "[$-804]",
    "_ ¥* ",
]
BEHIND = [
    "",
    "",
    '"组"',
    "组",
    "%",
    '"%"',
    "\\%",
    ")",
    "_)",
    '"人"',
    "_ ",
    "户",
    '"万元"',
    ",",
    ",,",
    ',"千元"',
    "+",
]
ZERO = ['"-"??_ ', '"-"', "", '"无"', "0", "0.00"]
RARE = [
    '[DBNum1][$-804]General"组"',
    "[DBNum2][$-804]General",
    "[>0]0;0%",
    '[>=1]0.0"有";"无"',
    '[<1]0%;0"个"',
]
RARE += [
    'General"组"',
    '"第"General"组"',
    "0.00E+00",
    "# ?/?",
    '0"s"',
    "0;-0;;@",
    "#",
    '0\\.0,"万"',
    "0.00%;-0.0%",
]
NUMBERS = [0, 1, 3, 13, 123, 1234, 12345, 1234567, 0.5, 0.95, 0.055, 1.005, 2.5, 0.125, -1, -3, -13.5, -0.004]
NUMBERS += [1234.5, 99.995, 13812345678, 20150305, 0.1, 1e-7, 999.9999, 7, 50, 1 / 3]


def generated(choose: random.Random) -> str:
    """Return a format of one to three sections, with conditions in some."""
    kind = choose.random()
    if kind < 0.1:
        return choose.choice(RARE)
    if kind < 0.2:
        return f'[={choose.choice([0, 1, 3])}]"甲";[={choose.choice([2, 13])}]"乙";{_section(choose)}'
    sections = [_section(choose) for _ in range(choose.choice([1, 1, 1, 2, 3]))]
    if len(sections) == 3:
        sections[2] = choose.choice(ZERO)
    return ";".join(sections)


def _section(choose: random.Random) -> str:
    return "".join(choose.choice(parts) for parts in (BEFORE, WHOLE, DECIMALS, BEHIND))


def shown_by_libreoffice(pairs: list[tuple[str, float]]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        with xlsxwriter.Workbook(f"{folder}/a.xlsx") as book:
            sheet = book.add_worksheet()
            sheet.set_column(0, 0, 80)
            for row, (code, number) in enumerate(pairs):
                sheet.write_number(row, 0, number, book.add_format({"num_format": code}))
        to_text = "csv:Text - txt - csv (StarCalc):44,34,76,1"
        command = ["soffice", "--headless", "--convert-to", to_text, "--outdir", folder, f"{folder}/a.xlsx"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(f"{folder}/a.csv", encoding="utf-8", newline="") as file:
            return [row[0] if row else "" for row in csv.reader(file)]


def main() -> None:
    choose = random.Random(12)
    pairs = [(generated(choose), choose.choice(NUMBERS)) for _ in range(COUNT)]
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        rows = zip(pairs, shown_by_libreoffice(pairs), strict=True)
        csv.writer(file).writerows([code, repr(number), text] for (code, number), text in rows)


if __name__ == "__main__":
    main()
