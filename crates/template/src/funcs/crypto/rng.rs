//! Random numbers for keys.

use std::convert::Infallible;

use rsa::rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha512};

use crate::funcs::random::fill;
use crate::{Call, Failure};

/// A stream of random bytes from one seed of the host's: SHA-512 of the seed and a counter.
///
/// Making a key takes thousands of bytes in small pieces; the seed is all that the host must give.
pub(super) struct Stream {
    seed: [u8; 64],
    counter: u64,
    block: [u8; 64],
    used: usize,
}

impl Stream {
    /// A stream of its own seed.
    pub(super) fn new(call: &mut Call<'_>) -> Result<Stream, Failure> {
        let mut seed = [0; 64];
        fill(call, &mut seed)?;
        Ok(Stream { seed, counter: 0, block: [0; 64], used: 64 })
    }

    /// Fills with random bytes.
    pub(super) fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.used >= self.block.len() {
                let hash = Sha512::new().chain_update(self.seed);
                self.block = hash.chain_update(self.counter.to_be_bytes()).finalize().into();
                self.counter += 1;
                self.used = 0;
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Stream {}
