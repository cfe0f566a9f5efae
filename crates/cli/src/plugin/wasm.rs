//! Plugins in WebAssembly, of Helm's runtime `extism/v1`: a module that reads a message as JSON, and
//! answers with one.
//!
//! What a module can reach is what the protocol of Extism (<https://extism.org>) gives it, and of
//! WASI the clock, randomness and, for commands, the environment and the standard streams. It is
//! interpreted; nothing of it becomes machine code.

mod kernel;
mod wasi;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use wasmi::{
    Config, Engine, Error, Linker, Module, ResumableCall, Store, StoreLimits, TrapCode, Val,
};

use super::metadata::{Metadata, scalar, text_of, truth_of};
use super::{Plugin, WASM, kind};
use crate::log;
use crate::provenance::read;
use kernel::Kernel;
use pintle_repo::http::Access;
use pintle_yaml::Value;

/// A module is not larger.
const MAX_FILE: u64 = 256 << 20;

/// More memory no module gets, whatever its plugin asks for.
const MAX_MEMORY: usize = 1 << 30;

/// What WebAssembly counts memory in.
const PAGE: usize = 64 << 10;

/// So much is computed between two looks at the clock.
const SLICE: u64 = 50_000_000;

/// What a plugin asks of its runtime.
struct Wishes {
    pages: usize,
    variables: usize,
    config: BTreeMap<String, String>,
    timeout: Duration,
    entry: String,
}

impl Wishes {
    fn of(metadata: &Metadata) -> Result<Self, String> {
        let none = Value::Null;
        let own = metadata.raw.get("runtimeConfig").unwrap_or(&none);
        let memory = own.get("memory").unwrap_or(&none);
        let number = |value: &Value, key: &str| match text_of(value, key)?.as_str() {
            "" => Ok(0),
            text => text.parse::<usize>().map_err(|_| format!("{key} is no size")),
        };
        let entries = own.get("config").and_then(Value::as_map);
        let config = entries.into_iter().flat_map(|map| map.iter());
        let config = config.map(|(key, value)| Ok((key.to_string(), scalar(value, key)?)));
        let entry = text_of(own, "entryFuncName")?;
        Ok(Self {
            pages: number(memory, "maxPages")?,
            variables: number(memory, "maxVarBytes")?,
            config: config.collect::<Result<_, String>>()?,
            timeout: Duration::from_millis(number(own, "timeout")? as u64),
            entry: if entry.is_empty() { "helm_plugin_main".to_owned() } else { entry },
        })
    }
}

/// Why a plugin of this runtime cannot be run, if it cannot.
pub(super) fn unusable(metadata: &Metadata) -> Option<String> {
    let none = Value::Null;
    let own = metadata.raw.get("runtimeConfig").unwrap_or(&none);
    let is_list =
        |key: &str| own.get(key).and_then(Value::as_seq).is_some_and(|list| !list.is_empty());
    let files = own.get("fileSystem").unwrap_or(&none);
    let name = pintle_strconv::quote(&metadata.name);
    if metadata.kind == kind::POST_RENDERER {
        return Some(format!("plugin {name}: Helm gives no manifests to WebAssembly"));
    }
    let wanted = [
        (is_list("allowedHosts"), "hosts to talk to"),
        (is_list("hostFunctions"), "functions of the host"),
        (truth_of(files, "createTempDir").unwrap_or(true), "a directory of its own"),
    ];
    let (_, what) = wanted.into_iter().find(|(wanted, _)| *wanted)?;
    Some(format!("plugin {name} wants {what}, which WebAssembly does not get here"))
}

/// How a call went wrong.
pub(super) enum Fault {
    /// For this reason.
    Why(String),
    /// The plugin has answered with this status.
    Status(u8),
}

impl From<String> for Fault {
    fn from(why: String) -> Self {
        Self::Why(why)
    }
}

