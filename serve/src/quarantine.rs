//! The operator's commands for quarantined numbers: listing them from the state file, and approving them by a file beside it.
//!
//! No HTTP route approves anything: the right to approve is the right to write to the folder of the state file.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use masthead::ParseError;
use masthead::Ticker;
use masthead::ticker::{FileStore, Hold, HoldId, StoreError};

use crate::config::Config;
use crate::refreshes::{log_decisions, with_causes};
use crate::reload::Current;

/// The interval at which a running server looks for requests.
const INTERVAL: Duration = Duration::from_secs(2);
/// The longest request that is read: some thousand ids.
const MAX_BYTES: u64 = 64 << 10;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum QuarantineError {
    /// The settings name no state file.
    NoState,
    /// The state file cannot be read.
    State(StoreError),
    /// There is no state file yet.
    NotYet(PathBuf),
    /// The text is not an id.
    NotAnId {
        error: ParseError,
        quarantined: Vec<HoldId>,
    },
    /// The id is not quarantined.
    Unknown {
        id: HoldId,
        quarantined: Vec<HoldId>,
    },
    /// The request cannot be read or written.
    Request { path: PathBuf, error: io::Error },
}

impl fmt::Display for QuarantineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoState => {
                f.write_str("the settings have no `state`, so only the server knows its quarantine")
            }
            Self::State(error) => f.write_str(&with_causes(error)),
            Self::NotYet(path) => {
                write!(f, "{}: the state file does not exist yet", path.display())
            }
            Self::NotAnId { error, quarantined } => {
                write!(f, "{error}; {}", Ids(quarantined))
            }
            Self::Unknown { id, quarantined } => {
                write!(f, "{id} is not quarantined; {}", Ids(quarantined))
            }
            Self::Request { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl Error for QuarantineError {}

/// Prints `quarantined: ` and the ids.
struct Ids<'a>(&'a [HoldId]);

impl fmt::Display for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing is quarantined");
        }
        f.write_str("quarantined:")?;
        self.0.iter().try_for_each(|id| write!(f, " {id}"))
    }
}

/// Reads the quarantine from the state file.
///
/// # Errors
///
/// If the settings name no state file, or it does not exist or cannot be read.
pub(crate) fn read(config: &Config) -> Result<Vec<Hold>, QuarantineError> {
    let path = config.state().ok_or(QuarantineError::NoState)?;
    let state = FileStore::new(path).peek();
    let state = state.map_err(QuarantineError::State)?;
    let state = state.ok_or_else(|| QuarantineError::NotYet(path.clone()))?;
    Ok(state.holds().to_vec())
}

/// Returns the entries as text: id, bank, day and reason, the rows, and since when they are quarantined.
pub(crate) fn list(holds: &[Hold]) -> String {
    if holds.is_empty() {
        return "nothing is quarantined\n".to_owned();
    }
    let mut text = String::new();
    for hold in holds {
        // Writing to a string cannot fail.
        _ = writeln!(text, "{hold}");
        let (since, seen) = (hold.since.format(TIME), hold.seen.format(TIME));
        _ = writeln!(text, "  since {since}, last served {seen}");
        for row in &hold.rows {
            _ = writeln!(text, "  {row}, for {}", row.nominal);
        }
        for bank in &hold.contradicted_by {
            _ = writeln!(text, "  contradicted by {bank}");
        }
    }
    text
}

const TIME: &str = "%Y-%m-%d %H:%M UTC";

/// Writes a request to approve these ids, and keeps the ids of an earlier request that no server has taken. Returns a message for the
/// operator.
///
/// # Errors
///
/// If an id is invalid or not quarantined, or the request cannot be written.
pub(crate) fn request(config: &Config, ids: &[String]) -> Result<String, QuarantineError> {
    let holds = read(config)?;
    let quarantined = || holds.iter().map(|hold| hold.id).collect::<Vec<_>>();
    let mut wanted = Vec::new();
    for text in ids {
        let id: HoldId = text.parse().map_err(|error| QuarantineError::NotAnId {
            error,
            quarantined: quarantined(),
        })?;
        if holds.iter().all(|hold| hold.id != id) {
            let quarantined = quarantined();
            return Err(QuarantineError::Unknown { id, quarantined });
        }
        wanted.push(id.to_string());
    }
    let state = config.state().ok_or(QuarantineError::NoState)?;
    let path = beside(state, ".approve");
    let failed = |error| QuarantineError::Request {
        path: path.clone(),
        error,
    };
    let waiting = text_of(&path).map_err(failed)?.unwrap_or_default();
    let lines = waiting.lines().map(str::to_owned);
    let mut lines: Vec<String> = lines.chain(wanted).collect();
    lines.sort();
    lines.dedup();
    replace(&path, &format!("{}\n", lines.join("\n"))).map_err(failed)?;
    Ok(format!(
        "{}: written; a running server approves it within seconds, a stopped one when it starts",
        path.display()
    ))
}

