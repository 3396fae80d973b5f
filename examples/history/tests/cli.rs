//! The program as a user runs it: tables in, tables out, errors with their place.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use masthead::ledger::{Feed, Sighting};
use masthead::money::{Rates, Row, parse_decimal};
use masthead::ticker::{Bank, FileStore};

/// Runs the program in a folder with a text on its standard input.
fn run(folder: &Path, arguments: &str, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_masthead-history"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments may close the pipe first.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The standard output of a run that must succeed.
#[track_caller]
fn printed(folder: &Path, arguments: &str, input: &str) -> String {
    let output = run(folder, arguments, input);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    text(output.stdout)
}

/// The standard error of a run that must fail.
#[track_caller]
fn error(folder: &Path, arguments: &str, input: &str) -> String {
    let output = run(folder, arguments, input);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Three days of the euro with a weekend between, one missing value, and a comma at the end of each line.
const WIDE: &str =
    "Date,USD,JPY,\n2024-03-04,1.1000,160.5,\n2024-03-01,1.0900,N/A,\n2024-02-29,1.0800,161.00,\n";

#[test]
fn a_table_comes_back_as_lines_that_can_be_imported_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let first = printed(folder, "import a.ledger --bank ecb", WIDE);
    assert_eq!(first, "3 publications with 5 rates, 3 new, 0 corrected\n");
    let again = printed(folder, "import a.ledger --bank ecb", WIDE);
    assert_eq!(again, "3 publications with 5 rates, 0 new, 0 corrected\n");
    let lines = printed(folder, "export a.ledger --bank ecb", "");
    let expected = "day,currency,nominal,value,change\n\
                    2024-02-29,JPY,1,161.00,\n\
                    2024-02-29,USD,1,1.0800,\n\
                    2024-03-01,USD,1,1.0900,\n\
                    2024-03-04,JPY,1,160.5,\n\
                    2024-03-04,USD,1,1.1000,\n";
    assert_eq!(lines, expected);
    printed(folder, "import b.ledger --bank ecb", &lines);
    assert_eq!(printed(folder, "export b.ledger --bank ecb", ""), lines);
    let part =
        "export a.ledger --bank ecb --from 2024-03-01 --to 2024-03-03 --pair eur/usd --format json";
    let json = r#"{"pair":"EUR/USD","value":"1.0900","nominal":1,"day":"2024-03-01","change":null,"confirmed":true}"#;
    assert_eq!(printed(folder, part, ""), format!("{json}\n"));
    assert_eq!(
        printed(folder, "list a.ledger", ""),
        "ecb: 2024-02-29 to 2024-03-04, 3 publications, 2 days without rates\n"
    );
    assert_eq!(
        printed(folder, "gaps a.ledger --bank ecb", ""),
        "2024-03-02 2024-03-03\n"
    );
    assert_eq!(
        printed(folder, "gaps a.ledger --bank ecb --from 2024-03-03", ""),
        "2024-03-03 2024-03-03\n"
    );
}

#[test]
fn nominals_and_changes_are_kept_digit_for_digit() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "day,currency,nominal,value,change\n2026-04-02,KRW,100,31.280,-0.310\n2026-04-02,USD,1,475.09,\n";
    printed(
        folder.path(),
        "import a.ledger --bank national_bank_kz",
        lines,
    );
    let out = printed(folder.path(), "export a.ledger --bank national_bank_kz", "");
    assert_eq!(out, lines);
}

#[test]
fn a_correction_is_a_record_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let table = |value: &str| format!("day,USD\n2026-04-02,{value}\n");
    let import = "import a.ledger --bank national_bank_kz";
    printed(folder.path(), import, &table("475.09"));
    let refused = error(folder.path(), import, &table("475.10"));
    let expected = "the file has other figures on 1 of the days, first on 2026-04-02: 475.09 for 1 of USD; --correct replaces them";
    assert_eq!(refused, format!("masthead-history: {expected}\n"));
    let correct = format!("{import} --correct");
    let corrected = printed(folder.path(), &correct, &table("475.10"));
    assert_eq!(
        corrected,
        "1 publications with 1 rates, 1 new, 1 corrected\n"
    );
    let export = "export a.ledger --bank national_bank_kz";
    assert!(printed(folder.path(), export, "").ends_with(",475.10,\n"));
    // Both were learned now, and the day before is empty.
    let before = format!("{export} --known-at 2026-04-02T12:00:00Z");
    let before = error(folder.path(), &before, "");
    assert_eq!(
        before,
        "masthead-history: the file has no rates of national_bank_kz\n"
    );
}

