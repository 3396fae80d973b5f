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

#[test]
fn a_column_of_amounts_is_converted_at_one_day() {
    let folder = tempfile::tempdir().unwrap();
    rates(folder.path());
    for (arguments, expected) in [
        ("usd kzt", "447.32\n0.00\n"),
        (
            "usd kzt --state rates.ledger --on 2024-03-01",
            "450.00\n0.00\n",
        ),
        ("usd kzt --state rates.ledger", "452.50\n0.00\n"),
    ] {
        let output = run(arguments, folder.path(), "1\n0\n");
        assert_eq!(
            text(&output.stdout),
            expected,
            "{arguments}: {}",
            text(&output.stderr)
        );
    }
    let output = run("usd kzt --state no.ledger", folder.path(), "");
    assert_eq!(text(&output.stderr), "columns: no.ledger does not exist\n");
    let output = run("usd kzt --days day", folder.path(), "");
    assert_eq!(output.status.code(), Some(2));
}
