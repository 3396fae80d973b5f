#!/usr/bin/env bash
# money-math 2.6.3: its amounts are strings with two decimals, and may be negative. `div`, `percent` and `mul` round by adding a cent to
# the result truncated towards zero, below zero too, where that leads away from it. -2.00 / 3.00 is -0.65, although -0.666… lies
# between -0.67 and -0.66; -0.05 × 0.10 is a cent above zero.
#
# A refund or the change of a fallen rate is up to two cents off, or has the other sign. Any rounding mode would stay within one cent.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.cjs" <<'JS'
const money = require("money-math");

const calls = [["div", "2.00", "3.00"], ["percent", "12.40", "12.00"], ["mul", "1.05", "0.10"], ["mul", "0.05", "0.10"]];
for (const [name, amount, by] of calls)
  for (const signed of [amount, `-${amount}`]) console.log(`${name} ${signed} ${by} = ${money[name](signed, by)}`);
JS
packages="money-math@2.6.3 jsbn@1.1.0"
seen=$(cd "$folder" && npm install --silent --no-audit --no-fund --ignore-scripts $packages >/dev/null && node finding.cjs)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
div 2.00 3.00 = 0.67
div -2.00 3.00 = -0.65
percent 12.40 12.00 = 1.49
percent -12.40 12.00 = -1.48
mul 1.05 0.10 = 0.11
mul -1.05 0.10 = -0.09
mul 0.05 0.10 = 0.01
mul -0.05 0.10 = 0.01
TEXT
echo "as stated"