#[test]
fn an_error_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    for (table, expected) in [
        ("", "the first column is \"\": expected `day` or `date`"),
        (
            "time,USD\n",
            "the first column is \"time\": expected `day` or `date`",
        ),
        ("day,USD\n", "the table has no rates"),
        (
            "day,Euro,USD,Pound\n",
            "\"Euro\", \"Pound\" are no currency codes such as USD: expected these, or the columns `currency`, `nominal`, `value`, `change`",
        ),
        (
            "day,USD\n1.2.2024,1\n",
            "line 2: day is \"1.2.2024\": expected a day such as 2024-01-31",
        ),
        (
            "day,USD\n2024-02-01,1,1\n",
            "the table cannot be read: CSV error: record 1 (line: 2, byte: 8): found record with 3 fields, but the previous record has 2 fields",
        ),
        (
            "day,USD\n2024-02-01,1.1\n2024-02-02,x\n",
            "line 3: USD is \"x\": invalid decimal \"x\": unexpected 'x' at byte 0",
        ),
        (
            "day,USD\n2024-02-01,1.1\n2024-02-01,1.2\n",
            "line 3: 2024-02-01 stands twice",
        ),
        (
            "day,USD\n2100-02-01,1\n",
            "line 2: 2100-02-01 is more than 14 days ahead",
        ),
        (
            "day,BGN\n2026-01-02,1.9558\n",
            "line 2: BGN was not in use on 2026-01-02 (1999-07-05 to 2025-12-31)",
        ),
        (
            "Date,USD,,JPY\n2024-03-01,1.09,7.5,161.0\n",
            "column 3 has no name",
        ),
        (
            "Date,USD,\n2024-03-01,1.09,7.5\n",
            "line 2:  is \"7.5\": the column has no name",
        ),
        (
            "PK\x03\x04",
            "the input is a zip archive: unpack it first, as with `unzip -p`",
        ),
        (
            "day,USD\n2024-02-01,0\n",
            "line 2: the rates of 2024-02-01: rate of USD is 0: expected 0.000000001 to 1000000000",
        ),
        (
            "day,currency,value,nominal\n2024-02-01,USD,1.1,ten\n",
            "line 2: nominal is \"ten\": expected a whole number such as 100",
        ),
    ] {
        let told = error(folder.path(), "import a.ledger --bank ecb", table);
        assert_eq!(told, format!("masthead-history: {expected}\n"), "{table:?}");
    }
    assert!(!folder.path().join("a.ledger").exists());
    let missing = error(folder.path(), "list no.ledger", "");
    assert_eq!(missing, "masthead-history: no.ledger does not exist\n");
    printed(folder.path(), "import a.ledger --bank ecb", WIDE);
    let reversed = error(
        folder.path(),
        "gaps a.ledger --bank ecb --from 2024-03-02 --to 2024-03-01",
        "",
    );
    assert_eq!(
        reversed,
        "masthead-history: --from 2024-03-02 is after --to 2024-03-01\n"
    );
    for (arguments, expected) in [
        (
            "gaps a.ledger --bank ecb --from 2025-01-01",
            "the file has rates of ecb from 2024-02-29 to 2024-03-04 only",
        ),
        (
            "export a.ledger --bank ecb --pair usd/eur",
            "ecb quotes EUR/USD, not USD/EUR",
        ),
        (
            "export a.ledger --bank ecb --pair usd/kzt",
            "ecb quotes no USD/KZT: its currency is EUR",
        ),
    ] {
        assert_eq!(
            error(folder.path(), arguments, ""),
            format!("masthead-history: {expected}\n")
        );
    }
    let dotted = run(
        folder.path(),
        "gaps a.ledger --bank ecb --from 31.01.2024",
        "",
    );
    assert!(
        String::from_utf8(dotted.stderr)
            .unwrap()
            .contains("expected a day such as 2024-01-31")
    );
    let other = run(folder.path(), "gaps a.ledger --bank nbk", "");
    assert_eq!(other.status.code(), Some(2));
    assert!(
        String::from_utf8(other.stderr)
            .unwrap()
            .contains("expected one of national_bank_kz, cbr, ")
    );
}

