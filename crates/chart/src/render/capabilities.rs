//! `.Capabilities`

use std::any::Any;

use pintle_template::{Call, List, ListType, Object, Outcome, Value};
use pintle_yaml as yaml;

use crate::{Capabilities, HelmVersion, KubeVersion};

/// `.Capabilities`
pub(super) struct CapabilitiesObject {
    kube_version: Value,
    api_versions: Value,
    helm_version: Value,
}

impl CapabilitiesObject {
    pub(super) fn new(capabilities: &Capabilities) -> CapabilitiesObject {
        let names = capabilities.api_versions.iter();
        CapabilitiesObject {
            kube_version: Value::object(KubeVersionObject(capabilities.kube_version.clone())),
            api_versions: Value::object(VersionSet {
                items: Value::strings(names.map(|name| name.as_str())),
                data: names_data(capabilities),
            }),
            helm_version: Value::object(HelmVersionObject(capabilities.helm_version.clone())),
        }
    }
}

fn names_data(capabilities: &Capabilities) -> yaml::Value {
    let names = capabilities.api_versions.iter();
    names.map(|name| yaml::Value::from(name.clone())).collect::<Vec<_>>().into()
}

fn fields_of(fields: Vec<(&str, Value)>, name: &str) -> Option<Value> {
    fields.into_iter().find(|(field, _)| *field == name).map(|(_, value)| value)
}

/// What encoding/json makes of a struct without tags, the fields in their order.
fn data_of(fields: Vec<(&str, yaml::Value)>) -> Option<yaml::Value> {
    Some(fields.into_iter().collect())
}

fn data(value: &Value) -> yaml::Value {
    match value {
        Value::Object(object) => object.data().unwrap_or_default(),
        _ => yaml::Value::Null,
    }
}

impl Object for CapabilitiesObject {
    fn type_name(&self) -> &str {
        "*common.Capabilities"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn field(&self, name: &str) -> Option<Value> {
        fields_of(self.fields(), name)
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        vec![
            ("KubeVersion", self.kube_version.clone()),
            ("APIVersions", self.api_versions.clone()),
            ("HelmVersion", self.helm_version.clone()),
        ]
    }

    fn data(&self) -> Option<yaml::Value> {
        data_of(vec![
            ("KubeVersion", data(&self.kube_version)),
            ("APIVersions", data(&self.api_versions)),
            ("HelmVersion", data(&self.helm_version)),
        ])
    }
}

/// `.Capabilities.KubeVersion`
struct KubeVersionObject(KubeVersion);

impl Object for KubeVersionObject {
    fn type_name(&self) -> &str {
        "common.KubeVersion"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn field(&self, name: &str) -> Option<Value> {
        fields_of(self.fields(), name)
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        vec![
            ("Version", self.0.version().into()),
            ("Major", self.0.major().into()),
            ("Minor", self.0.minor().into()),
        ]
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "String" | "GitVersion")
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Outcome {
        call.expect_args(name, 0)?;
        Ok(if name == "String" {
            Value::from(self.0.to_string())
        } else {
            Value::from(self.0.version())
        })
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.0.to_string().into_bytes())
    }

    fn data(&self) -> Option<yaml::Value> {
        data_of(vec![
            ("Version", self.0.version().into()),
            ("Major", self.0.major().into()),
            ("Minor", self.0.minor().into()),
        ])
    }
}

/// `.Capabilities.APIVersions`
struct VersionSet {
    items: Value,
    data: yaml::Value,
}

impl Object for VersionSet {
    fn type_name(&self) -> &str {
        "common.VersionSet"
    }

    fn kind_name(&self) -> &str {
        "slice"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn truth(&self) -> bool {
        self.items.truth()
    }

    fn has_method(&self, name: &str) -> bool {
        name == "Has"
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Outcome {
        call.expect_args(name, 1)?;
        let Value::String(wanted) = call.arg(0) else { return Err(call.wrong_type("string", 0)) };
        let items = self.items.as_list().map(List::items).unwrap_or_default();
        Ok(Value::Bool(items.iter().any(|item| item.as_text() == Some(wanted))))
    }

    fn data(&self) -> Option<yaml::Value> {
        Some(self.data.clone())
    }

    fn items(&self) -> Option<Value> {
        let items = self.items.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
        Some(Value::List(List::of_type(ListType::Named("common.VersionSet"), items)))
    }
}

/// `.Capabilities.HelmVersion`
struct HelmVersionObject(HelmVersion);

impl Object for HelmVersionObject {
    fn type_name(&self) -> &str {
        "version.BuildInfo"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn field(&self, name: &str) -> Option<Value> {
        fields_of(self.fields(), name)
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        let HelmVersion { version, git_commit, git_tree_state, go_version, kube_client_version } =
            &self.0;
        let text = |text: &yaml::Str| Value::from(text.as_str());
        vec![
            ("Version", text(version)),
            ("GitCommit", text(git_commit)),
            ("GitTreeState", text(git_tree_state)),
            ("GoVersion", text(go_version)),
            ("KubeClientVersion", text(kube_client_version)),
        ]
    }

    fn data(&self) -> Option<yaml::Value> {
        let HelmVersion { version, git_commit, git_tree_state, go_version, kube_client_version } =
            &self.0;
        let tagged = [
            ("version", version),
            ("git_commit", git_commit),
            ("git_tree_state", git_tree_state),
            ("go_version", go_version),
            ("kube_client_version", kube_client_version),
        ];
        let filled = tagged.into_iter().filter(|(_, text)| !text.is_empty());
        data_of(filled.map(|(name, text)| (name, yaml::Value::from(text.clone()))).collect())
    }
}
