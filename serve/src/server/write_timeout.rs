//! A time limit on writes: closes connections whose client does not read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream that fails if waiting data is not written within `limit`.
///
/// Partial progress does not extend the time, so a client cannot hold a connection by reading a byte now and then. A client that is
/// merely slow is not affected: the socket's send buffer takes a whole page at once.
pub(super) struct WriteTimeout<S> {
    stream: S,
    limit: Duration,
    /// Set while data waits.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether a byte has arrived.
    heard: Arc<AtomicBool>,
}

impl<S> WriteTimeout<S> {
    pub(super) fn new(stream: S, limit: Duration) -> Self {
        Self {
            stream,
            limit,
            deadline: None,
            heard: Arc::default(),
        }
    }

    /// Returns a flag that becomes true when the first byte arrives.
    pub(super) fn heard(&self) -> Arc<AtomicBool> {
        self.heard.clone()
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Waits on after a write that the stream did not take, until the time is over.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let limit = self.limit;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    /// Returns the outcome of a write; an error if it is pending and the time is over.
    fn limited<T>(
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

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.limited(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.limited(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when its own buffer is empty, so no data waits after a flush.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.deadline = None;
        }
        self.limited(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.limited(shut, context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeout<S> {
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

    use super::WriteTimeout;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_is_cut_off() {
        let (here, _there) = duplex(1024);
        let mut stream = WriteTimeout::new(here, LIMIT);
        let began = Instant::now();
        let error = stream.write_all(&[b'x'; 4096]).await.unwrap_err();
        assert_eq!(
            (error.kind(), began.elapsed()),
            (ErrorKind::TimedOut, LIMIT)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn reading_a_byte_a_second_is_not_enough() {
        let (here, mut there) = duplex(1024);
        let mut stream = WriteTimeout::new(here, LIMIT);
        let drip = async {
            loop {
                sleep(Duration::from_secs(1)).await;
                there.read_u8().await.unwrap();
            }
        };
        let began = Instant::now();
        tokio::select! {
            written = stream.write_all(&[b'x'; 4096]) => assert!(written.is_err()),
            () = drip => {}
        }
        assert_eq!(began.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn each_response_that_is_read_restarts_the_time() {
        let (here, mut there) = duplex(1024);
        let mut stream = WriteTimeout::new(here, LIMIT);
        let read = tokio::spawn(async move {
            let mut bytes = [0; 2048];
            for _ in 0..5 {
                sleep(Duration::from_secs(4)).await;
                there.read_exact(&mut bytes).await.unwrap();
            }
        });
        for _ in 0..5 {
            stream.write_all(&[b'x'; 2048]).await.unwrap();
            stream.flush().await.unwrap();
        }
        read.await.unwrap();
    }
}