#[test]
fn verify_finds_a_changed_digit_and_compact_removes_the_line() {
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), "import a.ledger --bank ecb", WIDE);
    let sound = printed(folder.path(), "verify a.ledger", "");
    assert_eq!(sound, "3 records, every line can be used\n");
    let path = folder.path().join("a.ledger");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("1.0900", "1.9900")).unwrap();
    let output = run(folder.path(), "verify a.ledger", "");
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stdout.is_empty(), "{output:?}");
    let compacted = printed(folder.path(), "compact a.ledger", "");
    assert!(compacted.starts_with("2 records kept, "), "{compacted}");
    assert_eq!(
        printed(folder.path(), "verify a.ledger", ""),
        "2 records, every line can be used\n"
    );
    let short = printed(folder.path(), "compact a.ledger --days 1", "");
    assert!(short.starts_with("0 records kept, 2 removed"), "{short}");
}

#[test]
fn a_table_of_other_currencies_completes_a_day() {
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), "import a.ledger --bank ecb", WIDE);
    let more = "Date,CHF\n2024-03-04,0.9600\n";
    let added = printed(folder.path(), "import a.ledger --bank ecb", more);
    assert_eq!(added, "1 publications with 1 rates, 1 new, 0 corrected\n");
    let lines = printed(
        folder.path(),
        "export a.ledger --bank ecb --from 2024-03-04",
        "",
    );
    let expected = "day,currency,nominal,value,change\n2024-03-04,CHF,1,0.9600,\n2024-03-04,JPY,1,160.5,\n2024-03-04,USD,1,1.1000,\n";
    assert_eq!(lines, expected);
}

#[test]
fn a_row_of_a_list_for_several_days_stands_on_its_own_day_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bank: Bank = "nbkr".parse().unwrap();
    let rows = [("USD", "87.4310"), ("GBP", "117.2500")]
        .map(|(code, value)| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 1));
    let rates = bank.published("2026-04-02".parse().unwrap(), rows).unwrap();
    let mut json = serde_json::to_value(rates).unwrap();
    json["older"] = serde_json::json!([["GBP", "2026-03-28"]]);
    json["valid_until"] = serde_json::json!([["GBP", "2026-04-03"]]);
    let rates: Rates = serde_json::from_value(json).unwrap();
    let (day, at) = (rates.day(), "2026-04-02T09:00:00Z".parse().unwrap());
    let record = Sighting::of_rates(bank.id(), Feed::OfDay, day, rates, at);
    let file = FileStore::new(folder.path().join("a.ledger"));
    file.append(&[record.into()], &[]).unwrap();
    let export = "export a.ledger --bank nbkr";
    let head = "day,currency,nominal,value,change\n";
    let dollar = "2026-04-02,USD,1,87.4310,\n";
    assert_eq!(
        printed(folder.path(), export, ""),
        format!("{head}{dollar}")
    );
    // Another currency completes the day, and the pound does not become one of it.
    let more = "day,EUR\n2026-04-02,101.4925\n";
    printed(folder.path(), "import a.ledger --bank nbkr", more);
    let euro = "2026-04-02,EUR,1,101.4925,\n";
    assert_eq!(
        printed(folder.path(), export, ""),
        format!("{head}{euro}{dollar}")
    );
}

#[test]
fn a_pair_of_an_earlier_unit_of_the_bank_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let table = "day,USD\n2005-12-30,4593\n2006-01-04,0.9186\n";
    printed(folder.path(), "import a.ledger --bank cbar", table);
    let export = |pair: &str| format!("export a.ledger --bank cbar --pair {pair}");
    let head = "day,currency,nominal,value,change\n";
    for (pair, line) in [
        ("usd/azm", "2005-12-30,USD,1,4593,\n"),
        ("usd/azn", "2006-01-04,USD,1,0.9186,\n"),
    ] {
        let lines = printed(folder.path(), &export(pair), "");
        assert_eq!(lines, format!("{head}{line}"));
    }
    for (pair, expected) in [
        ("azm/usd", "cbar quotes no AZM/USD: its currency is AZN"),
        ("azn/usd", "cbar quotes USD/AZN, not AZN/USD"),
    ] {
        let refused = error(folder.path(), &export(pair), "");
        assert_eq!(refused, format!("masthead-history: {expected}\n"));
    }
}

