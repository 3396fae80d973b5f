//! Unix sockets with a file.

use std::fs::{File, Metadata, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{UnixListener, UnixSocket, UnixStream};
use tokio::time::sleep;

/// The most connections that wait to be accepted, as for TCP.
const BACKLOG: u32 = 1024;

/// A process holds its turn for microseconds. One that waits longer than `TURNS` times `TURN` goes on without.
const TURN: Duration = Duration::from_millis(20);
const TURNS: usize = 100;

/// The file of a socket, removed when dropped.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    /// Its device and its number there.
    identity: (u64, u64),
}

impl SocketFile {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Another server may have put its own there.
        let is_own = std::fs::symlink_metadata(&self.path);
        if is_own.is_ok_and(|file| identity(&file) == self.identity) {
            // Without the right to remove it, the next start finds that no process listens.
            _ = std::fs::remove_file(&self.path);
        }
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// Listens on a socket at `path`, whose file gets these permissions. Replaces the socket of a process that has ended.
///
/// # Errors
///
/// If a process listens there, if the file is no socket, or as the system reports.
pub(super) async fn bind(path: &Path, mode: u32) -> io::Result<(UnixListener, SocketFile)> {
    let _turn = turn(path).await;
    make_way(path).await?;
    let socket = UnixSocket::new_stream()?;
    socket.bind(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(error.kind(), "its folder does not exist"),
        _ => error,
    })?;
    let file = SocketFile {
        identity: identity(&std::fs::symlink_metadata(path)?),
        path: path.to_owned(),
    };
    // Before it listens, so that no connection is accepted under other permissions.
    std::fs::set_permissions(path, Permissions::from_mode(mode))?;
    Ok((socket.listen(BACKLOG)?, file))
}

/// Waits for the turn of this process at a folder. Between `bind` and `listen` the socket of a server that starts looks like that of a process that has
/// ended, so servers that start at the same time take turns. Without a lock, for example on a file system that has none, they do not.
async fn turn(path: &Path) -> Option<File> {
    let folder = File::open(path.parent()?).ok()?;
    for _ in 0..TURNS {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) => sleep(TURN).await,
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// Removes the socket of a process that has ended. Leaves everything else alone.
async fn make_way(path: &Path) -> io::Result<()> {
    let refused = |reason: &str| Err(io::Error::new(io::ErrorKind::AddrInUse, reason));
    let file = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    if !file.file_type().is_socket() {
        return refused("the file there is not a socket, and stays as it is");
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path)
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            refused("a socket of another user is there")
        }
        // Also with a full backlog.
        _ => refused("another process listens there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    async fn error(path: &Path) -> String {
        bind(path, 0o600).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn the_file_has_its_permissions_and_goes_with_the_listener() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        for expected in [0o660, 0o600, 0o777] {
            let (listener, file) = bind(&path, expected).await.unwrap();
            assert_eq!(mode(&path), expected);
            let (client, _) = tokio::join!(UnixStream::connect(&path), listener.accept());
            client.unwrap();
            drop((listener, file));
            assert!(!path.exists());
        }
    }

    #[tokio::test]
    async fn only_the_socket_of_an_ended_process_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let (_listener, _file) = bind(&path, 0o600).await.unwrap();
        assert_eq!(error(&path).await, "another process listens there");
        UnixStream::connect(&path).await.unwrap();

        let regular = folder.path().join("regular");
        std::fs::write(&regular, "text").unwrap();
        let expected = "the file there is not a socket, and stays as it is";
        assert_eq!(error(&regular).await, expected);
        assert_eq!(std::fs::read_to_string(&regular).unwrap(), "text");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(error(&link).await, expected);
        let missing = folder.path().join("missing/a.sock");
        assert_eq!(error(&missing).await, "its folder does not exist");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 8)]
    async fn of_servers_that_start_at_once_one_listens() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..50 {
            let path = folder.path().join(format!("{round}.sock"));
            drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
            let starts: Vec<_> = (0..8)
                .map(|_| {
                    let path = path.clone();
                    tokio::spawn(async move { bind(&path, 0o600).await })
                })
                .collect();
            let mut listeners = Vec::new();
            for start in starts {
                listeners.extend(start.await.unwrap());
            }
            assert_eq!(listeners.len(), 1);
            UnixStream::connect(&path).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_file_of_another_server_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let first = bind(&path, 0o600).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        let _second = bind(&path, 0o600).await.unwrap();
        drop(first);
        UnixStream::connect(&path).await.unwrap();
    }
}
