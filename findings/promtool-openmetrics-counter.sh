#!/usr/bin/env bash
# promtool 2.42.0 (Debian's package prometheus 2.42.0+ds-5+deb12u1) checks OpenMetrics text by the rules of the older text format.
#
# In OpenMetrics the metadata of a counter have the name without `_total`, in the older format with it. `promtool check metrics` reads the
# standard input as the older format, whatever it holds: it accepts `# EOF` as a comment, finds no metadata for `answers_total`, and reports
# "answers_total no help text" with exit code 3 for text that the strict OpenMetrics parser of prometheus_client 0.26.0 accepts. A gauge passes,
# so the check of an exporter without counters succeeds.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get update -qq
apt-get download -qq -o APT::Sandbox::User=root prometheus=2.42.0+ds-5+deb12u1
dpkg-deb --extract prometheus_*.deb deb
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --target python prometheus_client==0.26.0

printf '# TYPE answers counter\n# HELP answers Answers.\nanswers_total 3\n# EOF\n' >counter
printf '# TYPE wait_seconds gauge\n# HELP wait_seconds Wait.\nwait_seconds 3\n# EOF\n' >gauge
read_strictly() {
    PYTHONPATH=python python3 - <<'PYTHON'
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
for name in ("counter", "gauge"):
    for family in parse(open(name).read()):
        print(family.type, family.name, "|", family.documentation, "|", *(f"{sample.name} {sample.value}" for sample in family.samples))
PYTHON
}
check() {
    local code=0 found
    found=$(deb/usr/bin/promtool check metrics <"$1" 2>&1) || code=$?
    echo "promtool, $1: exit code $code${found:+ $found}"
}
seen=$(read_strictly; check counter; check gauge)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
counter answers | Answers. | answers_total 3
gauge wait_seconds | Wait. | wait_seconds 3
promtool, counter: exit code 3 answers_total no help text
promtool, gauge: exit code 0
TEXT
echo "as stated"
