//! What is quarantined, for the operator: listed from the state file, and approved by a file beside it.
//!
//! There is no route for it: whoever may write to the folder of the state may approve.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use masthead::Ticker;
use masthead::ticker::{FileStore, Hold, HoldId, ParseHoldIdError, StoreError};

use crate::config::Config;

/// How often a running server looks for requests.
const LOOKS: Duration = Duration::from_secs(2);
/// Some thousand ids.
const MAX_BYTES: u64 = 64 << 10;

/// Why nothing is listed or approved.
#[derive(Debug)]
pub(crate) enum QuarantineError {
    /// The settings name no state file.
    NoState,
    /// The state file cannot be read.
    State(StoreError),
    /// There is no state file yet.
    NotYet(PathBuf),
    /// The text is no id.
    NotAnId {
        error: ParseHoldIdError,
        quarantined: Vec<HoldId>,
    },
    /// There is no such id.
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
            Self::NoState => f.write_str(
                "the settings have no `state`: what is quarantined is known to the server alone",
            ),
            Self::State(error) => {
                write!(f, "{error}")?;
                let mut cause = error.source();
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            Self::NotYet(path) => write!(f, "{}: there is no state yet", path.display()),
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

/// `quarantined are …`.
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

/// What is quarantined by the state file.
pub(crate) fn read(config: &Config) -> Result<Vec<Hold>, QuarantineError> {
    let path = config.state().ok_or(QuarantineError::NoState)?;
    let state = FileStore::new(path).peek();
    let state = state.map_err(QuarantineError::State)?;
    let state = state.ok_or_else(|| QuarantineError::NotYet(path.clone()))?;
    Ok(state.holds().to_vec())
}

/// Each with its id, bank and day, with its rows and why, and since when.
pub(crate) fn list(holds: &[Hold]) -> String {
    if holds.is_empty() {
        return "nothing is quarantined\n".to_owned();
    }
    let mut text = String::new();
    for hold in holds {
        // Writing to a text does not fail.
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

/// Writes the request to approve these ids, together with those of an earlier request that is still waiting.
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
        "{}: written; a running server approves it within seconds, and one that is not running when it starts",
        path.display()
    ))
}

/// In one step, so that a server does not read half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    // The server may run as another user than the operator; ids are no secret.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let everyone_reads = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(everyone_reads)?;
    }
    file.persist(path)?;
    Ok(())
}

/// Approves what is requested, every two seconds and at once at the start, until dropped.
pub(crate) async fn watch(ticker: Ticker, state: PathBuf, log: fn(&str)) {
    let mut told = None;
    loop {
        let place = state.clone();
        // A disk may take its time; the pages do not wait for it.
        let taken = tokio::task::spawn_blocking(move || take(&place)).await;
        let problem = match taken {
            Ok(Ok(Some(request))) => {
                for line in request
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                {
                    log(&approve(&ticker, line).await);
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
        // Said once, not every two seconds.
        if let Some(problem) = problem
            .as_ref()
            .filter(|problem| told.as_ref() != Some(*problem))
        {
            log(&format!("requests to approve: {problem}"));
        }
        told = problem;
        tokio::time::sleep(LOOKS).await;
    }
}

/// A request that a server has taken. One that was killed meanwhile has left it for the next.
const TAKEN: &str = ".approving";

/// The next request, after which no id is added to it.
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

async fn approve(ticker: &Ticker, text: &str) -> String {
    let quarantined = || {
        let holds = ticker.holds();
        let ids: Vec<HoldId> = holds.iter().map(|hold| hold.id).collect();
        Ids(&ids).to_string()
    };
    let id: HoldId = match text.parse() {
        Ok(id) => id,
        Err(error) => return format!("not approved: {error}; {}", quarantined()),
    };
    match ticker.approve(id).await {
        Ok(report) => format!("approved {id}\n{report}"),
        Err(error) => format!("not approved: {error}; {}", quarantined()),
    }
}

/// Returns the text of a regular file, or `None` if there is no file.
fn text_of(path: &Path) -> io::Result<Option<String>> {
    if !is_there(path)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    // What is no text is no id either, and is answered as such.
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a regular file is there. Anything else is left as it is, and not opened: a FIFO would never answer.
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

fn beside(state: &Path, suffix: &str) -> PathBuf {
    let mut path = state.to_owned().into_os_string();
    path.push(suffix);
    path.into()
}