#[test]
fn rates_of_another_bank_are_not_added_to_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let import = |bank: &str| format!("import a.ledger --bank {bank}");
    let tenge = "day,USD,EUR\n2026-04-01,478.77,551.10\n2026-04-02,475.09,549.11\n";
    for (bank, table, value) in [
        ("national_bank_kz", WIDE, "1.1000"),
        ("ecb", "day,USD\n2026-04-02,475.09\n", "475.09"),
        ("cbr", "day,USD\n2026-04-02,475.09\n", "475.09"),
    ] {
        let refused = error(folder.path(), &import(bank), table);
        let expected = format!(
            "masthead-history: {value} for 1 of USD is far from the usual rate of {bank}: if these are not rates of another bank, --unusual adds them\n"
        );
        assert_eq!(refused, expected);
        assert!(!folder.path().join("a.ledger").exists());
    }
    // Values of the time before the usual ones, and those of the bank.
    let old = "day,USD\n1998-01-05,76.50\n";
    printed(folder.path(), &import("national_bank_kz"), old);
    printed(folder.path(), &import("national_bank_kz"), tenge);
    let unusual = format!("{} --unusual", import("cbr"));
    let added = printed(folder.path(), &unusual, tenge);
    assert_eq!(added, "2 publications with 4 rates, 2 new, 0 corrected\n");
}

#[test]
fn a_chart_has_the_rates_of_the_export() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    printed(folder, "import a.ledger --bank ecb", WIDE);
    let of = |command: &str, rest: &str| {
        let arguments = format!("{command} a.ledger --bank ecb --pair eur/usd{rest}");
        printed(folder, &arguments, "")
    };
    let lines = of("export", " --format json");
    let exported: Vec<(String, String)> = lines
        .lines()
        .map(|line| {
            let rate: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| rate[key].as_str().unwrap().to_owned();
            (text("day"), text("value"))
        })
        .collect();
    assert_eq!(exported.len(), 3);
    let table = of("chart", " --format table");
    let rows = table.split("<tr>").filter_map(|row| {
        let day = row.split_once("datetime=\"")?.1.split_once('"')?.0;
        let value = row.split_once("value=\"")?.1.split_once('"')?.0;
        Some((day.to_owned(), value.to_owned()))
    });
    assert_eq!(rows.collect::<Vec<_>>(), exported);
    assert_eq!(table.matches("<td>no data</td>").count(), 2, "the weekend");
    let csv = of("export", "");
    let rows = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>());
    let rows = rows.map(|row| (row[0].to_owned(), row[3].to_owned()));
    assert_eq!(rows.collect::<Vec<_>>(), exported);
    let picture = of("chart", " --lang kk --width 320");
    assert!(
        picture.starts_with("<svg ") && picture.ends_with("</svg>\n"),
        "{picture}"
    );
    assert!(picture.contains("ең жоғары 1.1000") && picture.contains(r#"width="320""#));
    assert!(of("chart", " --format figure").contains("<figcaption>"));
}

#[test]
fn a_chart_joins_a_currency_with_its_predecessor() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table =
        "day,currency,value\n2005-06-29,ROL,36000\n2005-06-30,ROL,36050\n2005-07-01,RON,3.6\n";
    printed(folder, "import a.ledger --bank ecb", table);
    let picture = printed(folder, "chart a.ledger --bank ecb --pair eur/ron", "");
    assert!(
        picture.contains("10000 ROL = 1 RON: 29 June 2005 – 30 June 2005"),
        "{picture}"
    );
    assert!(
        picture.contains("first 3.60, last 3.60, highest 3.605 (30 June 2005)"),
        "{picture}"
    );
    let refused = error(folder, "chart a.ledger --bank ecb --pair usd/eur", "");
    assert!(
        refused.contains("ecb quotes EUR/USD, not USD/EUR"),
        "{refused}"
    );
}
