//! What templates learn about the cluster and about Helm.

mod kube_version;

use pintle_yaml::Str;

pub use kube_version::{KubeVersion, KubeVersionError};

/// What a template sees as `.Capabilities`.
///
/// The default is what Helm 4.3.1 assumes when it asks no cluster.
///
/// ```
/// let capabilities = pintle_chart::Capabilities::default();
/// assert_eq!(capabilities.kube_version.version(), "v1.37.0");
/// assert!(capabilities.has("apps/v1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Kubernetes.
    pub kube_version: KubeVersion,
    /// The API versions: groups with versions, and with kinds where a cluster was asked.
    pub api_versions: Vec<Str>,
    /// How Helm was built.
    pub helm_version: HelmVersion,
}

impl Default for Capabilities {
    fn default() -> Self {
        Capabilities {
            kube_version: KubeVersion::default(),
            api_versions: API_VERSIONS.iter().map(|name| Str::new_static(name)).collect(),
            helm_version: HelmVersion::default(),
        }
    }
}

impl Capabilities {
    /// Whether there is an API version, such as `apps/v1` or `apps/v1/Deployment`.
    pub fn has(&self, api_version: &str) -> bool {
        self.api_versions.iter().any(|known| *known == *api_version)
    }
}

/// What a template sees as `.Capabilities.HelmVersion`: Helm's `BuildInfo`, with the values that
/// Helm 4.3.1 has when Go's own tool built it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmVersion {
    /// The version.
    pub version: Str,
    /// The commit; empty when it is not known.
    pub git_commit: Str,
    /// The state of the sources; empty when it is not known.
    pub git_tree_state: Str,
    /// The version of Go.
    pub go_version: Str,
    /// The version of Kubernetes' client library.
    pub kube_client_version: Str,
}

impl Default for HelmVersion {
    fn default() -> Self {
        HelmVersion {
            version: Str::new_static("v4.3"),
            git_commit: Str::EMPTY,
            git_tree_state: Str::EMPTY,
            go_version: Str::new_static("go1.26.8"),
            kube_client_version: Str::new_static("v1.37"),
        }
    }
}

/// What Helm 4.3.1 knows without a cluster, in the order in which it lists them.
const API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];
