//! How far transfers are, for whoever wants to show it.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// What is told of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer<'t> {
    /// Tells it from others that run at the same time.
    pub number: u64,
    /// What it is called: the name of a file.
    pub name: &'t str,
    /// How many bytes have come or gone.
    pub done: u64,
    /// How many there are, if that is known.
    pub total: Option<u64>,
    /// Whether this is the last that is told of it.
    pub ended: bool,
}

/// Who is told how far transfers are. It is called often and should take no time.
pub trait Progress: Send + Sync {
    /// Something has moved, or the transfer has ended.
    fn moved(&self, transfer: Transfer<'_>);
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Tells of one transfer; when the last copy is dropped, that it has ended.
#[derive(Clone)]
pub(super) struct Meter(Option<Arc<Told>>);

struct Told {
    to: Arc<dyn Progress>,
    number: u64,
    name: String,
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meter")
    }
}

impl Meter {
    /// Of a transfer of that name; of one without a name nothing is told.
    pub(super) fn new(to: Option<Arc<dyn Progress>>, name: &str) -> Self {
        let told = to.filter(|_| !name.is_empty()).map(|to| {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            Arc::new(Told { to, number, name: name.to_owned() })
        });
        Self(told)
    }

    pub(super) fn moved(&self, done: u64, total: Option<u64>) {
        if let Some(told) = &self.0 {
            let Told { to, number, name } = told.as_ref();
            to.moved(Transfer { number: *number, name, done, total, ended: false });
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let Told { to, number, name } = self;
        to.moved(Transfer { number: *number, name, done: 0, total: None, ended: true });
    }
}

/// Bytes that go out, told as they go.
pub(super) struct Upload {
    rest: Bytes,
    total: u64,
    meter: Meter,
}

impl Upload {
    /// So many bytes go at once.
    const PIECE: usize = 64 << 10;

    pub(super) fn new(bytes: Bytes, meter: Meter) -> Self {
        Self { total: bytes.len() as u64, rest: bytes, meter }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(Self::PIECE);
        let piece = self.rest.split_to(length);
        self.meter.moved(self.total - self.rest.len() as u64, Some(self.total));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
