#!/usr/bin/env bash
# astral 3.2: the sunrise of a date is the one within its UTC day. At Almaty, UTC+5, that of a summer morning is before midnight UTC.
# Asked in UTC, `daylight` then ends before it begins, and `night` ends with the dawn after next and lasts 31 hours. In winter both are
# right. Asked in the city's own time zone they are right in summer too, but one day in spring has no sunrise: that of 22 April 2026 is
# the second one in the UTC day of the 21st, and a ValueError says that it cannot be found.
#
# A server that computes in UTC shows a wrong length of the day from April to August, one in local time fails on one day of the year.
# A test in winter passes, and so does one for London.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from datetime import date, timedelta, timezone

from astral import Observer
from astral.sun import daylight, night, sunrise

almaty = Observer(43.24, 76.9)


def hours(span):
    begin, end = span
    return f"{begin:%d %H:%M} to {end:%d %H:%M}, {(end - begin) / timedelta(hours=1):.1f} hours"


for name, zone in [("UTC", timezone.utc), ("+05", timezone(timedelta(hours=5)))]:
    for day in [date(2026, 12, 21), date(2026, 6, 21)]:
        print(f"{day} {name}: day {hours(daylight(almaty, day, zone))}; night {hours(night(almaty, day, zone))}")
    for day in [date(2026, 4, 21), date(2026, 4, 22), date(2026, 4, 23)]:
        try:
            print(f"{day} {name}: sunrise {sunrise(almaty, day, zone):%d %H:%M}")
        except ValueError as error:
            print(f"{day} {name}: {error}")
PYTHON
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" astral==3.2
seen=$(cd "$folder" && python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
2026-12-21 UTC: day 21 02:21 to 21 11:19, 9.0 hours; night 21 11:52 to 22 01:48, 13.9 hours
2026-06-21 UTC: day 21 23:12 to 21 14:35, -8.6 hours; night 21 15:11 to 22 22:36, 31.4 hours
2026-04-21 UTC: sunrise 21 00:01
2026-04-22 UTC: sunrise 22 23:58
2026-04-23 UTC: sunrise 23 23:56
2026-12-21 +05: day 21 07:21 to 21 16:19, 9.0 hours; night 21 16:52 to 22 06:48, 13.9 hours
2026-06-21 +05: day 21 04:12 to 21 19:35, 15.4 hours; night 21 20:11 to 22 03:36, 7.4 hours
2026-04-21 +05: sunrise 21 05:01
2026-04-22 +05: Unable to find a sunrise time on the date specified
2026-04-23 +05: sunrise 23 04:58
TEXT
echo "as stated"
