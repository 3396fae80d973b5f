//! The kind of file at a path, examined before anything there is opened or replaced.
//!
//! A FIFO would block the thread that opens it, a device would be renamed, and a page or a file of settings would be lost.
//! So the kind is looked at first, and again once a file is open. Between the two somebody could put a FIFO in the
//! place of the file; only a user who may write to the folder can, and could as well delete the state.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why no file of ours can stand at a path. The path itself is for the caller to say.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("names no file")]
    NoName,
    #[error("ends with a slash: expected the name of a file")]
    Slash,
    #[error("its folder does not exist")]
    NoFolder,
    #[error("is {0}, not a regular file; it was left as it is")]
    Kind(&'static str),
    #[error("is a link to a file that does not exist")]
    Dangling,
    #[error("cannot be opened")]
    Io(#[from] io::Error),
}

/// The path of the file itself, links followed: a save replaces the file and keeps the link.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, Unusable> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes
        .last()
        .is_some_and(|last| std::path::is_separator((*last).into()))
    {
        return Err(Unusable::Slash);
    }
    if path.file_name().is_none() {
        return Err(Unusable::NoName);
    }
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => match path.canonicalize() {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Unusable::Dangling),
            target => Ok(target?),
        },
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        Ok(_) | Err(_) => Ok(path.to_owned()),
    }
}

/// Whether a regular file stands at a path; `false` where nothing does.
pub(super) fn is_there(path: &Path) -> Result<bool, Unusable> {
    match path.metadata() {
        Ok(metadata) => regular(&metadata).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Opens a regular file, or makes one where the options say so and nothing stands.
pub(super) fn open(path: &Path, options: &OpenOptions) -> Result<File, Unusable> {
    is_there(path)?;
    let file = options.open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

fn regular(metadata: &std::fs::Metadata) -> Result<(), Unusable> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(Unusable::Kind(kind(metadata)))
}

#[cfg(unix)]
fn kind(metadata: &std::fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else {
        "something else"
    }
}

#[cfg(not(unix))]
fn kind(metadata: &std::fs::Metadata) -> &'static str {
    if metadata.is_dir() {
        "a folder"
    } else {
        "something else"
    }
}

/// Whether a file begins as a state does, or is the beginning of one that was cut short. Spaces between are those of an editor.
pub(super) fn begins_as_a_state(bytes: &[u8]) -> bool {
    /// Digits, or exactly this.
    const HEAD: [Option<&str>; 11] = [
        Some("{"),
        Some("\"schema\""),
        Some(":"),
        None,
        Some(","),
        Some("\"crc32\""),
        Some(":"),
        None,
        Some(","),
        Some("\"state\""),
        Some(":"),
    ];
    let mut rest = bytes;
    for (index, token) in HEAD.iter().enumerate() {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            // Of one that was cut there is a brace at least.
            return index > 0;
        }
        let length = match token {
            Some(token) if rest.starts_with(token.as_bytes()) => token.len(),
            Some(token) => return index > 0 && token.as_bytes().starts_with(rest),
            None => rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        };
        match rest.get(length..) {
            Some(after) if length > 0 => rest = after,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::begins_as_a_state;

    #[test]
    fn the_head_tells_a_state_from_other_files() {
        let whole = br#"{"schema":3,"crc32":123,"state":{"snapshot":"#;
        for length in 1..whole.len() {
            assert!(begins_as_a_state(&whole[..length]), "{length}");
        }
        assert!(begins_as_a_state(
            b"{ \"schema\": 4,\r\n \"crc32\": 5, \"state\": null}"
        ));
        for other in [
            "",
            " \n",
            "[]",
            "{}",
            "null",
            "<html>",
            "contact = \"a\"\n",
            "{\"$schema\":\"https://json-schema.org/\"}",
            "{\"schema\":\"3\"}",
            "{\"schema\":3}",
            "{\"schema\":3,\"state\":{}}",
            "{\"schema\":3,\"crc32\":5,\"states\":{}}",
            "{\"schema\":,\"crc32\":5,\"state\":{}}",
            "\0\0\0\0",
        ] {
            assert!(!begins_as_a_state(other.as_bytes()), "{other:?}");
        }
    }
}
