//! What Extism gives a module: memory beside its own, input and output, settings and variables.
//!
//! See <https://github.com/extism/proposals/blob/main/EIP-007-extism-runtime-kernel.md>.

use std::collections::BTreeMap;

use wasmi::errors::LinkerError;
use wasmi::{Caller, Error, Linker};

use super::Guest;

/// What modules import these functions from.
const ENV: &str = "extism:host/env";

/// Nothing is logged.
const LOG_NOTHING: i32 = i32::MAX;

/// Blocks of memory that both sides see, each at an offset that stands for it.
pub(super) struct Kernel {
    blocks: BTreeMap<u64, Vec<u8>>,
    next: u64,
    used: usize,
    limit: usize,
    input: (u64, u64),
    output: (u64, u64),
    error: u64,
    config: BTreeMap<String, String>,
    variables: BTreeMap<String, Vec<u8>>,
    /// How many bytes variables may have; none for zero.
    max_variables: usize,
}

impl Kernel {
    pub(super) fn new(
        limit: usize,
        config: BTreeMap<String, String>,
        max_variables: usize,
    ) -> Self {
        Self {
            blocks: BTreeMap::new(),
            // Nothing is at zero, which stands for nothing.
            next: 1,
            used: 0,
            limit,
            input: (0, 0),
            output: (0, 0),
            error: 0,
            config,
            variables: BTreeMap::new(),
            max_variables,
        }
    }

    /// Makes a block; its offset, or zero for nothing.
    fn keep(&mut self, bytes: Vec<u8>) -> Result<u64, Error> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let used = self.used.saturating_add(bytes.len());
        if used > self.limit {
            return Err(Error::new("out of memory"));
        }
        self.used = used;
        let offset = self.next;
        self.next += bytes.len() as u64;
        self.blocks.insert(offset, bytes);
        Ok(offset)
    }

    fn allocate(&mut self, length: u64) -> Result<u64, Error> {
        match usize::try_from(length) {
            Ok(length) if length <= self.limit.saturating_sub(self.used) => {
                self.keep(vec![0; length])
            }
            _ => Err(Error::new("out of memory")),
        }
    }

    fn free(&mut self, offset: u64) {
        if let Some(block) = self.blocks.remove(&offset) {
            self.used -= block.len();
        }
    }

    fn block(&self, offset: u64) -> &[u8] {
        self.blocks.get(&offset).map_or(&[], Vec::as_slice)
    }

    /// What is from an offset on, which may be in a block.
    fn rest(&self, offset: u64) -> &[u8] {
        let block = self.blocks.range(..=offset).next_back();
        let rest =
            block.and_then(|(start, block)| block.get(usize::try_from(offset - start).ok()?..));
        rest.unwrap_or_default()
    }

    fn rest_mut(&mut self, offset: u64) -> &mut [u8] {
        let block = self.blocks.range_mut(..=offset).next_back();
        let rest =
            block.and_then(|(start, block)| block.get_mut(usize::try_from(offset - start).ok()?..));
        rest.unwrap_or_default()
    }

    fn load(&self, offset: u64) -> u64 {
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(self.rest(offset)) {
            *to = *from;
        }
        u64::from_le_bytes(bytes)
    }

    fn store(&mut self, offset: u64, bytes: &[u8]) {
        for (to, from) in self.rest_mut(offset).iter_mut().zip(bytes) {
            *to = *from;
        }
    }

    fn text(&self, offset: u64) -> Result<String, Error> {
        String::from_utf8(self.block(offset).to_vec())
            .map_err(|_| Error::new("a name is not valid UTF-8"))
    }

    pub(super) fn set_input(&mut self, input: &[u8]) -> Result<(), Error> {
        self.input = (self.keep(input.to_vec())?, input.len() as u64);
        Ok(())
    }

    pub(super) fn output(&self) -> &[u8] {
        let (offset, length) = self.output;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let rest = self.rest(offset);
        rest.get(..length).unwrap_or(rest)
    }

    /// The error that the module tells of, if it does.
    pub(super) fn error(&self) -> Option<&[u8]> {
        Some(self.block(self.error)).filter(|error| !error.is_empty())
    }

    fn variable(&mut self, name: u64) -> Result<u64, Error> {
        let text = self.text(name)?;
        self.free(name);
        let value = self.variables.get(&text).cloned();
        value.map_or(Ok(0), |value| self.keep(value))
    }

    fn set_variable(&mut self, name: u64, value: u64) -> Result<(), Error> {
        if self.max_variables == 0 {
            return Err(Error::new("Vars are disabled by this host"));
        }
        let text = self.text(name)?;
        self.free(name);
        self.variables.remove(&text);
        if value == 0 {
            return Ok(());
        }
        let bytes = self.block(value).to_vec();
        self.free(value);
        let all = self.variables.iter().map(|(name, value)| name.len() + value.len());
        if all.sum::<usize>() + text.len() + bytes.len() > self.max_variables {
            return Err(Error::new("variable store is full"));
        }
        self.variables.insert(text, bytes);
        Ok(())
    }

    fn setting(&mut self, name: u64) -> Result<u64, Error> {
        let value = self.config.get(&self.text(name)?).cloned();
        value.map_or(Ok(0), |value| self.keep(value.into_bytes()))
    }
}

