#!/usr/bin/env bash
# date-fns 4.4.0, locale kk: `parse` does not read back what `format` wrote. It looks at the first letter of a full month's name only:
# September, October and November come back as January, June as May. No error, a valid date. The short names are read correctly.
#
# A program that reads dates off Kazakh pages has a third of the year in the wrong month. A test of February, or in Russian, does not show it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.mjs" <<'JS'
import { format, isValid, parse } from "date-fns";
import { kk } from "date-fns/locale/kk";

for (let month = 0; month < 12; month++) {
  const line = ["d MMMM yyyy", "d MMM yyyy"].map((pattern) => {
    const written = format(new Date(2026, month, 2), pattern, { locale: kk });
    const read = parse(written, pattern, new Date(2026, 0, 1), { locale: kk });
    return `${written} = ${isValid(read) ? format(read, "yyyy-MM-dd") : "invalid"}`;
  });
  console.log(line.join("; "));
}
JS
seen=$(cd "$folder" && npm install --silent --no-audit --no-fund --ignore-scripts date-fns@4.4.0 >/dev/null && node finding.mjs)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
2 қаңтар 2026 = 2026-01-02; 2 қаң 2026 = 2026-01-02
2 ақпан 2026 = 2026-02-02; 2 ақп 2026 = 2026-02-02
2 наурыз 2026 = 2026-03-02; 2 нау 2026 = 2026-03-02
2 сәуір 2026 = 2026-04-02; 2 сәу 2026 = 2026-04-02
2 мамыр 2026 = 2026-05-02; 2 мам 2026 = 2026-05-02
2 маусым 2026 = 2026-05-02; 2 мау 2026 = 2026-06-02
2 шілде 2026 = 2026-07-02; 2 шіл 2026 = 2026-07-02
2 тамыз 2026 = 2026-08-02; 2 там 2026 = 2026-08-02
2 қыркүйек 2026 = 2026-01-02; 2 қыр 2026 = 2026-09-02
2 қазан 2026 = 2026-01-02; 2 қаз 2026 = 2026-10-02
2 қараша 2026 = 2026-01-02; 2 қар 2026 = 2026-11-02
2 желтоқсан 2026 = 2026-12-02; 2 жел 2026 = 2026-12-02
TEXT
echo "as stated"
