//! The program as a user runs it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use masthead::SourceId;
use masthead::ledger::{Feed, Record, Sighting};
use masthead::money::{Currency, Row, parse_decimal};
use masthead::ticker::{Bank, FileStore};

fn run(arguments: &str, folder: &Path, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_columns"))
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

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A file with the dollar on a Friday and on the Monday after it.
fn rates(folder: &Path) {
    let records = [("2024-03-01", "450.00"), ("2024-03-04", "452.50")].map(|(day, value)| {
        let dollar = Row::new(Currency::USD, parse_decimal(value).unwrap(), 1);
        let rates = Bank::national_bank_kz()
            .published(day.parse().unwrap(), [dollar])
            .unwrap();
        let (day, at) = (rates.day(), "2024-03-05T00:00:00Z".parse().unwrap());
        Record::from(Sighting::of_rates(
            SourceId::NATIONAL_BANK_KZ,
            Feed::OfDay,
            day,
            rates,
            at,
        ))
    });
    FileStore::new(folder.join("rates.ledger"))
        .append(&records, &[])
        .unwrap();
}

#[test]
fn each_amount_is_converted_at_the_rates_of_its_day() {
    let folder = tempfile::tempdir().unwrap();
    rates(folder.path());
    let table = "name,day,amount\n\"Tea, black\",2024-03-04,2.00\nRice,2024-03-01,0.01\nSugar,2024-03-01,-3\n";
    let arguments = "usd kzt --state rates.ledger --days day --amounts amount";
    let output = run(arguments, folder.path(), table);
    let expected = "name,day,amount,KZT\n\"Tea, black\",2024-03-04,2.00,905.00\nRice,2024-03-01,0.01,4.50\nSugar,2024-03-01,-3,-1350.00\n";
    assert_eq!((text(&output.stdout), text(&output.stderr)), (expected, ""));
    assert!(output.status.success());
}

#[test]
fn a_day_without_rates_is_an_error_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    rates(folder.path());
    let arguments = "usd kzt --state rates.ledger --days day --amounts amount";
    for (rows, written, expected) in [
        (
            "2024-03-01,1\n2024-03-02,1\n",
            "day,amount,KZT\n2024-03-01,1,450.00\n",
            "line 3: no rates of national_bank_kz are known for 2024-03-02, only for 2024-03-01 before it and 2024-03-04 after it",
        ),
        (
            "1.3.2024,1\n",
            "day,amount,KZT\n",
            "line 2: \"1.3.2024\" is not a day such as 2024-01-31",
        ),
        (
            "2024-03-01,0.001\n",
            "day,amount,KZT\n",
            "line 2: 0.001 USD has digits below the minor unit",
        ),
    ] {
        let output = run(arguments, folder.path(), &format!("day,amount\n{rows}"));
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), written);
        assert_eq!(text(&output.stderr), format!("columns: {expected}\n"));
    }
    let output = run(arguments, folder.path(), "date,amount\n2024-03-01,1\n");
    assert_eq!(
        text(&output.stderr),
        "columns: no column \"day\": expected one of date, amount\n"
    );
}

/// A file with a list of the last day of 2025 that the bank answered with for New Year's Day too, on which the Syrian pound lost two zeros.
fn carried(folder: &Path) {
    let row =
        |code: &str, value| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 100);
    let rows = [row("USD", "8000"), row("SYP", "0.62")];
    let rates = Bank::cbr().published("2025-12-31".parse().unwrap(), rows);
    let rates = rates.unwrap();
    let records = ["2025-12-31", "2026-01-01"].map(|asked| {
        let (asked, at) = (
            asked.parse().unwrap(),
            "2026-01-02T00:00:00Z".parse().unwrap(),
        );
        Record::from(Sighting::of_rates(
            SourceId::CBR,
            Feed::OfDay,
            asked,
            rates.clone(),
            at,
        ))
    });
    FileStore::new(folder.join("rates.ledger"))
        .append(&records, &[])
        .unwrap();
}

#[test]
fn a_list_that_is_carried_into_another_unit_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    carried(folder.path());
    let on = |pair: &str, day: &str| {
        let arguments = format!("{pair} --bank cbr --state rates.ledger --on {day}");
        let output = run(&arguments, folder.path(), "100\n");
        (
            text(&output.stdout).to_owned(),
            text(&output.stderr).to_owned(),
        )
    };
    let done = |amount: &str| (format!("{amount}\n"), String::new());
    assert_eq!(on("syp rub", "2025-12-31"), done("0.62"));
    assert_eq!(on("usd rub", "2026-01-01"), done("8000.00"));
    let refused = "the rates for 2026-01-01 are of 2025-12-31, in another unit of SYP";
    for pair in ["syp rub", "rub syp", "usd syp"] {
        let expected = (String::new(), format!("columns: {refused}\n"));
        assert_eq!(on(pair, "2026-01-01"), expected, "{pair}");
    }
    let arguments = "syp rub --bank cbr --state rates.ledger --days day --amounts amount";
    let table = "day,amount\n2025-12-31,100\n2026-01-01,100\n";
    let output = run(arguments, folder.path(), table);
    let printed = (text(&output.stdout), text(&output.stderr));
    let written = "day,amount,RUB\n2025-12-31,100,0.62\n";
    assert_eq!(
        printed,
        (written, &*format!("columns: line 3: {refused}\n"))
    );
}