/// What a module can see while it runs.
struct Guest {
    kernel: Kernel,
    limits: StoreLimits,
    /// `NAME=value`, with a zero behind it.
    environment: Vec<Vec<u8>>,
    /// Whether the standard streams are its own.
    streams: bool,
    start: Instant,
}

/// Runs a command with arguments. What it prints it prints by itself.
pub(super) fn command(
    plugin: &Plugin,
    args: &[String],
    environment: &BTreeMap<String, String>,
    debug: bool,
) -> Result<(), Fault> {
    let answer = invoke(plugin, &json!({ "extraArgs": args }), environment, true, debug)?;
    match answer.get("data") {
        None | Some(Json::Null | Json::Object(_)) => Ok(()),
        Some(_) => Err(not_an_answer("data is no object").into()),
    }
}

/// Lets a plugin fetch.
pub(super) fn fetch(
    plugin: &Plugin,
    scheme: &str,
    location: &str,
    access: &Access,
    environment: &BTreeMap<String, String>,
    debug: bool,
) -> Result<Vec<u8>, Fault> {
    let message = json!({
        "href": location,
        "protocol": scheme,
        "options": {
            "URL": location,
            "CertFile": access.tls.cert_file,
            "KeyFile": access.tls.key_file,
            "CAFile": access.tls.ca_file,
            "UNTar": false,
            "InsecureSkipVerifyTLS": access.tls.insecure_skip_verify,
            "PlainHTTP": access.plain_http,
            "AcceptHeader": "",
            "Username": access.username,
            "Password": access.password,
            "PassCredentialsAll": access.pass_credentials,
            "UserAgent": "",
            "Version": "",
            "Timeout": 0,
        },
    });
    let answer = invoke(plugin, &message, environment, false, debug)?;
    match answer.get("data") {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::String(text)) => data_encoding::BASE64
            .decode(text.as_bytes())
            .map_err(|error| not_an_answer(&error.to_string()).into()),
        Some(_) => Err(not_an_answer("data is no text").into()),
    }
}

fn not_an_answer(why: &str) -> String {
    format!("failed to json marshal plugin output message: reflect.Value: {why}")
}

/// Has the module answer a message.
fn invoke(
    plugin: &Plugin,
    message: &Json,
    environment: &BTreeMap<String, String>,
    streams: bool,
    debug: bool,
) -> Result<Json, Fault> {
    if let Some(why) = plugin.unusable() {
        return Err(why.into());
    }
    let name = plugin.metadata.name.as_str();
    let wishes = Wishes::of(&plugin.metadata)?;
    let file = plugin.directory.join(WASM);
    let code = read(&file, MAX_FILE).map_err(|failure| failure.message)?;
    let input = message.to_string();
    log::debug(debug, "plugin input", &[("plugin", name), ("inputData", &input)]);
    let output = run(&code, &wishes, input.as_bytes(), environment, streams)?;
    let text = String::from_utf8_lossy(&output);
    let pairs = [("plugin", name), ("exitCode", "0"), ("outputData", &text)];
    log::debug(debug, "plugin output", &pairs);
    let answer: Json =
        serde_json::from_slice(&output).map_err(|error| match output.is_empty() {
            true => not_an_answer("unexpected end of JSON input"),
            false => not_an_answer(&error.to_string()),
        })?;
    if answer.is_object() || answer.is_null() {
        return Ok(answer);
    }
    Err(not_an_answer("it is no object").into())
}

