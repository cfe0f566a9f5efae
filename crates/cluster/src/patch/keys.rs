//! By which rules Kubernetes merges the lists and mappings of the kinds that it brings itself.
//!
//! The table is made from the tags `patchStrategy` and `patchMergeKey` of `k8s.io/api` v0.37.1 and
//! `k8s.io/apiextensions-apiserver`: types by number with the fields that have or lead to such a
//! rule, then the kinds with the numbers of their types.

use std::collections::HashMap;
use std::sync::OnceLock;

static TEXT: &str = include_str!("keys.txt");

struct Table {
    types: HashMap<u16, Vec<(&'static str, Field)>>,
    kinds: HashMap<(&'static str, &'static str), u16>,
}

/// How a field is merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// Lists are merged, not replaced.
    pub(super) merge: bool,
    /// Mappings are replaced, not merged.
    pub(super) replace: bool,
    /// What the new mapping has not is to go.
    pub(super) retain_keys: bool,
    /// The field by which elements of a list are told apart; empty for elements that are no mappings.
    pub(super) key: &'static str,
    /// The type of the field or of its elements.
    pub(super) keys: Keys,
}

/// The rules of a type's fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys(u16);

impl Keys {
    /// The rule of a field; that of unknown ones is to merge mappings and to replace lists.
    pub(super) fn field(self, name: &str) -> Field {
        let fields = table().types.get(&self.0).map(Vec::as_slice).unwrap_or_default();
        fields.iter().find(|(known, _)| *known == name).map(|(_, field)| *field).unwrap_or_default()
    }
}

/// The rules of a kind; `None` for one that Kubernetes does not bring.
pub(super) fn of(api_version: &str, kind: &str) -> Option<Keys> {
    // The map's keys are static, so that what is looked for has to be found among them.
    let kinds = &table().kinds;
    let known = kinds.iter().find(|((version, name), _)| *version == api_version && *name == kind);
    known.map(|(_, number)| Keys(*number))
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(TEXT))
}

fn read(text: &'static str) -> Table {
    let mut table = Table { types: HashMap::new(), kinds: HashMap::new() };
    let (types, kinds) = text.split_once("\n\n").unwrap_or_default();
    for line in types.lines() {
        let mut words = line.split(' ');
        let number = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
        let fields = words.map(|word| {
            let mut parts = word.split(',');
            let name = parts.next().unwrap_or_default();
            let strategy = parts.next().unwrap_or_default();
            let field = Field {
                merge: strategy.contains('m'),
                replace: strategy.contains('r'),
                retain_keys: strategy.contains('k'),
                key: parts.next().unwrap_or_default(),
                keys: Keys(parts.next().and_then(|word| word.parse().ok()).unwrap_or_default()),
            };
            (name, field)
        });
        table.types.insert(number, fields.collect());
    }
    for line in kinds.lines() {
        let mut words = line.split(' ');
        let version = words.next().unwrap_or_default();
        for (kind, number) in words.filter_map(|word| word.split_once('=')) {
            table.kinds.insert((version, kind), number.parse().unwrap_or_default());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_a_pod_template_are_known() {
        let deployment = of("apps/v1", "Deployment").expect("a kind of Kubernetes");
        let pod = deployment.field("spec").keys.field("template").keys.field("spec").keys;
        let containers = pod.field("containers");
        assert!(containers.merge && containers.key == "name");
        let ports = containers.keys.field("ports");
        assert!(ports.merge && ports.key == "containerPort");
        assert!(!containers.keys.field("args").merge);
        let volumes = pod.field("volumes");
        assert!(volumes.merge && volumes.retain_keys && volumes.key == "name");
        let strategy = deployment.field("spec").keys.field("strategy");
        assert!(strategy.retain_keys && !strategy.merge);
        assert!(deployment.field("metadata").keys.field("finalizers").merge);
        assert!(of("v1", "Service").is_some());
        assert!(of("apiextensions.k8s.io/v1", "CustomResourceDefinition").is_some());
        assert!(of("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition").is_none());
        assert!(of("monitoring.coreos.com/v1", "Prometheus").is_none());
    }
}
