//! A cluster as the actions of a release drive it.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use pintle_chart::{Capabilities, KubeVersion};
use pintle_release::{
    Apply, ApplyError, Cascade, Changes, Cluster, ClusterError, ClusterErrorKind, Event, LogWriter,
    Lookup, Pods, Resource, Table, Violation, Wait, WaitError, Watch,
};
use pintle_yaml::Value;

use crate::connection::Connection;
use crate::discovery::Discovery;
use crate::http::{Call, Http, IN_FLIGHT, Session};
use crate::{address, apply, build, logs, records, tables, validate, wait};

/// A Kubernetes cluster. Nothing is read and nothing connected before the first use.
///
/// Clones share the connection.
///
/// ```no_run
/// use pintle_cluster::{Connection, Kubernetes};
/// use pintle_release::Cluster;
///
/// let mut cluster = Kubernetes::new(Connection {
///     home: std::env::home_dir(),
///     ..Connection::default()
/// });
/// cluster.reachable()?;
/// println!("{}", cluster.capabilities()?.kube_version);
/// # Ok::<(), pintle_release::ClusterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Kubernetes {
    session: Arc<Session>,
    discovery: Option<Arc<Discovery>>,
    version: Option<Value>,
    namespace: Option<String>,
    /// The addresses of objects of which a dry run said just now that they do not exist.
    absent: HashSet<String>,
}

impl Kubernetes {
    /// A cluster that is reached so.
    pub fn new(connection: Connection) -> Kubernetes {
        let namespace = connection.namespace.clone().filter(|name| !name.is_empty());
        Kubernetes {
            session: Arc::new(Session::new(connection)),
            discovery: None,
            version: None,
            namespace,
            absent: HashSet::new(),
        }
    }

    /// The records of releases in the Secrets of a namespace, or of all for an empty one.
    pub fn secrets(&self, namespace: &str) -> records::Records {
        records::Records::new(self.session.clone(), records::Store::Secret, namespace)
    }

    /// The records of releases in the ConfigMaps of a namespace, or of all for an empty one.
    pub fn config_maps(&self, namespace: &str) -> records::Records {
        records::Records::new(self.session.clone(), records::Store::ConfigMap, namespace)
    }

    /// The namespace of objects that name none.
    fn namespace(&mut self) -> Result<String, ClusterError> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let namespace = self.session.connection.default_namespace()?;
        Ok(self.namespace.insert(namespace).clone())
    }

    fn discovery(&mut self) -> Result<Arc<Discovery>, ClusterError> {
        if let Some(known) = &self.discovery {
            return Ok(known.clone());
        }
        let asked = self
            .session
            .run(async |http: &Http| Discovery::ask(http).await.map_err(ClusterError::from))?;
        Ok(self.discovery.insert(Arc::new(asked)).clone())
    }

    fn version(&mut self) -> Result<&Value, ClusterError> {
        if self.version.is_none() {
            let asked = self.session.run(async |http: &Http| {
                http.json(&Call::get("/version")).await.map_err(ClusterError::from)
            })?;
            self.version = Some(asked);
        }
        Ok(self.version.get_or_insert_default())
    }
}

impl Cluster for Kubernetes {
    fn reachable(&mut self) -> Result<(), ClusterError> {
        self.version().map(drop).map_err(|error| {
            ClusterError::new(
                ClusterErrorKind::Unreachable,
                format!("kubernetes cluster unreachable: {error}"),
            )
        })
    }

    fn capabilities(&mut self) -> Result<Capabilities, ClusterError> {
        let version = self.version().map_err(|error| {
            let text = format!("could not get server version from Kubernetes: {error}");
            ClusterError::new(error.kind, text)
        })?;
        let text = |key| version.get(key).and_then(Value::as_str).unwrap_or_default();
        let kube_version = KubeVersion::of_server(text("gitVersion"), text("major"), text("minor"));
        let discovery = self.discovery().map_err(|error| {
            let text = format!("could not get apiVersions from Kubernetes: {error}");
            ClusterError::new(error.kind, text)
        })?;
        let api_versions = discovery.api_versions();
        let default = Capabilities::default();
        Ok(Capabilities {
            kube_version,
            api_versions: match api_versions.is_empty() {
                true => default.api_versions,
                false => api_versions.into_iter().map(Into::into).collect(),
            },
            helm_version: default.helm_version,
        })
    }

    fn learn_kinds(&mut self, definitions: &[Resource]) -> Result<(), ClusterError> {
        let mut discovery = Discovery::clone(&*self.discovery()?);
        self.session.run(async |http: &Http| discovery.learn(http, definitions).await)?;
        self.discovery = Some(Arc::new(discovery));
        Ok(())
    }

    fn lookup(&mut self, look: &Lookup<'_>) -> Result<Value, ClusterError> {
        let discovery = self.discovery()?;
        let Some(kind) = discovery.find(look.api_version, look.kind) else {
            // Helm asks for a resource without a name where only the kind is unknown, which is an
            // address that the server does not know.
            let unknown = match discovery.has_version(look.api_version) {
                true => return Ok(Value::empty_map()),
                false => "the server could not find the requested resource",
            };
            return Err(ClusterError::new(
                ClusterErrorKind::NoKindMatch,
                format!(
                    "unable to get apiresource from unstructured: {}, Kind={}: {unknown}",
                    look.api_version, look.kind
                ),
            ));
        };
        let namespace = Some(look.namespace).filter(|name| kind.namespaced && !name.is_empty());
        let mut path = address::join(look.api_version, &kind.plural, namespace);
        if !look.name.is_empty() {
            path.push('/');
            path.push_str(&crate::http::escape(look.name));
        }
        self.session.run(async |http: &Http| match http.json(&Call::get(path)).await {
            Err(failure) if failure.is_not_found() => Ok(Value::empty_map()),
            other => other.map_err(ClusterError::from),
        })
    }