#[test]
fn a_column_of_amounts_is_converted_at_one_day() {
    let folder = tempfile::tempdir().unwrap();
    rates(folder.path());
    for (arguments, expected, rates) in [
        (
            "usd kzt",
            "447.32\n0.00\n",
            "columns: at the rates of the built-in sample, 13 June 2023; see --state\n",
        ),
        (
            "usd kzt --state rates.ledger --on 2024-03-01",
            "450.00\n0.00\n",
            "",
        ),
        (
            "usd kzt --state rates.ledger",
            "452.50\n0.00\n",
            "columns: at the rates of national_bank_kz for 2024-03-04\n",
        ),
    ] {
        let output = run(arguments, folder.path(), "1\n0\n");
        let printed = (text(&output.stdout), text(&output.stderr));
        assert_eq!(printed, (expected, rates), "{arguments}");
    }
    let semicolons = run(
        "usd kzt --state rates.ledger --days day --amounts amount",
        folder.path(),
        "day;amount\n",
    );
    assert_eq!(
        text(&semicolons.stderr),
        "columns: the cells are separated by semicolons: expected commas\n"
    );
    let output = run("usd kzt --bank ecb", folder.path(), "");
    assert_eq!(output.status.code(), Some(2));
    let output = run("usd kzt --state no.ledger", folder.path(), "");
    assert_eq!(text(&output.stderr), "columns: no.ledger does not exist\n");
    let output = run("usd kzt --days day", folder.path(), "");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn amounts_are_read_as_a_language_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    rates(folder.path());
    let on = |arguments: &str, input: &str| {
        let arguments = format!("{arguments} --state rates.ledger --on 2024-03-01");
        let output = run(&arguments, folder.path(), input);
        let status = output.status.code().unwrap();
        (
            status,
            text(&output.stdout).to_owned(),
            text(&output.stderr).to_owned(),
        )
    };
    let done = |amounts: &str| (0, amounts.to_owned(), String::new());
    let refused = |reason: &str| (1, String::new(), format!("columns: {reason}\n"));
    let russian = "9 млн\n9 000 000,50\n9\u{a0}000\u{a0}000\nдевять тысяч тенге\n-1 800,00\n−4 500\n900.00\n₸450\n";
    let dollars = "20000.00\n20000.00\n20000.00\n20.00\n-4.00\n-10.00\n2.00\n1.00\n";
    assert_eq!(on("kzt usd --lang ru", russian), done(dollars));
    assert_eq!(
        on("usd kzt --lang en", "$1,200\n2k\n3.350e2\n"),
        done("540000.00\n900000.00\n150750.00\n")
    );
    // A plain number is read as before, in every language.
    for lang in ["", " --lang ru", " --lang en"] {
        assert_eq!(
            on(&format!("usd kzt{lang}"), "1.50\n0.010\n-2\n"),
            done("675.00\n4.50\n-900.00\n")
        );
    }
    for (language, line, reason) in [
        (
            "",
            "7 млн",
            "invalid decimal \"7 млн\": unexpected ' ' at byte 1",
        ),
        (
            " --lang ru",
            "4,250",
            "\"4,250\": ambiguous: 4.250 USD or 4250 USD",
        ),
        (
            " --lang ru",
            "7 млн тенге",
            "\"7 млн тенге\": expected an amount in USD, found KZT",
        ),
        (
            " --lang ru",
            "около 7",
            "\"около 7\": expected one exact value, found ≈7 USD",
        ),
        (
            " --lang ru",
            "5–7",
            "\"5–7\": expected one exact value, found 5–7 USD",
        ),
        (
            " --lang ru",
            "-7 млн кг",
            "\"-7 млн кг\": expected one amount: \"кг\" at byte 10 is left over",
        ),
        (" --lang ru", "", "\"\": expected an amount of money"),
        (
            " --lang ru",
            "0,0001",
            "0.0001 USD has digits below the minor unit",
        ),
        (
            " --lang ru",
            "99 трлн трлн",
            "\"99 трлн трлн\": expected one amount: \"трлн\" at byte 12 is left over",
        ),
        (
            " --lang ru",
            "99 999 трлн",
            "99999000000000000 USD is too large",
        ),
        (
            " --lang en",
            "$7 and $8",
            "\"$7 and $8\": expected one amount, found 7 USD and 8 USD at byte 7",
        ),
    ] {
        let found = on(&format!("usd kzt{language}"), &format!("1\n{line}\n"));
        assert_eq!(found, refused(&format!("line 2: {reason}")));
    }
    let table = "day,amount\n2024-03-01,\"$1,200.50\"\n2024-03-04,2k\n2024-03-04,¥5\n";
    let arguments = "usd kzt --lang en --state rates.ledger --days day --amounts amount";
    let output = run(arguments, folder.path(), table);
    let written = "day,amount,KZT\n2024-03-01,\"$1,200.50\",540225.00\n2024-03-04,2k,905000.00\n";
    let reason = "columns: line 4: \"¥5\": ambiguous: 5 CNY or 5 JPY\n";
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        (written, reason)
    );
    let output = run("usd kzt --lang tlh", folder.path(), "");
    assert_eq!(output.status.code(), Some(2));
}