fn run(
    code: &[u8],
    wishes: &Wishes,
    input: &[u8],
    environment: &BTreeMap<String, String>,
    streams: bool,
) -> Result<Vec<u8>, Fault> {
    let cannot = |error: Error| format!("failed to create existing plugin: {error}");
    let mut config = Config::default();
    config.consume_fuel(!wishes.timeout.is_zero());
    let engine = Engine::new(&config);
    let module = Module::new(&engine, code).map_err(cannot)?;
    let memory = match wishes.pages.saturating_mul(PAGE) {
        0 => MAX_MEMORY,
        bytes => bytes.min(MAX_MEMORY),
    };
    let limits = wasmi::StoreLimitsBuilder::new().memory_size(memory).build();
    let own = environment.iter().map(|(name, value)| format!("{name}={value}\0").into_bytes());
    let guest = Guest {
        kernel: Kernel::new(memory, wishes.config.clone(), wishes.variables),
        limits,
        environment: own.collect(),
        streams,
        start: Instant::now(),
    };
    let mut store = Store::new(&engine, guest);
    store.limiter(|guest| &mut guest.limits);
    let mut linker = Linker::new(&engine);
    kernel::link(&mut linker).map_err(|error| error.to_string())?;
    wasi::link(&mut linker, &module).map_err(|error| error.to_string())?;
    let clock = Clock { limit: wishes.timeout };
    clock.wind(&mut store)?;
    let instance = linker.instantiate_and_start(&mut store, &module).map_err(cannot)?;
    store.data_mut().kernel.set_input(input).map_err(cannot)?;
    let Some(entry) = instance.get_func(&store, &wishes.entry) else {
        return Err(format!("plugin error: unknown function: {}", wishes.entry).into());
    };
    for name in ["_initialize", "__wasm_call_ctors"] {
        if let Some(begin) = instance.get_func(&store, name) {
            let done = clock.call(&mut store, begin);
            done.map_err(|error| {
                format!("plugin error: failed to initialize runtime: {}", shown(&error))
            })?;
            break;
        }
    }
    let status = match clock.call(&mut store, entry) {
        Err(error) if error.i32_exit_status() == Some(0) => 0,
        Err(error) => return Err(format!("plugin error: {}", shown(&error)).into()),
        Ok(status) => status,
    };
    let kernel = &store.data().kernel;
    if let Some(error) = kernel.error() {
        return Err(format!("plugin error: {}", String::from_utf8_lossy(error)).into());
    }
    if status != 0 {
        return Err(Fault::Status(u8::try_from(status).unwrap_or(255)));
    }
    Ok(kernel.output().to_vec())
}

/// Why a module has stopped, as Helm's runtime says it.
fn shown(error: &Error) -> String {
    match (error.i32_exit_status(), error.as_trap_code()) {
        (Some(status), _) => format!("module closed with exit_code({status})"),
        (_, Some(TrapCode::UnreachableCodeReached)) => "wasm error: unreachable".to_owned(),
        (_, Some(trap)) => format!("wasm error: {trap}"),
        _ => error.to_string(),
    }
}

/// Ends what takes too long.
struct Clock {
    /// Zero for none.
    limit: Duration,
}

impl Clock {
    /// Gives what is computed until the next look at the clock.
    fn wind(&self, store: &mut Store<Guest>) -> Result<(), String> {
        if self.limit.is_zero() {
            return Ok(());
        }
        store.set_fuel(SLICE).map_err(|error| error.to_string())
    }

    /// Calls a function without parameters; what it returns, or zero.
    fn call(&self, store: &mut Store<Guest>, function: wasmi::Func) -> Result<i32, Error> {
        let kind = function.ty(&*store);
        if !kind.params().is_empty() || kind.results().len() > 1 {
            return Err(Error::new("the function has another type than ()"));
        }
        let mut results: Vec<Val> =
            kind.results().iter().map(|of| Val::default_for_ty(*of)).collect();
        self.wind(store).map_err(Error::new)?;
        let mut call = function.call_resumable(&mut *store, &[], &mut results)?;
        loop {
            call = match call {
                ResumableCall::Finished => break,
                ResumableCall::HostTrap(trap) => return Err(trap.into_host_error()),
                ResumableCall::OutOfFuel(rest) => {
                    if store.data().start.elapsed() > self.limit {
                        return Err(Error::new("module closed with context deadline exceeded"));
                    }
                    self.wind(store).map_err(Error::new)?;
                    rest.resume(&mut *store, &mut results)?
                }
            };
        }
        match results.first() {
            Some(Val::I32(status)) => Ok(*status),
            _ => Ok(0),
        }
    }
}
