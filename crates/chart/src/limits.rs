//! How much a chart may hold.

/// Bounds on what is read for one chart, its subcharts included.
///
/// Helm 4.3 bounds the unpacked size of each archive and directory alone, to the same
/// [`chart_bytes`](Limits::chart_bytes); the others are ours, so that archives inside of archives
/// and links that multiply end too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The contents of one directory or one archive, unpacked. 100 MiB.
    pub chart_bytes: u64,
    /// The contents of a chart and of all archives in it. 256 MiB.
    pub total_bytes: u64,
    /// The files and directories of a chart and of all charts in it. 200,000.
    pub entries: u64,
    /// Charts inside of charts. 64.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { chart_bytes: 100 << 20, total_bytes: 256 << 20, entries: 200_000, depth: 64 }
    }
}

/// What is left of the [`Limits`] while a chart is read.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) limits: Limits,
    bytes: u64,
    entries: u64,
}

/// What of the [`Limits`] something took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    bytes: u64,
    entries: u64,
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Total(u64),
    Entries(u64),
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Budget { limits, bytes: limits.total_bytes, entries: limits.entries }
    }

    /// What may still be taken.
    pub(crate) fn left(&self) -> Spent {
        Spent { bytes: self.bytes, entries: self.entries }
    }

    /// What was taken since there was `before` left.
    pub(crate) fn spent_since(&self, before: Spent) -> Spent {
        Spent {
            bytes: before.bytes.saturating_sub(self.bytes),
            entries: before.entries.saturating_sub(self.entries),
        }
    }

    /// Takes what was taken elsewhere; nothing when there is not so much left.
    pub(crate) fn take(&mut self, spent: Spent) -> bool {
        let left = self.bytes.checked_sub(spent.bytes).zip(self.entries.checked_sub(spent.entries));
        if let Some((bytes, entries)) = left {
            (self.bytes, self.entries) = (bytes, entries);
        }
        left.is_some()
    }

    /// The bytes that may still be read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn take_bytes(&mut self, n: u64) -> Result<(), Exceeded> {
        self.bytes = self.bytes.checked_sub(n).ok_or(Exceeded::Total(self.limits.total_bytes))?;
        Ok(())
    }

    pub(crate) fn take_entry(&mut self) -> Result<(), Exceeded> {
        self.entries = self.entries.checked_sub(1).ok_or(Exceeded::Entries(self.limits.entries))?;
        Ok(())
    }
}
