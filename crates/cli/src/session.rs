//! What commands on releases work with: the cluster, the records, the clock and the log.

use std::path::PathBuf;
use std::time::Duration;

use pintle_cluster::{Connection, Kubernetes};
use pintle_release::actions::{Actions, DryRun};
use pintle_release::{Cancel, Cluster, Driver, ListOptions, Memory, Release, Storage};
use pintle_sql::{Address, Records};

use crate::action_host::ActionHost;
use crate::context::Context;
use crate::failure::Failure;
use crate::log;
use crate::paths::{home, variable};
use crate::settings::Settings;

/// The cluster and the records of one namespace, or of all.
pub(crate) struct Session {
    pub(crate) kubernetes: Kubernetes,
    pub(crate) storage: Storage,
    pub(crate) host: ActionHost,
    pub(crate) namespace: String,
    pub(crate) cancel: Cancel,
}

impl Session {
    /// For the releases of the namespace in use. Nothing is asked of the cluster.
    ///
    /// # Errors
    ///
    /// `HELM_DRIVER` names no store.
    pub(crate) fn open(context: &Context) -> Result<Self, Failure> {
        let namespace = context.namespace();
        Self::with(context, &namespace, &namespace)
    }

    /// For the releases of all namespaces.
    ///
    /// # Errors
    ///
    /// As [`Session::open`].
    pub(crate) fn of_all_namespaces(context: &Context) -> Result<Self, Failure> {
        Self::with(context, &context.namespace(), "")
    }

    /// For a new release; with a dry run that asks no cluster the records are empty ones.
    ///
    /// # Errors
    ///
    /// As [`Session::open`].
    pub(crate) fn for_installing(context: &Context, dry_run: DryRun) -> Result<Self, Failure> {
        if dry_run != DryRun::Client {
            return Self::open(context);
        }
        let namespace = context.namespace();
        Ok(Self {
            kubernetes: Kubernetes::new(connection(&context.settings, &namespace)),
            storage: Storage::new(Box::new(Memory::new(&namespace))),
            host: ActionHost::new(&context.settings),
            namespace,
            cancel: Cancel::new(),
        })
    }

    /// Forgets the records there are, for a dry run that asks no cluster.
    pub(crate) fn without_records(&mut self) {
        self.storage = Storage::new(Box::new(Memory::new(&self.namespace)));
    }

    fn with(context: &Context, namespace: &str, records: &str) -> Result<Self, Failure> {
        if context.settings.offline {
            return Err(Failure::new(
                "the cluster cannot be asked: the network is not to be used (--offline)",
            ));
        }
        let kubernetes = Kubernetes::new(connection(&context.settings, namespace));
        let storage = Storage::new(driver(&kubernetes, records, &context.settings)?);
        let cancel = Cancel::new();
        let host = ActionHost::new(&context.settings);
        Ok(Self { kubernetes, storage, host, namespace: namespace.to_owned(), cancel })
    }

    /// What actions work with.
    pub(crate) fn actions(&mut self) -> Actions<'_> {
        Actions {
            cluster: &mut self.kubernetes,
            storage: &mut self.storage,
            host: &mut self.host,
            namespace: self.namespace.clone(),
            cancel: self.cancel.clone(),
        }
    }

    /// The latest revisions of the releases that `options` choose.
    ///
    /// # Errors
    ///
    /// The cluster or the store does not answer.
    pub(crate) fn list(&mut self, options: &ListOptions<'_>) -> Result<Vec<Release>, Failure> {
        self.kubernetes.reachable().map_err(|error| Failure::new(error.to_string()))?;
        pintle_release::list(&mut self.storage, options)
            .map_err(|error| Failure::new(error.to_string()))
    }

    /// Says which records could not be read, so that none is hidden.
    pub(crate) fn report_unreadable(&mut self) {
        for record in self.storage.take_unreadable() {
            let pairs = [
                ("key", record.key.as_str()),
                ("namespace", &record.namespace),
                ("error", &record.reason),
            ];
            log::warn("a record of a release cannot be read", &pairs);
        }
    }

    /// From now on the first Ctrl-C or SIGTERM asks the action to end well, and says `notice`; the
    /// second ends the program.
    pub(crate) fn heed_signals(&self, notice: String) -> Result<(), Failure> {
        let cancel = self.cancel.clone();
        ctrlc::set_handler(move || {
            if cancel.is_cancelled() {
                std::process::exit(130);
            }
            cancel.cancel();
            crate::output::complain(&notice);
        })
        .map_err(|error| Failure::new(format!("signals cannot be heeded: {error}")))
    }
}

