//! Bytes to and from the server, with a bound on what is read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_rustls::client::TlsStream;

/// The longest answer that is read.
const MAX_ANSWER: u64 = 1 << 30;
/// The server says no more than this before it takes statements.
const MAX_GREETING: usize = 1 << 20;
/// So often at most is a password hashed for the server. Its default is 4096; by the number alone it
/// could keep a client busy for hours.
const MAX_ROUNDS: u64 = 1_000_000;

/// How many bytes may still be read.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicU64>);

impl Budget {
    pub(crate) fn new() -> Budget {
        Budget(Arc::new(AtomicU64::new(MAX_ANSWER)))
    }

    /// The next answer begins.
    pub(crate) fn renew(&self) {
        self.0.store(MAX_ANSWER, Ordering::Relaxed);
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(bytes), Ordering::Relaxed);
        if bytes > left { Err(unfit("the server's answer is too long")) } else { Ok(()) }
    }
}

fn unfit(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// What the server says before it takes statements.
#[derive(Debug)]
enum Greeting {
    Begun {
        /// How much of it was read.
        length: usize,
        /// What was read of the message that is not whole.
        rest: Vec<u8>,
    },
    Over,
}

impl Greeting {
    fn new() -> Greeting {
        Greeting::Begun { length: 0, rest: Vec::new() }
    }

    fn read(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Greeting::Begun { length, rest: read } = self else { return Ok(()) };
        read.extend_from_slice(bytes);
        *length += bytes.len();
        if *length > MAX_GREETING {
            return Err(unfit("the server's greeting is too long"));
        }
        // A message is a letter, a length that counts itself, and the rest.
        while let [tag, a, b, c, d, ..] = read.as_slice() {
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            let Some(message) = read.get(5..length.saturating_add(1).max(5)) else {
                return Ok(());
            };
            match (tag, message) {
                // It is ready.
                (b'Z', _) => {
                    *self = Greeting::Over;
                    return Ok(());
                }
                // A challenge: `r=NONCE,s=SALT,i=ROUNDS`, see RFC 5802.
                (b'R', [0, 0, 0, 11, challenge @ ..]) => {
                    let challenge = String::from_utf8_lossy(challenge);
                    let rounds = challenge.split(',').find_map(|part| part.strip_prefix("i="));
                    let rounds = rounds.and_then(|rounds| rounds.parse::<u64>().ok());
                    if rounds.is_none_or(|rounds| rounds > MAX_ROUNDS) {
                        return Err(unfit("the server wants the password hashed too often"));
                    }
                }
                _ => {}
            }
            read.drain(..length.saturating_add(1).max(5));
        }
        Ok(())
    }
}

/// How the server is reached.
pub(crate) enum Channel {
    Tcp(TcpStream),
    #[cfg(unix)]
    Socket(UnixStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A channel of which no more is read than its budget has.
pub(crate) struct Bounded {
    channel: Channel,
    budget: Budget,
    greeting: Greeting,
}

impl Bounded {
    pub(crate) fn new(channel: Channel, budget: Budget) -> Bounded {
        Bounded { channel, budget, greeting: Greeting::new() }
    }

    fn channel(self: Pin<&mut Self>) -> Pin<&mut dyn Both> {
        match &mut self.get_mut().channel {
            Channel::Tcp(stream) => Pin::new(stream),
            #[cfg(unix)]
            Channel::Socket(stream) => Pin::new(stream),
            Channel::Tls(stream) => Pin::new(&mut **stream),
        }
    }
}

trait Both: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Both for T {}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(self.as_mut().channel().poll_read(cx, into))?;
        let new = into.filled().get(before..).unwrap_or_default();
        self.budget.spend(new.len())?;
        self.greeting.read(new)?;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.channel().poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.channel().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.channel().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, text: &[u8]) -> Vec<u8> {
        let length = u32::try_from(text.len() + 4).expect("a short text");
        [&[tag], length.to_be_bytes().as_slice(), text].concat()
    }

    #[test]
    fn passwords_are_not_hashed_for_ever() {
        let challenge = |rounds: &str| {
            message(b'R', format!("\0\0\0\x0br=abc,s=c2FsdA==,i={rounds}").as_bytes())
        };
        for (rounds, fits) in [("4096", true), ("4294967295", false), ("x", false)] {
            let all = [message(b'N', b"hello"), challenge(rounds)].concat();
            // However it is cut into pieces.
            for size in [1, 3, all.len()] {
                let mut greeting = Greeting::new();
                let read = all.chunks(size).try_for_each(|piece| greeting.read(piece));
                assert_eq!(read.is_ok(), fits, "{rounds} {size}");
            }
        }
    }

    #[test]
    fn a_greeting_ends() {
        let mut greeting = Greeting::new();
        let endless = message(b'S', &[b'x'; 1000]);
        let cut = &endless[..endless.len() - 1];
        assert!(greeting.read(cut).is_ok());
        let mut greeting = Greeting::new();
        assert!((0..2000).any(|_| greeting.read(&endless).is_err()));
        let mut long = message(b'S', b"");
        long[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
        let mut greeting = Greeting::Begun { length: 0, rest: long };
        assert!((0..2000).any(|_| greeting.read(&[0; 1000]).is_err()));
        let mut greeting = Greeting::new();
        greeting.read(&message(b'Z', b"I")).expect("ready");
        assert!(matches!(greeting, Greeting::Over));
        // A length that cannot be does not stop it.
        let mut greeting = Greeting::new();
        greeting.read(&[b'S', 0, 0, 0, 0, b'Z', 0, 0, 0, 5, b'I']).expect("ready");
        assert!(matches!(greeting, Greeting::Over));
    }

    #[test]
    fn answers_have_a_bound() {
        let budget = Budget::new();
        assert!(budget.spend(1 << 29).is_ok() && budget.spend(1 << 29).is_ok());
        assert!(budget.spend(1).is_err());
        budget.renew();
        assert!(budget.spend(1).is_ok());
    }
}
