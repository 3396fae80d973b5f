//! A connection whose other end must read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream that fails when what waits to be sent was not taken within a time. A byte now and then is no progress: the clock
/// runs until all is taken, which the system's own buffer does at once for a reader who is merely slow.
pub(super) struct Watched<S> {
    stream: S,
    limit: Duration,
    /// Set while something waits.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether anything came.
    heard: Arc<AtomicBool>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, limit: Duration) -> Self {
        Self {
            stream,
            limit,
            deadline: None,
            heard: Arc::default(),
        }
    }

    /// Becomes true with the first byte that comes.
    pub(super) fn heard(&self) -> Arc<AtomicBool> {
        self.heard.clone()
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// What becomes of a write that the stream did not take.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let limit = self.limit;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    fn judge<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Pending => self.wait(context).map(Err),
            ready @ Poll::Ready(_) => ready,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.judge(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when its own buffer is empty, so that nothing waits any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.deadline = None;
        }
        self.judge(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judge(shut, context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if !buffer.filled().is_empty() {
            self.heard.store(true, Ordering::Relaxed);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{Instant, sleep};

    use super::Watched;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_given_up() {
        let (here, _there) = duplex(1024);
        let mut watched = Watched::new(here, LIMIT);
        let began = Instant::now();
        let error = watched.write_all(&[b'x'; 4096]).await.unwrap_err();
        assert_eq!(
            (error.kind(), began.elapsed()),
            (ErrorKind::TimedOut, LIMIT)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_is_not_enough() {
        let (here, mut there) = duplex(1024);
        let mut watched = Watched::new(here, LIMIT);
        let drip = async {
            loop {
                sleep(Duration::from_secs(1)).await;
                there.read_u8().await.unwrap();
            }
        };
        let began = Instant::now();
        tokio::select! {
            written = watched.write_all(&[b'x'; 4096]) => assert!(written.is_err()),
            () = drip => {}
        }
        assert_eq!(began.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn each_answer_that_is_taken_starts_the_clock_anew() {
        let (here, mut there) = duplex(1024);
        let mut watched = Watched::new(here, LIMIT);
        let read = tokio::spawn(async move {
            let mut bytes = [0; 2048];
            for _ in 0..5 {
                sleep(Duration::from_secs(4)).await;
                there.read_exact(&mut bytes).await.unwrap();
            }
        });
        for _ in 0..5 {
            watched.write_all(&[b'x'; 2048]).await.unwrap();
            watched.flush().await.unwrap();
        }
        read.await.unwrap();
    }
}