/// How the settings reach the cluster.
pub(crate) fn connection(settings: &Settings, namespace: &str) -> Connection {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Connection {
        kubeconfig: given(&settings.kubeconfig).map(PathBuf::from),
        kubeconfig_list: std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty()),
        home: given(&home()).map(PathBuf::from),
        context: given(&settings.kube_context),
        server: given(&settings.kube_apiserver),
        token: given(&settings.kube_token),
        as_user: given(&settings.kube_as_user),
        as_groups: settings.kube_as_groups.clone(),
        ca_file: given(&settings.kube_ca_file).map(PathBuf::from),
        insecure: settings.kube_insecure_skip_tls_verify,
        tls_server_name: given(&settings.kube_tls_server_name),
        namespace: given(namespace),
        qps: settings.qps,
        request_timeout: patience(settings),
        burst: u32::try_from(settings.burst_limit).unwrap_or_default(),
    }
}

/// How long an answer may take; zero is for ever.
fn patience(settings: &Settings) -> Duration {
    match settings.request_timeout {
        Duration::ZERO => Duration::from_secs(366 * 24 * 3600),
        given => given,
    }
}

/// The store that `HELM_DRIVER` names.
fn driver(
    kubernetes: &Kubernetes,
    namespace: &str,
    settings: &Settings,
) -> Result<Box<dyn Driver>, Failure> {
    let name = variable("HELM_DRIVER").unwrap_or_default();
    Ok(match name.as_str() {
        "" | "secret" | "secrets" => Box::new(kubernetes.secrets(namespace)),
        "configmap" | "configmaps" => Box::new(kubernetes.config_maps(namespace)),
        "memory" => Box::new(memory(namespace)?),
        "sql" => Box::new(database(namespace, settings)?),
        _ => {
            let name = pintle_strconv::quote(&name);
            return Err(Failure::new(format!("unknown driver {name}")));
        }
    })
}

/// Records in the database that `HELM_DRIVER_SQL_CONNECTION_STRING` names.
fn database(namespace: &str, settings: &Settings) -> Result<Records, Failure> {
    let text = variable("HELM_DRIVER_SQL_CONNECTION_STRING").unwrap_or_default();
    let address = Address::parse(&text, &variable)
        .map_err(|error| Failure::new(format!("unable to instantiate SQL driver: {error}")))?;
    Ok(Records::new(address, namespace, patience(settings)))
}

/// No file of records is longer.
const MAX_RECORDS: u64 = 256 << 20;

/// Records that end with the program, those of the files that `HELM_MEMORY_DRIVER_DATA` names
/// among them.
fn memory(namespace: &str) -> Result<Memory, Failure> {
    use std::io::Read;

    let mut memory = Memory::new(namespace);
    let files = variable("HELM_MEMORY_DRIVER_DATA").unwrap_or_default();
    for path in files.split(':').filter(|path| !path.is_empty()) {
        let wrong = |why: String| Failure::new(format!("unable to read memory driver data: {why}"));
        let file = std::fs::File::open(path).map_err(|e| wrong(pintle_chart::go_text(&e)))?;
        let mut text = Vec::new();
        let read = file.take(MAX_RECORDS).read_to_end(&mut text);
        read.map_err(|e| wrong(pintle_chart::go_text(&e)))?;
        memory.load(&text).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(memory)
}
