//! Errors and warnings about a settings file, with their positions.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use super::Purpose;

/// An error or a warning at a line and a column, both counted from 1; the column in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// The key with its sections, such as `layout.form`. `None` for a syntax error.
    pub(crate) key: Option<String>,
    pub(crate) what: String,
    /// The setting is valid, and has no effect or an unlikely one.
    pub(crate) is_warning: bool,
}

/// All errors or all warnings of a file, in its order. No message contains a value that may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problems {
    file: String,
    pub(crate) all: Vec<Problem>,
}

impl Problems {
    /// Locates the errors in the text and sorts them.
    pub(super) fn new(file: &str, text: &str, found: Vec<Found>) -> Self {
        let mut found = found;
        found.sort_by_key(|found| found.at);
        let located = found.into_iter().map(|found| found.locate(text));
        let mut all: Vec<Problem> = located.collect();
        // A value that is read twice is reported once.
        all.dedup();
        Self {
            file: file.to_owned(),
            all,
        }
    }

    /// The error of a file that cannot be read, at line 1.
    pub(super) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        let what = format!("cannot be read: {error}");
        Self {
            file: file.to_owned(),
            all: vec![Problem {
                line: 1,
                column: 1,
                key: None,
                what,
                is_warning: false,
            }],
        }
    }
}

impl Problems {
    pub(crate) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Logs warnings, each as a line.
    pub(crate) fn log(&self) {
        let lines = self.to_string();
        lines.lines().for_each(|line| tracing::warn!("{line}"));
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        self.all
            .iter()
            .enumerate()
            .try_for_each(|(index, problem)| {
                let Problem {
                    line,
                    column,
                    what,
                    is_warning,
                    ..
                } = problem;
                let kind = if *is_warning { "warning: " } else { "" };
                let end = if index == 0 { "" } else { "\n" };
                write!(f, "{end}{file}:{line}:{column}: {kind}")?;
                if let Some(key) = &problem.key {
                    write!(f, "{key}: ")?;
                }
                f.write_str(what)
            })
    }
}

impl std::error::Error for Problems {}

/// An error or a warning at a byte of the text.
#[derive(Debug)]
pub(super) struct Found {
    at: usize,
    key: Option<String>,
    what: String,
    is_warning: bool,
}

impl Found {
    /// Converts the byte offset to a line and a column.
    fn locate(self, text: &str) -> Problem {
        let before = text.get(..self.at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        Problem {
            line: before.matches('\n').count() + 1,
            column: in_line.chars().count() + 1,
            key: self.key,
            what: self.what,
            is_warning: self.is_warning,
        }
    }
}

/// Collects errors and warnings while a file is read.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) purpose: Purpose,
    found: RefCell<Vec<Found>>,
}

impl Findings {
    pub(super) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            found: RefCell::default(),
        }
    }

    pub(super) fn add(&self, span: &Range<usize>, key: Option<String>, what: impl fmt::Display) {
        self.push(span, key, what, false);
    }

    /// Notes a warning.
    pub(super) fn warn(&self, span: &Range<usize>, key: Option<String>, what: impl fmt::Display) {
        self.push(span, key, what, true);
    }

    fn push(
        &self,
        span: &Range<usize>,
        key: Option<String>,
        what: impl fmt::Display,
        is_warning: bool,
    ) {
        let (at, what) = (span.start, what.to_string());
        self.found.borrow_mut().push(Found {
            at,
            key,
            what,
            is_warning,
        });
    }

    pub(super) fn has_no_error(&self) -> bool {
        self.found.borrow().iter().all(|found| found.is_warning)
    }

    /// Returns the errors, and the warnings.
    pub(super) fn into_parts(self) -> (Vec<Found>, Vec<Found>) {
        let found = self.found.into_inner().into_iter();
        found.partition(|found| !found.is_warning)
    }
}
