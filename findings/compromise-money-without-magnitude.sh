#!/usr/bin/env bash
# compromise 14.17.0: `money().get()`, documented to retrieve the parsed amounts of money, loses the magnitude: "$5.2 billion" is 5.2, for
# which `numbers().get()` of the same document has 5200000000. "Half a million dollars" is a million dollars for one and half a million for the
# other. Digits grouped by spaces are 1, and the European "€3.350,50" is 3.3505, a thousandth.
#
# One would expect that both methods have the same value for the same words, or that the amount is not found.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.cjs" <<'JS'
const nlp = require("compromise");

for (const text of ["$1,000,000", "$5.2 billion", "$5.2bn", "half a million dollars", "$1 000 000", "€3.350,50"]) {
    const document = nlp(text);
    console.log(`${text}: money ${document.money().get()}, numbers ${document.numbers().get()}`);
}
JS
packages="compromise@14.17.0 efrt@2.7.0 grad-school@0.0.5 suffix-thumb@5.0.2"
seen=$(cd "$folder" && npm install --silent --no-audit --no-fund --ignore-scripts $packages >/dev/null && node finding.cjs)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
$1,000,000: money 1000000, numbers 1000000
$5.2 billion: money 5.2, numbers 5200000000
$5.2bn: money 5.2, numbers 5.2
half a million dollars: money 1000000, numbers 500000
$1 000 000: money 1, numbers 1,0,0
€3.350,50: money 3.3505, numbers 3.3505
TEXT
echo "as stated"