/// Replaces a file atomically, so that a server never reads half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    // The server may run as another user than the operator. Ids are not secret.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let everyone_reads = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(everyone_reads)?;
    }
    file.persist(path)?;
    Ok(())
}

/// Approves requested ids at the start and then every two seconds, until the future is dropped.
pub(crate) async fn watch(ticker: Current, state: PathBuf) {
    let mut reported = None;
    loop {
        let place = state.clone();
        // A slow disk must not delay the pages.
        let taken = tokio::task::spawn_blocking(move || take(&place)).await;
        let problem = match taken {
            Ok(Ok(Some(request))) => {
                for line in request
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                {
                    let ticker = ticker.lock().await;
                    approve(&ticker, line).await;
                }
                let done = beside(&state, TAKEN);
                let removed = tokio::task::spawn_blocking(move || std::fs::remove_file(done));
                match removed.await {
                    Ok(Err(error)) => Some(error.to_string()),
                    _ => None,
                }
            }
            Ok(Err(error)) => Some(error.to_string()),
            Ok(Ok(None)) | Err(_) => None,
        };
        // Reported once, not every two seconds.
        if let Some(problem) = problem
            .as_ref()
            .filter(|problem| reported.as_ref() != Some(*problem))
        {
            tracing::error!(problem, "cannot read approval requests");
        }
        reported = problem;
        tokio::time::sleep(INTERVAL).await;
    }
}

/// The suffix of a request that a server has taken. If that server is killed, the next one finds the file.
const TAKEN: &str = ".approving";

/// Takes the next request by renaming it, so that no id is added to it any more. Returns `None` if there is no request.
fn take(state: &Path) -> io::Result<Option<String>> {
    let (request, taken) = (beside(state, ".approve"), beside(state, TAKEN));
    if let Some(text) = text_of(&taken)? {
        return Ok(Some(text));
    }
    if !is_there(&request)? {
        return Ok(None);
    }
    std::fs::rename(&request, &taken)?;
    text_of(&taken)
}

/// Approves one id, and logs the outcome.
async fn approve(ticker: &Ticker, text: &str) {
    let refused = |reason: String| {
        let holds = ticker.holds();
        let ids: Vec<String> = holds.iter().map(|hold| hold.id.to_string()).collect();
        let quarantined = ids.join(" ");
        tracing::warn!(reason, quarantined, "not approved");
    };
    let id: HoldId = match text.parse() {
        Ok(id) => id,
        Err(error) => return refused(error.to_string()),
    };
    match ticker.approve(id).await {
        Ok(report) => {
            tracing::info!(%id, "approved");
            report.entries.iter().for_each(log_decisions);
            for error in &report.store {
                let error = with_causes(error);
                tracing::error!(error, "the approval was not written to the state file");
            }
        }
        Err(error) => refused(error.to_string()),
    }
}

/// Returns the text of a regular file, or `None` if there is no file.
fn text_of(path: &Path) -> io::Result<Option<String>> {
    if !is_there(path)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    // Invalid UTF-8 is not an id either, and is reported as one.
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a regular file exists. Fails for anything else without opening it, because a FIFO would block.
fn is_there(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => Ok(true),
        Ok(_) => {
            let what = format!("{} is not a regular file", path.display());
            Err(io::Error::new(ErrorKind::InvalidInput, what))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the path of the state file with a suffix.
fn beside(state: &Path, suffix: &str) -> PathBuf {
    let mut path = state.to_owned().into_os_string();
    path.push(suffix);
    path.into()
}
