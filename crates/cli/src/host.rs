//! What templates are given of the world.

use std::collections::BTreeSet;
use std::net::ToSocketAddrs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use pintle_template::{Host, Warning};

use crate::log;

/// The machine: its clock, its time zone, its randomness, and names if they may be looked up.
#[derive(Debug)]
pub(crate) struct Machine {
    /// Whether `getHostByName` may ask.
    dns: bool,
    /// The warnings that were given, and where; `None` if none are to be given.
    warned: Option<BTreeSet<(String, usize, String)>>,
}

/// So many warnings are shown.
const MAX_WARNINGS: usize = 20;

impl Machine {
    pub(crate) fn new(dns: bool) -> Self {
        Machine { dns, warned: Some(BTreeSet::new()) }
    }

    /// One that says nothing, since it was said before.
    pub(crate) fn silent(dns: bool) -> Self {
        Machine { dns, warned: None }
    }
}

impl Host for Machine {
    fn now(&mut self) -> (i64, u32) {
        // Before 1970 the part of a second still counts forwards.
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos()),
            Err(error) => {
                let until = error.duration();
                let seconds = i64::try_from(until.as_secs()).unwrap_or(i64::MAX);
                match until.subsec_nanos() {
                    0 => (-seconds, 0),
                    nanos => (-seconds - 1, 1_000_000_000 - nanos),
                }
            }
        }
    }

    fn time_zone(&mut self) -> Option<String> {
        const ZONES: &str = "zoneinfo/";
        if let Some(zone) = std::env::var_os("TZ") {
            let zone = zone.to_string_lossy().into_owned();
            let zone = zone.strip_prefix(':').unwrap_or(&zone);
            let zone = zone.split_once(ZONES).map_or(zone, |(_, zone)| zone);
            return Some(if zone.is_empty() { "UTC".to_owned() } else { zone.to_owned() });
        }
        let link = std::fs::read_link(Path::new("/etc/localtime")).ok()?;
        let link = link.to_string_lossy();
        link.split_once(ZONES).map(|(_, zone)| zone.to_owned())
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        getrandom::fill(bytes).map_err(|error| error.to_string())
    }

    fn resolve(&mut self, name: &str) -> Vec<String> {
        if !self.dns {
            return Vec::new();
        }
        let addresses = (name, 0).to_socket_addrs().into_iter().flatten();
        let mut found: Vec<String> = addresses.map(|address| address.ip().to_string()).collect();
        found.dedup();
        found
    }

    fn warn(&mut self, warning: &Warning<'_>) {
        let Some(warned) = self.warned.as_mut().filter(|warned| warned.len() < MAX_WARNINGS) else {
            return;
        };
        let line = warning.location.line;
        if warned.insert((warning.file.to_owned(), line, warning.message.to_owned())) {
            let pairs = [("template", warning.file), ("line", &line.to_string())];
            log::warn(warning.message, &pairs);
        }
    }

    fn env(&mut self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}
