//! `--sample`: pages before the first request to a bank.

use std::process::{Command, Stdio};

use crate::support::Server;

#[test]
fn the_sample_is_served_without_a_request_and_without_a_state_file() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("masthead.ledger");
    let settings = |numbers: &str| {
        format!(
            "contact = \"serve tests; web@example.kz\"\nlisten = \"127.0.0.1:0\"\nbase = \"/strip\"\nstate = {state:?}\n\
             upstream = \"http://127.0.0.1:9\"\n[layout]\nnumbers = \"{numbers}\"\n"
        )
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    command.arg("--sample").stdout(Stdio::null());
    let server = Server::of_command(command, &settings("quote"));
    let page = server.get("/strip/en.html");
    assert!(page.contains(">447.32<"), "{page}");
    assert!(page.contains("2023-06-13"), "{page}");

    let log = server.reload_text(&settings("locale"));
    assert!(log.contains(" reloaded file="), "{log}");
    let page = server.get("/strip/kk.html");
    assert!(page.contains(">447,32<"), "{page}");
    assert!(!state.exists());
    assert!(!server.log().contains("no reading"), "{}", server.log());
}
