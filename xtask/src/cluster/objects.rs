//! What a cluster has from the start: a node, storage, and a namespace where little is allowed.

use serde_json::{Value, json};

use crate::http::Server;

/// How many volumes wait for a claim.
const VOLUMES: usize = 40;

/// Creates them.
pub(crate) fn create(server: &Server) -> Result<(), String> {
    for (path, object) in objects() {
        server.object("POST", path, Some(&object))?;
    }
    Ok(())
}

/// Whether the node is ready, and the controllers have begun to work.
pub(crate) fn ready(server: &Server) -> bool {
    let account = "/api/v1/namespaces/restricted/serviceaccounts/default";
    let node = server.object("GET", "/api/v1/nodes/fake", None).unwrap_or_default();
    let conditions = node["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let ready = json!("Ready");
    conditions.iter().any(|one| one["type"] == ready && one["status"] == "True")
        && matches!(server.request("GET", account, None), Ok((200, _)))
}

fn objects() -> Vec<(&'static str, Value)> {
    // More than any chart asks for.
    let room = json!({"cpu": "1k", "ephemeral-storage": "1Ti", "memory": "1Ti", "pods": "1M"});
    let mut objects = vec![
        (
            "/api/v1/nodes",
            json!({"apiVersion": "v1", "kind": "Node", "metadata": {
                "name": "fake",
                "labels": {
                    "kubernetes.io/arch": "amd64",
                    "kubernetes.io/hostname": "fake",
                    "kubernetes.io/os": "linux",
                },
            }, "status": {"allocatable": room, "capacity": room}}),
        ),
        (
            "/apis/storage.k8s.io/v1/storageclasses",
            json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                "metadata": {
                    "name": "standard",
                    "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
                },
                "provisioner": "kubernetes.io/no-provisioner",
                "reclaimPolicy": "Retain",
                "volumeBindingMode": "Immediate",
            }),
        ),
        (
            "/api/v1/namespaces",
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "restricted"}}),
        ),
        (
            "/apis/rbac.authorization.k8s.io/v1/namespaces/restricted/rolebindings",
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": {"name": "testers"},
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit",
                },
                "subjects": [{
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "testers",
                }],
            }),
        ),
    ];
    for number in 0..VOLUMES {
        objects.push((
            "/api/v1/persistentvolumes",
            json!({"apiVersion": "v1", "kind": "PersistentVolume",
                "metadata": {"name": format!("volume-{number:02}")},
                "spec": {
                    "accessModes": ["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"],
                    "capacity": {"storage": "1Ti"},
                    "hostPath": {"path": format!("/nowhere/{number:02}")},
                    "persistentVolumeReclaimPolicy": "Retain",
                    "storageClassName": "standard",
                },
            }),
        ));
    }
    objects
}