    fn build(&mut self, manifest: &str) -> Result<Vec<Resource>, ClusterError> {
        if manifest.trim().is_empty() {
            return Ok(Vec::new());
        }
        let namespace = self.namespace()?;
        let discovery = self.discovery()?;
        build::build(manifest, &namespace, &discovery)
    }

    fn validate(&mut self, resources: &[Resource]) -> Result<Vec<Violation>, ClusterError> {
        if resources.is_empty() {
            return Ok(Vec::new());
        }
        let tried = self.session.run(async |http: &Http| validate::validate(http, resources).await);
        let (violations, absent) = tried?;
        self.absent = absent.into_iter().collect();
        Ok(violations)
    }

    fn get(&mut self, resources: &[Resource]) -> Vec<Result<Option<Value>, ClusterError>> {
        if resources.is_empty() {
            return Vec::new();
        }
        // What is known once is not asked again; what is asked later may have changed.
        let absent = std::mem::take(&mut self.absent);
        let absent = &absent;
        let got = self.session.run(async |http: &Http| {
            let all = stream::iter(resources).map(async |resource| {
                match absent.contains(&address::of(resource)) {
                    true => Ok(None),
                    false => apply::get(http, resource).await,
                }
            });
            Ok::<_, ClusterError>(all.buffered(IN_FLIGHT).collect::<Vec<_>>().await)
        });
        match got {
            Ok(all) => all.into_iter().map(|one| one.map_err(ClusterError::from)).collect(),
            Err(error) => vec![Err(error); resources.len()],
        }
    }

    fn create(
        &mut self,
        resources: &[Resource],
        options: &Apply,
        watch: &mut dyn Watch,
    ) -> Result<Changes, ApplyError> {
        if resources.is_empty() {
            return Ok(Changes::default());
        }
        let mut heard = Vec::new();
        let done = self
            .session
            .run(async |http: &Http| apply::create(http, resources, options, &mut heard).await);
        tell(&heard, watch);
        done.map_err(|Stopped(error)| error)
    }

    fn update(
        &mut self,
        current: &[Resource],
        target: &[Resource],
        options: &Apply,
        watch: &mut dyn Watch,
    ) -> Result<Changes, ApplyError> {
        let mut heard = Vec::new();
        let done = self.session.run(async |http: &Http| {
            apply::update(http, current, target, options, &mut heard).await
        });
        tell(&heard, watch);
        done.map_err(|Stopped(error)| error)
    }

    fn delete(
        &mut self,
        resources: &[Resource],
        cascade: Cascade,
        watch: &mut dyn Watch,
    ) -> Vec<Result<(), ClusterError>> {
        if resources.is_empty() {
            return Vec::new();
        }
        let mut heard = Vec::new();
        let done = self.session.run(async |http: &Http| {
            Ok::<_, ClusterError>(apply::delete(http, resources, cascade, &mut heard).await)
        });
        tell(&heard, watch);
        done.unwrap_or_else(|error| vec![Err(error); resources.len()])
    }

    fn wait(
        &mut self,
        resources: &[Resource],
        options: &Wait,
        watch: &mut dyn Watch,
    ) -> Result<(), WaitError> {
        if resources.is_empty() {
            return Ok(());
        }
        self.session
            .run(async |http: &Http| {
                wait::wait(http, resources, options, watch).await.map_err(Unready)
            })
            .map_err(|Unready(error)| error)
    }

    fn logs(&mut self, pods: &Pods<'_>, write: &mut LogWriter<'_>) -> Result<(), ClusterError> {
        self.session.run(async |http: &Http| logs::logs(http, pods, write).await)
    }

    fn tables(&mut self, resources: &[Resource]) -> Result<Vec<Table>, ClusterError> {
        if resources.is_empty() {
            return Ok(Vec::new());
        }
        self.session.run(async |http: &Http| tables::tables(http, resources).await)
    }
}

/// Something that happened and is told when the requests are done.
#[derive(Debug)]
pub(crate) enum Heard {
    Created(Resource),
    Updated(Resource),
    Unchanged(Resource),
    Deleted(Resource),
    Kept(Resource),
    Warning(String),
}

fn tell(heard: &[Heard], watch: &mut dyn Watch) {
    for event in heard {
        watch.event(match event {
            Heard::Created(resource) => Event::Created(resource),
            Heard::Updated(resource) => Event::Updated(resource),
            Heard::Unchanged(resource) => Event::Unchanged(resource),
            Heard::Deleted(resource) => Event::Deleted(resource),
            Heard::Kept(resource) => Event::Kept(resource),
            Heard::Warning(text) => Event::Warning(text),
        });
    }
}

/// An error of applying, also where there was no connection.
pub(crate) struct Stopped(pub(crate) ApplyError);

impl From<ClusterError> for Stopped {
    fn from(error: ClusterError) -> Stopped {
        Stopped(ApplyError { errors: vec![(None, error)], changes: Changes::default() })
    }
}

struct Unready(WaitError);

impl From<ClusterError> for Unready {
    fn from(error: ClusterError) -> Unready {
        Unready(WaitError { kind: error.kind, message: error.message, pending: Vec::new() })
    }
}
