//! Where objects are on the server.

use pintle_release::Resource;

use crate::discovery::root;
use crate::http::escape;

/// The address of the objects of a resource's kind.
pub(crate) fn of_kind(resource: &Resource) -> String {
    join(&resource.api_version, &resource.plural, resource.namespace.as_deref())
}

/// The address of a resource.
pub(crate) fn of(resource: &Resource) -> String {
    format!("{}/{}", of_kind(resource), escape(&resource.name))
}

/// The address of all objects of a kind in a namespace or everywhere.
pub(crate) fn join(api_version: &str, plural: &str, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => {
            format!("{}/namespaces/{}/{plural}", root(api_version), escape(namespace))
        }
        None => format!("{}/{plural}", root(api_version)),
    }
}

/// What Go prints of a resource in errors: `NAMESPACE/NAME GROUP/VERSION, Kind=KIND`.
pub(crate) fn words(resource: &Resource) -> String {
    let version = match resource.api_version.contains('/') {
        true => resource.api_version.clone(),
        false => format!("/{}", resource.api_version),
    };
    let namespace = resource.namespace.as_deref().unwrap_or_default();
    format!("{namespace}/{} {version}, Kind={}", resource.name, resource.kind)
}

/// The group of an API version; empty for the core's.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether both are the same object: Helm compares name, namespace, group and kind.
pub(crate) fn same(a: &Resource, b: &Resource) -> bool {
    a.name == b.name
        && a.namespace == b.namespace
        && a.kind == b.kind
        && group(&a.api_version) == group(&b.api_version)
}