type From<'a> = Caller<'a, Guest>;

fn kernel<'c>(caller: &'c mut From<'_>) -> &'c mut Kernel {
    &mut caller.data_mut().kernel
}

/// Gives modules these functions.
pub(super) fn link(linker: &mut Linker<Guest>) -> Result<(), LinkerError> {
    linker
        .func_wrap(ENV, "alloc", |mut c: From<'_>, length: u64| kernel(&mut c).allocate(length))?;
    linker.func_wrap(ENV, "free", |mut c: From<'_>, at: u64| kernel(&mut c).free(at))?;
    for name in ["length", "length_unsafe"] {
        linker.func_wrap(ENV, name, |mut c: From<'_>, at: u64| {
            kernel(&mut c).block(at).len() as u64
        })?;
    }
    linker.func_wrap(ENV, "load_u8", |mut c: From<'_>, at: u64| {
        kernel(&mut c).load(at) as u32 & 0xff
    })?;
    linker.func_wrap(ENV, "load_u64", |mut c: From<'_>, at: u64| kernel(&mut c).load(at))?;
    linker.func_wrap(ENV, "store_u8", |mut c: From<'_>, at: u64, value: u32| {
        kernel(&mut c).store(at, &value.to_le_bytes()[..1]);
    })?;
    linker.func_wrap(ENV, "store_u64", |mut c: From<'_>, at: u64, value: u64| {
        kernel(&mut c).store(at, &value.to_le_bytes());
    })?;
    linker.func_wrap(ENV, "input_set", |mut c: From<'_>, at: u64, length: u64| {
        kernel(&mut c).input = (at, length);
    })?;
    linker.func_wrap(ENV, "input_offset", |mut c: From<'_>| kernel(&mut c).input.0)?;
    linker.func_wrap(ENV, "input_length", |mut c: From<'_>| kernel(&mut c).input.1)?;
    linker.func_wrap(ENV, "input_load_u8", |mut c: From<'_>, at: u64| {
        let kernel = kernel(&mut c);
        kernel.load(kernel.input.0.saturating_add(at)) as u32 & 0xff
    })?;
    linker.func_wrap(ENV, "input_load_u64", |mut c: From<'_>, at: u64| {
        let kernel = kernel(&mut c);
        kernel.load(kernel.input.0.saturating_add(at))
    })?;
    linker.func_wrap(ENV, "output_set", |mut c: From<'_>, at: u64, length: u64| {
        kernel(&mut c).output = (at, length);
    })?;
    linker.func_wrap(ENV, "output_offset", |mut c: From<'_>| kernel(&mut c).output.0)?;
    linker.func_wrap(ENV, "output_length", |mut c: From<'_>| kernel(&mut c).output.1)?;
    linker.func_wrap(ENV, "error_set", |mut c: From<'_>, at: u64| kernel(&mut c).error = at)?;
    linker.func_wrap(ENV, "error_get", |mut c: From<'_>| kernel(&mut c).error)?;
    linker.func_wrap(ENV, "memory_bytes", |mut c: From<'_>| kernel(&mut c).used as u64)?;
    linker.func_wrap(ENV, "reset", |mut c: From<'_>| {
        let kernel = kernel(&mut c);
        kernel.blocks.clear();
        (kernel.used, kernel.error) = (0, 0);
        (kernel.input, kernel.output) = ((0, 0), (0, 0));
    })?;
    linker
        .func_wrap(ENV, "config_get", |mut c: From<'_>, name: u64| kernel(&mut c).setting(name))?;
    linker.func_wrap(ENV, "var_get", |mut c: From<'_>, name: u64| kernel(&mut c).variable(name))?;
    linker.func_wrap(ENV, "var_set", |mut c: From<'_>, name: u64, value: u64| {
        kernel(&mut c).set_variable(name, value)
    })?;
    linker.func_wrap(ENV, "http_request", |_: From<'_>, _: u64, _: u64| -> Result<u64, Error> {
        Err(Error::new("HTTP requests are not allowed"))
    })?;
    linker.func_wrap(ENV, "http_status_code", |_: From<'_>| 0_i32)?;
    linker.func_wrap(ENV, "http_headers", |_: From<'_>| 0_u64)?;
    linker.func_wrap(ENV, "get_log_level", |_: From<'_>| LOG_NOTHING)?;
    for name in ["log_trace", "log_debug", "log_info", "log_warn", "log_error"] {
        linker.func_wrap(ENV, name, |mut c: From<'_>, at: u64| kernel(&mut c).free(at))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Kernel;

    #[test]
    fn memory_is_bounded_and_apart() {
        let mut kernel = Kernel::new(10, BTreeMap::new(), 0);
        let one = kernel.keep(b"abcd".to_vec()).unwrap();
        let other = kernel.allocate(4).unwrap();
        assert!(kernel.allocate(3).is_err());
        assert!(kernel.allocate(u64::MAX).is_err());
        kernel.store(other, &7_u64.to_le_bytes());
        assert_eq!((kernel.load(other), kernel.load(one + 2)), (7, 0x6463));
        assert_eq!(kernel.load(u64::MAX), 0);
        kernel.free(one);
        kernel.free(one);
        assert_eq!(kernel.load(one), 0);
        assert!(kernel.allocate(6).is_ok());
        assert_eq!(kernel.allocate(0).unwrap(), 0);
    }

    #[test]
    fn variables_are_bounded() {
        let mut kernel = Kernel::new(100, BTreeMap::from([("k".into(), "v".into())]), 6);
        let keep = |kernel: &mut Kernel, text: &str| kernel.keep(text.into()).unwrap();
        let (name, value) = (keep(&mut kernel, "a"), keep(&mut kernel, "12345"));
        kernel.set_variable(name, value).unwrap();
        let (name, value) = (keep(&mut kernel, "b"), keep(&mut kernel, "1"));
        assert!(kernel.set_variable(name, value).is_err());
        let name = keep(&mut kernel, "a");
        let found = kernel.variable(name).unwrap();
        assert_eq!(kernel.block(found), b"12345");
        let name = keep(&mut kernel, "k");
        let found = kernel.setting(name).unwrap();
        assert_eq!(kernel.block(found), b"v");
        let name = keep(&mut kernel, "x");
        assert_eq!(kernel.setting(name).unwrap(), 0);
    }
}
